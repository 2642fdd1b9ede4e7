// The language server: one process, started again when a setting of it changes.

import * as vscode from 'vscode';
import { LanguageClient, LanguageClientOptions, State } from 'vscode-languageclient/node';
import { program, serverArguments } from './programs';

export interface Place {
  uri: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

export class Server {
  private client: LanguageClient | undefined;
  /** What is done when a lens asks for a command; the commands of the extension stand in for the server's. */
  intercept: ((command: string, places: unknown[]) => Thenable<unknown> | undefined) | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  program(name: 'rqlc' | 'noctra'): string {
    const setting = vscode.workspace.getConfiguration('rql').get<string>(name === 'rqlc' ? 'path' : 'noctraPath', '');
    return program(name, setting, this.context.extensionPath, process.platform === 'win32');
  }

  async start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration('rql');
    const command = this.program('rqlc');
    const args = serverArguments(settings.get('database', ''), settings.get('schema', ''));
    const languages = settings.get<string[]>('languages', ['rql']).map((language) => ({ language }));
    // The server says nothing of TOML that is no form.
    const forms = settings.get('forms', true) ? [{ scheme: 'file', pattern: '**/*.toml' }] : [];
    const options: LanguageClientOptions = {
      documentSelector: [...languages, ...forms],
      // The extension has the snippets, with or without the server.
      initializationOptions: { snippets: false },
      outputChannel: this.log,
      middleware: {
        executeCommand: (name, places, next) => this.intercept?.(name, places) ?? next(name, places),
      },
    };
    this.log.info(`${command} ${args.join(' ')}`);
    this.client = new LanguageClient('rql', 'RQL', { command, args }, options);
    try {
      await this.client.start();
    } catch (error) {
      this.client = undefined;
      const settingsWord = 'Open Settings';
      const chosen = await vscode.window.showErrorMessage(
        `RQL: ${command} did not start (${(error as Error).message}). The setting rql.path names the program.`,
        settingsWord,
      );
      if (chosen === settingsWord) await vscode.commands.executeCommand('workbench.action.openSettings', 'rql.path');
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client && client.state !== State.Stopped) await client.stop();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Has the server do something; what it says is the answer, why it could not is thrown. */
  async execute(command: string, args: unknown[], token?: vscode.CancellationToken): Promise<unknown> {
    if (!this.client) throw new Error('the language server is not running');
    return this.client.sendRequest('workspace/executeCommand', { command, arguments: args }, token);
  }

  place(document: vscode.TextDocument, range: vscode.Range): Place {
    if (!this.client) throw new Error('the language server is not running');
    const converter = this.client.code2ProtocolConverter;
    return { uri: converter.asUri(document.uri), range: converter.asRange(range) };
  }
}
