// Where the programs are: a setting names one, else the extension has it within, else the PATH.

import * as fs from 'node:fs';
import * as path from 'node:path';

/** The program to start for `name` (`rqlc`, `noctra`), where `setting` may name another. */
export function program(name: string, setting: string, extension: string, windows: boolean): string {
  if (setting.trim() !== '') return setting.trim();
  const file = windows ? `${name}.exe` : name;
  const within = path.join(extension, 'bin', file);
  return fs.existsSync(within) ? within : file;
}

/** What `rqlc lsp` is started with. */
export function serverArguments(database: string, schema: string): string[] {
  const all = ['lsp'];
  if (database !== '') all.push('--db', database);
  if (schema !== '') all.push('--schema', schema);
  return all;
}
