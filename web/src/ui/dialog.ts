import { Scope } from './dom';

/**
 * Shows a modal dialog and resolves to what `build` hands to `close`, or to null when it was dismissed. The focus goes
 * back to where it was.
 */
export function dialog<T>(build: (scope: Scope, close: (result: T | null) => void) => HTMLElement): Promise<T | null> {
  return new Promise((resolve) => {
    const scope = new Scope();
    const before = document.activeElement;
    const element = document.createElement('dialog');
    element.className = 'dialog';
    let result: T | null = null;
    const close = (value: T | null): void => {
      result = value;
      element.close();
    };
    element.append(build(scope, close));
    element.addEventListener('close', () => {
      scope.end();
      element.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(result);
    });
    element.addEventListener('click', (event) => {
      if (event.target === element) close(null);
    });
    document.body.append(element);
    element.showModal();
  });
}

export async function confirmed(words: { title: string; text: string; yes: string; no: string }): Promise<boolean> {
  const answer = await dialog<boolean>(({ h }, close) =>
    h(
      'div',
      { class: 'dialog-body' },
      h('h2', {}, words.title),
      h('p', {}, words.text),
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
