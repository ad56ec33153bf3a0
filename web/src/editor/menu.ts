import type { Scope } from '../ui/dom';
import { icon } from '../ui/icons';

export interface MenuItem {
  readonly label: () => string;
  readonly id: string;
  readonly run: () => void;
  readonly enabled?: () => boolean;
  /** Given for items of which one is chosen. */
  readonly chosen?: () => boolean;
  readonly className?: string;
}

/** A menu that opens under its button: arrow keys move, Escape and a click elsewhere close it. Groups are kept apart by lines. */
export function menu(scope: Scope, button: HTMLButtonElement, groups: readonly (readonly MenuItem[])[]): void {
  let open: HTMLElement | null = null;

  const close = (giveBackFocus: boolean): void => {
    open?.remove();
    open = null;
    button.setAttribute('aria-expanded', 'false');
    if (giveBackFocus) button.focus();
  };

  const show = (): void => {
    const list = document.createElement('div');
    list.className = 'menu';
    list.setAttribute('role', 'menu');
    list.setAttribute('aria-label', button.getAttribute('aria-label') ?? '');
    for (const [index, group] of groups.entries()) {
      if (index > 0) list.append(separator());
      for (const item of group) list.append(itemElement(item));
    }
    document.body.append(list);
    open = list;
    button.setAttribute('aria-expanded', 'true');
    const box = button.getBoundingClientRect();
    list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = `${box.bottom + 6}px`;
    list.style.maxHeight = `${Math.max(160, innerHeight - box.bottom - 20)}px`;
    (list.querySelector<HTMLElement>('[aria-checked="true"]') ?? items()[0])?.focus();
    list.addEventListener('keydown', onKey);
  };

  const itemElement = (item: MenuItem): HTMLElement => {
    const element = document.createElement('button');
    element.type = 'button';
    element.tabIndex = -1;
    element.className = `menu-item ${item.className ?? ''}`;
    element.dataset['testid'] = item.id;
    element.setAttribute('role', item.chosen === undefined ? 'menuitem' : 'menuitemradio');
    if (item.chosen !== undefined) {
      element.setAttribute('aria-checked', String(item.chosen()));
      element.append(item.label(), icon('check'));
    } else {
      element.append(item.label());
    }
    element.disabled = item.enabled?.() === false;
    element.addEventListener('click', () => {
      close(false);
      item.run();
    });
    return element;
  };

  const items = (): HTMLElement[] => [...(open?.querySelectorAll<HTMLElement>('.menu-item:not(:disabled)') ?? [])];

  const onKey = (event: KeyboardEvent): void => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all[(to + all.length) % all.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close(true);
    }
  };

  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => (open === null ? show() : close(true)));
  button.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' && open === null) {
      event.preventDefault();
      show();
    }
  });
  scope.listen(document, 'pointerdown', (event) => {
    if (open !== null && event.target instanceof Node && !open.contains(event.target) && !button.contains(event.target)) {
      close(false);
    }
  });
  scope.listen(window, 'resize', () => close(false));
  scope.onEnd(() => close(false));
}

function separator(): HTMLElement {
  const line = document.createElement('div');
  line.className = 'menu-line';
  line.setAttribute('role', 'separator');
  return line;
}
