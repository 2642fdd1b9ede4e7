// The commands: at the cursor, over a statement, for a file.

import * as vscode from 'vscode';
import { ResultView } from './view';
import { parseResults } from './results';
import { Place, Server } from './server';

const DIALECTS = ['sqlite', 'duckdb', 'postgresql', 'mysql', 'mariadb', 'spark'];

export class Commands implements vscode.Disposable {
  private readonly all: vscode.Disposable[];
  private readonly view = new ResultView();

  constructor(private readonly server: Server) {
    const command = (name: string, act: () => Promise<void>) =>
      vscode.commands.registerCommand(name, () => act().catch((error: Error) => this.failed(error)));
    this.all = [
      this.view,
      command('rql.runHere', () => this.run(this.here())),
      command('rql.explainHere', () => this.text('rql.explain', this.here())),
      command('rql.lineageHere', () => this.text('rql.lineage', this.here())),
      command('rql.showSqlHere', () => this.showSql(this.here())),
      command('rql.runFile', () => this.runFile()),
      command('rql.refreshTables', async () => void (await this.server.execute('rql.refresh', []))),
      command('rql.restart', () => this.server.restart()),
    ];
    server.intercept = (name, args) => this.lens(name, args);
  }

  dispose(): void {
    this.all.forEach((one) => one.dispose());
  }

  /** The lenses stand over statements with the server's commands; their answers are shown here. */
  private lens(name: string, args: unknown[]): Thenable<unknown> | undefined {
    const place = { uri: args[0], range: args[1] } as Place;
    const acts: Record<string, () => Promise<void>> = {
      'rql.run': () => this.run(place),
      'rql.explain': () => this.text('rql.explain', place),
      'rql.showSql': () => this.showSql(place),
    };
    return acts[name]?.().catch((error: Error) => this.failed(error));
  }

  private here(): Place {
    const editor = vscode.window.activeTextEditor;
    if (!editor) throw new Error('no text is open');
    return this.server.place(editor.document, editor.selection);
  }

  private async run(place: Place): Promise<void> {
    const progress = { location: vscode.ProgressLocation.Notification, title: 'RQL: running', cancellable: true };
    const answer = await vscode.window.withProgress(progress, (_, token) =>
      this.server.execute('rql.run', [place.uri, place.range, 'json'], token),
    );
    this.view.show(parseResults(String(answer ?? '')));
  }

  private async text(command: string, place: Place, ...more: string[]): Promise<void> {
    const answer = await this.server.execute(command, [place.uri, place.range, ...more]);
    const language = command === 'rql.showSql' ? 'sql' : 'plaintext';
    const document = await vscode.workspace.openTextDocument({ content: String(answer ?? ''), language });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  private async showSql(place: Place): Promise<void> {
    const dialect = await vscode.window.showQuickPick(DIALECTS, { placeHolder: 'The dialect of the SQL' });
    if (dialect) await this.text('rql.showSql', place, dialect);
  }

  private async runFile(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || document.isUntitled) throw new Error('the text has no file yet: save it first');
    await document.save();
    const database = vscode.workspace.getConfiguration('rql', document.uri).get('database', '');
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    // The program with its arguments and no shell between, so that no name of a file is read as a command.
    const terminal = vscode.window.createTerminal({
      name: `noctra ${vscode.workspace.asRelativePath(document.uri)}`,
      shellPath: this.server.program('noctra'),
      shellArgs: [...(database === '' ? [] : ['--db', database]), document.uri.fsPath],
      ...(folder ? { cwd: folder.uri } : {}),
    });
    terminal.show(true);
  }

  private failed(error: Error): void {
    this.view.show([{ kind: 'text', text: error.message, wrong: true }]);
  }
}
