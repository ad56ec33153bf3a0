// A real Chromium, one window to a name, each with a profile of its own. What a window complained about, and whom it
// asked beside the server, is kept to be asked for.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium } from 'playwright-core';
import { answer } from './rpc.mjs';

const PATIENCE_MILLIS = 30_000;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, headless: true, args: FLAGS });
const windows = new Map();
const page = (args) => windows.get(args.window).page;

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
  press: (args) => page(args).keyboard.press(args.key),
  type: (args) => page(args).keyboard.type(args.text, { delay: args.delayMillis ?? 0 }),
  shows: (args) => page(args).locator(args.what).first().waitFor({ state: 'visible' }),
  hides: (args) => page(args).locator(args.what).first().waitFor({ state: 'hidden' }),
  count: (args) => page(args).locator(args.what).count(),
  text: (args) => page(args).locator(args.what).first().innerText(),
  attribute: (args) => page(args).locator(args.what).first().getAttribute(args.attribute),
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
