// What the view shows of what the program prints, and what is started.

import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import { page } from '../src/page';
import { program, serverArguments } from '../src/programs';
import { parseResults, shown } from '../src/results';

test('lists of rows and lines between them are told apart', () => {
  const printed = '[{"a":1,"b":"x]"},{"a":null,"b":"\\"["}]\n\'hello\' 5\n2 rows changed\n[]\n';
  assert.deepEqual(
    parseResults(printed).map((result) => (result.kind === 'rows' ? [result.columns, result.rows.length] : result.text)),
    [[['a', 'b'], 2], "'hello' 5\n2 rows changed", [[], 0]],
  );
});

test('what begins like a list and is none is text', () => {
  assert.deepEqual(parseResults('[not json\nnext'), [{ kind: 'text', text: '[not json\nnext' }]);
  assert.deepEqual(parseResults('[1, 2]\n'), [{ kind: 'text', text: '[1, 2]' }]);
});

test('NULL is not the text NULL, and documents keep their shape', () => {
  assert.deepEqual(shown(null), { text: 'NULL', kind: 'null' });
  assert.deepEqual(shown('NULL'), { text: 'NULL', kind: 'text' });
  assert.deepEqual(shown({ a: [true] }), { text: '{"a":[true]}', kind: 'text' });
});

test('values are text in the page, whatever they look like', () => {
  const html = page(parseResults('[{"<b>":"<script>alert(1)</script>"}]'), 'n');
  assert.ok(!html.includes('<script>') && !html.includes('<b>'), html);
  assert.ok(html.includes('&lt;script&gt;') && html.includes('1 row<'), html);
  assert.ok(html.includes("default-src 'none'"));
});

test('many rows are counted and not all drawn', () => {
  const rows = Array.from({ length: 2500 }, (_, n) => ({ n }));
  const html = page(parseResults(JSON.stringify(rows)), 'n');
  assert.ok(html.includes('2500 rows; the first 2000 are shown'));
  assert.equal(html.split('<tr>').length - 1, 2001);
});

test('a setting names the program, else the extension has it, else the PATH', () => {
  assert.equal(program('rqlc', ' /opt/rqlc ', __dirname, false), '/opt/rqlc');
  assert.equal(program('rqlc', '', __dirname, false), 'rqlc');
  assert.equal(program('rqlc', '', path.join(__dirname, 'none'), true), 'rqlc.exe');
  assert.deepEqual(serverArguments('a.db', ''), ['lsp', '--db', 'a.db']);
});
