// What the editor calls when a file of RQL is opened: the server is started, and the commands find it.

import * as vscode from 'vscode';
import { Commands } from './commands';
import { Server } from './server';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('RQL', { log: true });
  server = new Server(context, log);
  context.subscriptions.push(
    log,
    new Commands(server),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('rql')) void server?.restart();
    }),
  );
  await server.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
