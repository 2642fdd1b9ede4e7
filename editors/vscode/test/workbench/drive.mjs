// What a person sees in the real workbench: a mistake underlined, a lens that runs a statement, its rows in a table.
//
//   node drive.mjs ADDRESS FOLDER-OF-PICTURES

import { chromium } from 'playwright-core';

const [address, pictures] = process.argv.slice(2);
const patience = { timeout: 60_000 };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
let failed = 0;

async function check(name, act) {
  try {
    await act();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}: ${String(error).split('\n').slice(0, 4).join(' ')}`);
  }
  await page.screenshot({ path: `${pictures}/${name.replaceAll(' ', '-')}.png` });
}

/** By the tree of files: quick open wants a program that the package does not have. */
async function open(file) {
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: file }).first().dblclick();
  await page.locator('.tab.active', { hasText: file }).waitFor(patience);
}

/** The text inside the view of results: a page in a page in a page. */
async function result(text) {
  const until = Date.now() + patience.timeout;
  while (Date.now() < until) {
    for (const frame of page.frames()) {
      const body = await frame.locator('body').innerText({ timeout: 500 }).catch(() => '');
      if (frame !== page.mainFrame() && text.every((piece) => body.includes(piece))) return;
    }
    await page.waitForTimeout(200);
  }
  throw new Error(`no result with ${text}`);
}

await page.goto(address);
await page.locator('.monaco-workbench').waitFor(patience);
await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'wrong.rql' }).first().waitFor(patience);

await check('the file is RQL', async () => {
  await open('wrong.rql');
  await page.locator('.statusbar-item', { hasText: 'RQL' }).first().waitFor(patience);
});
await check('a mistake is underlined', () => page.locator('.squiggly-error').first().waitFor(patience));
await check('a mistake in a form of TOML is underlined', async () => {
  await open('form.toml');
  await page.locator('.squiggly-error').first().waitFor(patience);
});
await check('lenses stand over statements', async () => {
  await open('right.rql');
  await page.locator('.codelens-decoration a', { hasText: 'Run' }).first().waitFor(patience);
});
await check('a lens runs a statement and shows its rows', async () => {
  await page.locator('.codelens-decoration a', { hasText: 'Run' }).last().click();
  await result(['answer', '21', 'it’s <b>text</b>', '1 row']);
});
await check('columns are completed', async () => {
  await open('right.rql');
  await page.locator('.monaco-editor .view-line').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('SELECT * FROM people AS p WHERE p.bo', { delay: 30 });
  await page.keyboard.press('Control+Space');
  await page.locator('.suggest-widget .monaco-list-row', { hasText: 'born' }).first().waitFor(patience);
});

await browser.close();
process.exit(failed === 0 ? 0 : 1);
