// What `--format json` prints, taken apart: lists of rows, and the lines of PRINT and of changes between them.

export type Row = Record<string, unknown>;

export type Result =
  | { kind: 'rows'; columns: string[]; rows: Row[] }
  | { kind: 'text'; text: string; wrong?: boolean };

/** The results of a script, in order. */
export function parseResults(printed: string): Result[] {
  const results: Result[] = [];
  let rest = printed;
  while (rest.trim() !== '') {
    rest = rest.replace(/^\s+/, '');
    const end = rest.startsWith('[') ? listEnd(rest) : 0;
    const rows = end > 0 ? rowsOf(rest.slice(0, end)) : undefined;
    if (rows) {
      results.push({ kind: 'rows', columns: columnsOf(rows), rows });
      rest = rest.slice(end);
    } else {
      const line = rest.indexOf('\n');
      addText(results, line < 0 ? rest : rest.slice(0, line));
      rest = line < 0 ? '' : rest.slice(line + 1);
    }
  }
  return results;
}

/** Where the list ends that `text` begins with; 0 where it does not end. */
function listEnd(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (quoted) {
      if (c === '\\') at++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '[' || c === '{') depth++;
    else if ((c === ']' || c === '}') && --depth === 0) return at + 1;
  }
  return 0;
}

function rowsOf(text: string): Row[] | undefined {
  try {
    const list: unknown = JSON.parse(text, exactNumber);
    const isRow = (row: unknown) => typeof row === 'object' && row !== null && !Array.isArray(row);
    return Array.isArray(list) && list.every(isRow) ? (list as Row[]) : undefined;
  } catch {
    return undefined;
  }
}

/** A number is shown with the digits it was sent with, which a double may not hold. */
function exactNumber(_: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new Digits(context.source) : value;
}

export class Digits {
  constructor(readonly text: string) {}
}

function columnsOf(rows: Row[]): string[] {
  const columns = new Set<string>();
  rows.forEach((row) => Object.keys(row).forEach((column) => columns.add(column)));
  return [...columns];
}

function addText(results: Result[], line: string): void {
  const last = results.at(-1);
  if (last?.kind === 'text') last.text += `\n${line}`;
  else results.push({ kind: 'text', text: line });
}

/** How a value is shown in a cell. */
export function shown(value: unknown): { text: string; kind: 'null' | 'number' | 'text' } {
  if (value === null || value === undefined) return { text: 'NULL', kind: 'null' };
  if (value instanceof Digits) return { text: value.text, kind: 'number' };
  if (typeof value === 'number') return { text: String(value), kind: 'number' };
  if (typeof value === 'string') return { text: value, kind: 'text' };
  return { text: JSON.stringify(value, (_, v: unknown) => (v instanceof Digits ? Number(v.text) : v)), kind: 'text' };
}
