import { t } from '../i18n';
import { display, type Display, type SaveState, unsaved } from '../realtime/save-state';
import { announce } from '../ui/announce';
import type { Scope } from '../ui/dom';
import { type Icon, icon } from '../ui/icons';

/** After this long without an answer, "saving" says how much is on its way. */
const SLOW_MILLIS = 5_000;

const ICONS: Partial<Record<Display, Icon>> = {
  saved: 'check',
  'not-saved': 'alert',
  'read-only': 'lock',
  offline: 'cloudOff',
  error: 'alert',
};

/** One line that says where this window's words are. It claims only what the server has confirmed. */
export function stateLine(scope: Scope): { element: HTMLElement; show: (state: SaveState) => void } {
  const { h } = scope;
  const mark = h('span', { class: 'state-mark', 'aria-hidden': 'true' });
  const words = h('span', { class: 'state-words' });
  const element = h('p', { class: 'state', 'data-testid': 'state', 'data-state': 'connecting', 'data-unsaved': '0' }, mark, words);
  let state: SaveState | null = null;
  let savingSince = 0;
  let shown: Display | null = null;
  /** It was said that nothing is saved now, and not yet that it is again. */
  let saidNotSaved = false;

  const sentence = (state: SaveState, slow: boolean): string => {
    const waiting = unsaved(state);
    switch (display(state)) {
      case 'connecting':
        return t.state.connecting;
      case 'live':
        return t.state.live;
      case 'saving':
        return slow ? t.state.savingSlowly(waiting) : t.state.saving;
      case 'saved':
        return t.state.saved(t.time(new Date(state.savedAt ?? 0)));
      case 'not-saved':
        return t.state.notSaved;
      case 'read-only':
        return t.state.readOnly;
      case 'offline':
        return waiting > 0 ? t.state.offlineWaiting(waiting) : t.state.offline;
      case 'error':
        return waiting > 0 ? t.state.errorWaiting(waiting) : t.state.error;
    }
  };

  const render = (): void => {
    if (state === null) return;
    const now = display(state);
    if (now !== shown) {
      if (now === 'saving') savingSince = Date.now();
      const name = ICONS[now];
      mark.replaceChildren(...(name === undefined ? [] : [icon(name)]));
      if (now === 'offline') announce(t.said.offline(unsaved(state)));
      else if (now === 'not-saved') announce(`${t.notices.notSavedTitle} ${t.notices.notSaved}`);
      else if (saidNotSaved && (now === 'saved' || now === 'live')) announce(t.said.savedAgain);
      else if (shown === 'offline' && now !== 'error') announce(t.said.back);
      if (now === 'not-saved') saidNotSaved = true;
      else if (now !== 'saving') saidNotSaved = false;
      shown = now;
    }
    element.dataset['state'] = now;
    element.dataset['unsaved'] = String(unsaved(state));
    if (state.trouble === null || state.trouble === '') delete element.dataset['tip'];
    else element.dataset['tip'] = state.trouble;
    const text = sentence(state, now === 'saving' && Date.now() - savingSince > SLOW_MILLIS);
    if (words.textContent !== text) words.textContent = text;
  };

  scope.live(render);
  scope.every(1_000, () => shown === 'saving' && render());
  scope.listen(document, 'keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 's') {
      event.preventDefault(); // everything is saved as it is written; who asks is told
      announce(words.textContent ?? '');
    }
  });
  return {
    element,
    show: (next) => {
      state = next;
      render();
    },
  };
}
