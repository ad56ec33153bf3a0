import { Scope } from './dom';

let named = 0;

/**
 * Shows a modal dialog and resolves to what `build` hands to `close`, or to null when it was dismissed. The focus goes
 * back to where it was, and in a text to the very place. With `around`, the dialog goes when that does.
 */
export function dialog<T>(
  build: (scope: Scope, close: (result: T | null) => void) => HTMLElement,
  around?: Scope,
): Promise<T | null> {
  return new Promise((resolve) => {
    const scope = new Scope();
    const giveBack = rememberFocus();
    const element = document.createElement('dialog');
    element.className = 'dialog';
    let ended = false;
    const close = (result: T | null): void => {
      if (ended) return;
      ended = true;
      element.close();
      scope.end();
      element.remove();
      giveBack(); // at once: the browser says `close` later, when the next key has been pressed already
      resolve(result);
    };
    element.append(build(scope, close));
    name(element, 'aria-labelledby', 'h2');
    name(element, 'aria-describedby', '.dialog-text');
    element.addEventListener('cancel', (event) => {
      event.preventDefault();
      close(null);
    });
    element.addEventListener('close', () => close(null));
    element.addEventListener('click', (event) => {
      if (event.target === element) close(null);
    });
    around?.onEnd(() => close(null));
    document.body.append(element);
    element.showModal();
  });
}

function name(dialog: HTMLElement, attribute: 'aria-labelledby' | 'aria-describedby', by: string): void {
  const part = dialog.querySelector(by);
  if (part === null) return;
  part.id ||= `dialog-part-${++named}`;
  dialog.setAttribute(attribute, part.id);
}

/** An editor that is merely focused again puts its caret at the beginning of the text; the selection has to come back with it. */
function rememberFocus(): () => void {
  const before = document.activeElement;
  if (!(before instanceof HTMLElement)) return () => undefined;
  const selection = document.getSelection();
  const range = selection !== null && selection.rangeCount > 0 ? selection.getRangeAt(0).cloneRange() : null;
  before.blur(); // otherwise the browser focuses it by itself when the dialog closes
  return () => {
    before.focus();
    if (range === null || !before.isContentEditable || !before.contains(range.startContainer)) return;
    selection?.removeAllRanges();
    selection?.addRange(range);
  };
}

export async function confirmed(words: { title: string; text: string; yes: string; no: string }): Promise<boolean> {
  const answer = await dialog<boolean>(({ h }, close) =>
    h(
      'div',
      { class: 'dialog-body' },
      h('h2', {}, words.title),
      h('p', { class: 'dialog-text' }, words.text),
      h(
        'div',
        { class: 'dialog-actions' },
        h('button', { type: 'button', class: 'button quiet', on: { click: () => close(true) } }, words.yes),
        h('button', { type: 'button', class: 'button', autofocus: true, on: { click: () => close(false) } }, words.no),
      ),
    ),
  );
  return answer === true;
}
