// A real Chromium, one window to a name, each with a profile of its own. What a window complained about, and whom it
// asked beside the server, is kept to be asked for.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium } from 'playwright-core';
import { answer, PATIENCE_MILLIS, until } from './rpc.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH,
  headless: true,
  args: FLAGS,
  timeout: PATIENCE_MILLIS,
});
const windows = new Map();
const page = (args) => windows.get(args.window).page;

const WORDS = [
  ...['clerk', '*star*', '_under_', '# hash', '1. one', '- dash', '> quote', '`tick`', '[x](y)', '<b>', '&amp;', '| pipe', '\\'],
  ...['~~s~~', '--', 'é', '中文', 'https://a.example/b_c', '!', '1)', '===', '```', '   ', '<!-- c -->', '[^1]', 'a_b_c', '**', 'end.'],
];
const KEYS = [
  ...['Enter', 'Enter', 'Backspace', 'Backspace', 'Delete', 'Home', 'End', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'Tab', 'Shift+Tab'],
  ...['Shift+Enter', 'Control+z', 'Control+y', 'Control+b', 'Control+i', 'Shift+ArrowLeft', 'Shift+Control+ArrowRight', 'Shift+ArrowDown'],
];
const BLOCKS = '[data-testid=editor] :is(p, h1, h2, h3, li, td, th, pre)';
const TOOLS = '[data-testid=toolbar] button[data-testid^=tool-]:not([aria-disabled=true]):not([data-testid=tool-link])';
const MENU = '[role^=menuitem]:not([aria-disabled=true])';

/** Numbers from 0 to `n` - 1, the same ones for the same seed. */
function numbers(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
}

/** Clicks one of them, unless it went away or something lies over it meanwhile: then a person would miss it, too. */
async function clickOneOf(what, random) {
  const count = await what.count();
  if (count > 0) await what.nth(random(count)).click({ timeout: 1_000 }).catch(() => null);
  return count > 0;
}

async function doAnything(page, random) {
  const kind = random(10);
  if (kind < 2) await clickOneOf(page.locator(BLOCKS), random);
  else if (kind < 5) await page.keyboard.type(WORDS[random(WORDS.length)] + (random(2) === 0 ? ' ' : ''));
  else if (kind < 8) await page.keyboard.press(KEYS[random(KEYS.length)]);
  else if (await clickOneOf(page.locator(TOOLS), random)) {
    if (!(await clickOneOf(page.locator(MENU), random))) return;
    if ((await page.locator(MENU).count()) > 0) await page.keyboard.press('Escape');
  }
}

/** What is in the editor, without the carets of the others and what a browser needs around them. */
const written = (page) =>
  page.evaluate(() => {
    const editor = document.querySelector('[data-testid=editor]').cloneNode(true);
    const marks = ['.caret', '.ProseMirror-widget', '.ProseMirror-separator', '.ProseMirror-trailingBreak', '.ProseMirror-gapcursor'];
    editor.querySelectorAll(marks.join()).forEach((mark) => mark.remove());
    return editor.innerHTML.replaceAll(/ (class|style|draggable)="[^"]*"/g, '');
  });

await answer({
  async open({ window, url, width, height, dark, locale }) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale,
    });
    context.setDefaultTimeout(PATIENCE_MILLIS);
    const opened = { context, page: await context.newPage(), complaints: [], asked: new Set() };
    opened.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') opened.complaints.push(message.text());
    });
    opened.page.on('pageerror', (problem) => opened.complaints.push(String(problem.stack ?? problem)));
    opened.page.on('request', (request) => opened.asked.add(new URL(request.url()).origin));
    opened.page.on('websocket', (socket) => opened.asked.add(new URL(socket.url()).origin));
    windows.set(window, opened);
    await opened.page.goto(url);
  },
  goto: (args) => page(args).goto(args.url).then(() => null),
  reload: (args) => page(args).reload().then(() => null),
  click: (args) => page(args).locator(args.at).first().click(),
  fill: (args) => page(args).locator(args.at).first().fill(args.text),
  async press(args) {
    await page(args).keyboard.press(args.key);
    // Nobody presses the next key within the same frame, before the browser has said where the selection is now.
    await page(args).evaluate(() => new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(() => resume(null)))));
  },
  type: (args) => page(args).keyboard.type(args.text, { delay: args.delayMillis ?? 0 }),
  shows: (args) => page(args).locator(args.what).first().waitFor({ state: 'visible' }),
  hides: (args) => page(args).locator(args.what).first().waitFor({ state: 'hidden' }),
  count: (args) => page(args).locator(args.what).count(),
  text: (args) => page(args).locator(args.what).first().innerText(),
  attribute: (args) => page(args).locator(args.what).first().getAttribute(args.attribute),
  async doAnything({ among, seed, steps }) {
    const random = numbers(seed);
    for (let step = 0; step < steps; step++) await doAnything(windows.get(among[random(among.length)]).page, random);
  },
  async seeTheSame({ among }) {
    let texts = [];
    const look = async () => {
      texts = await Promise.all(among.map((window) => written(windows.get(window).page)));
      return texts.every((text) => text === texts[0]);
    };
    await until('the same text', look, () => JSON.stringify(texts, null, 1));
  },
  overflow: (args) =>
    page(args).evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  complaints: (args) => windows.get(args.window).complaints.splice(0),
  asked: (args) => [...windows.get(args.window).asked],
  async screenshot({ window, file }) {
    mkdirSync(dirname(file), { recursive: true });
    await page({ window }).screenshot({ path: file });
  },
  async close({ window }) {
    await windows.get(window).context.close();
    windows.delete(window);
  },
});
