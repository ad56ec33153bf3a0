import { t } from '../i18n';
import { type SaveState, unsaved } from '../realtime/save-state';
import { dialog } from '../ui/dialog';
import type { Scope } from '../ui/dom';

/** What has become of a record that started anew on the server, and of what was written in this window. */
export function renewedLines(state: SaveState, kept: boolean): readonly string[] {
  const words = t.notices;
  const waiting = unsaved(state);
  return [
    words.renewed,
    ...(kept ? [words.renewedKept] : []),
    ...(waiting > 0 ? [words.renewedUnsent(waiting)] : []),
    ...(!kept && waiting === 0 && state.edits > 0 ? [words.renewedSaved] : []),
    words.renewedOld,
  ];
}

/**
 * Tells so once, in the way of whoever is about to write on. Resolves to true for the current version.
 *
 * @param copy puts this window's text on the clipboard and returns what to say about that; null: there is none to copy
 */
export async function tellRenewed(scope: Scope, lines: readonly string[], copy: (() => Promise<string>) | null): Promise<boolean> {
  const answer = await dialog<boolean>(({ h }, close) => {
    const words = t.record;
    const said = h('p', { class: 'hint', role: 'status', 'data-testid': 'renewed-said' });
    const onCopy = async (): Promise<void> => {
      said.textContent = '';
      said.textContent = (await copy?.()) ?? '';
    };
    return h(
      'div',
      { class: 'dialog-body renewed', 'data-testid': 'renewed' },
      // The focus is on no button: the next key was meant for the text.
      h('h2', { tabindex: '-1', autofocus: true }, t.notices.causes['record-renewed']),
      h('div', { class: 'dialog-text' }, ...lines.map((line) => h('p', {}, line))),
      said,
      h(
        'div',
        { class: 'dialog-actions' },
        h('button', { type: 'button', class: 'button quiet start', on: { click: () => close(false) } }, words.seeOld),
        copy === null ? null : h('button', { type: 'button', class: 'button quiet', 'data-testid': 'renewed-copy', on: { click: () => void onCopy() } }, words.copy),
        h('button', { type: 'button', class: 'button', 'data-testid': 'renewed-open', on: { click: () => close(true) } }, words.openCurrent),
      ),
    );
  }, scope);
  return answer === true;
}
