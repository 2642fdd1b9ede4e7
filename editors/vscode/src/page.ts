// The page of results, as HTML. Every value is text in it.

import { Result, shown } from './results';

/** So many rows are drawn; the rest are counted. */
const MOST = 2000;

export function escape(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}

function cell(value: unknown): string {
  const { text, kind } = shown(value);
  return `<td class="${kind}">${escape(text)}</td>`;
}

function section(result: Result): string {
  if (result.kind === 'text') return `<pre class="${result.wrong ? 'wrong' : 'said'}">${escape(result.text)}</pre>`;
  const { columns, rows } = result;
  const head = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('');
  const body = rows.slice(0, MOST).map((row) => `<tr>${columns.map((column) => cell(row[column])).join('')}</tr>`);
  const count = rows.length === 1 ? '1 row' : `${rows.length} rows`;
  const cut = rows.length > MOST ? `; the first ${MOST} are shown` : '';
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table><p class="count">${count}${cut}</p>`;
}

const STYLE = `
  body { color: var(--vscode-foreground); font-family: var(--vscode-font-family); padding: 0 1rem; }
  table { border-collapse: collapse; font-family: var(--vscode-editor-font-family); margin-top: 1rem; }
  th, td { border: 1px solid var(--vscode-editorWidget-border, #8884); padding: 0.15rem 0.6rem; text-align: left;
    white-space: pre; }
  th { background: var(--vscode-editorWidget-background); position: sticky; top: 0; }
  td.number { text-align: right; font-variant-numeric: tabular-nums; }
  td.null { font-style: italic; opacity: 0.6; }
  .count { opacity: 0.7; }
  .wrong { color: var(--vscode-errorForeground); white-space: pre-wrap; }
`;

export function page(results: Result[], nonce: string): string {
  const sections = results.length > 0 ? results.map(section).join('\n') : '<p>Nothing was printed.</p>';
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>RQL Result</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>${sections}</body>
</html>`;
}
