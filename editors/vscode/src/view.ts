// The view of results: a table for each result, beside the text.

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { page } from './page';
import { Result } from './results';

export class ResultView implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  show(results: Result[]): void {
    if (!this.panel) {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      // Nothing runs in it and nothing is loaded: a page of text.
      this.panel = vscode.window.createWebviewPanel('rql.result', 'RQL Result', column, {
        enableScripts: false,
        enableFindWidget: true,
        localResourceRoots: [],
      });
      this.panel.onDidDispose(() => (this.panel = undefined));
    }
    this.panel.webview.html = page(results, randomBytes(16).toString('base64'));
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
