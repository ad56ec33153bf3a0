import '@fontsource-variable/public-sans/wght.css';
import '@fontsource-variable/public-sans/wght-italic.css';
import '@fontsource-variable/source-serif-4/wght.css';
import '@fontsource-variable/source-serif-4/wght-italic.css';
import './styles/base.css';
import './styles/pages.css';
import './styles/editor.css';
import './styles/print.css';

import { api, ApiError, type Me } from './api';
import { session, takeTokenFromAddress } from './session';
import { Scope } from './ui/dom';
import { tooltips } from './ui/tooltip';
import { problem } from './views/problem';
import { recordsView } from './views/records';
import { shell } from './views/shell';
import { signInView } from './views/sign-in';

/*
 * The page: who is signed in, and which view the address names. `#/records` is the list, `#/records/<id>` a record; the
 * sign-in appears in place of either, and leads back to it.
 */

/** Asked before a view goes; false keeps it. */
type Leave = () => Promise<boolean>;

const place = document.getElementById('app')!;
let me: Me | null = null;
let view = new Scope();
let leave: Leave = () => Promise.resolve(true);
let shownHash = '';

tooltips(new Scope());
takeTokenFromAddress();
window.addEventListener('hashchange', () => void onAddress());
void start(false);

async function start(expired: boolean): Promise<void> {
  if (session.token === null) return showSignIn(expired);
  try {
    me = await api.me();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      session.end();
      return showSignIn(true);
    }
    return showProblem(error);
  }
  await show();
}

async function onAddress(): Promise<void> {
  if (location.hash === shownHash) return;
  if (location.hash.startsWith('#token=')) {
    if (!(await mayLeave())) return;
    takeTokenFromAddress();
    return start(false);
  }
  if (await mayLeave()) await (me === null ? start(false) : show());
}

async function mayLeave(): Promise<boolean> {
  const wanted = location.hash;
  if (await leave()) return true;
  if (location.hash === wanted) history.replaceState(null, '', shownHash || '#/records');
  return false;
}

async function show(): Promise<void> {
  const scope = fresh();
  const { banner, tools, main } = shell(scope, place, me, () => void signOut());
  shownHash = location.hash;
  const id = /^#\/records\/([^/?]+)$/.exec(location.hash)?.[1];
  if (id === undefined) {
    recordsView(scope, main, signedOut);
    scrollTo(0, 0);
  } else {
    const { recordView } = await import('./views/record');
    if (scope !== view) return;
    const recordId = decodeURIComponent(id);
    leave = recordView(scope, { banner, tools, main, recordId, me: me!, signedOut, signInAgain, reopen });
  }
  focusHeading(main);
}

async function reopen(): Promise<void> {
  if (await leave()) await show();
}

function showSignIn(expired: boolean): void {
  me = null;
  const scope = fresh();
  const { main } = shell(scope, place, null, () => undefined);
  shownHash = location.hash;
  signInView(scope, main, expired, () => void start(false));
}

function showProblem(error: unknown): void {
  const scope = fresh();
  const { main } = shell(scope, place, null, () => undefined);
  main.replaceChildren(problem(scope, error, () => void start(false)));
}

function fresh(): Scope {
  view.end();
  view = new Scope();
  leave = () => Promise.resolve(true);
  return view;
}

async function signOut(): Promise<void> {
  if (!(await leave())) return;
  session.end();
  history.replaceState(null, '', location.pathname);
  showSignIn(false);
}

function signInAgain(): void {
  session.end();
  showSignIn(true);
}

/** Whether a call failed because the session has ended; then the sign-in is shown. */
function signedOut(error: unknown): boolean {
  const ended = error instanceof ApiError && error.status === 401;
  if (ended) signInAgain();
  return ended;
}

/** After a change of view the reading position is its heading, except where the text takes the focus itself. */
function focusHeading(main: HTMLElement): void {
  main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}
