import type { Scope } from './dom';

/** One tooltip for all elements with `data-tip`, by pointer and by keyboard; the same words are in their labels. */
export function tooltips(scope: Scope): void {
  const tip = document.createElement('div');
  tip.className = 'tooltip';
  tip.setAttribute('role', 'presentation');
  tip.hidden = true;
  document.body.append(tip);
  scope.onEnd(() => tip.remove());

  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = (): void => {
    clearTimeout(timer);
    tip.hidden = true;
  };
  const show = (target: EventTarget | null, after: number): void => {
    const owner = target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null;
    hide();
    if (owner === null) return;
    timer = setTimeout(() => {
      if (!owner.isConnected) return;
      tip.textContent = owner.dataset['tip'] ?? '';
      tip.hidden = false;
      const box = owner.getBoundingClientRect();
      const left = box.left + box.width / 2 - tip.offsetWidth / 2;
      tip.style.left = `${Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`;
      tip.style.top = `${box.bottom + 8}px`;
    }, after);
  };
  scope.listen(document, 'pointerover', (event) => event.pointerType === 'mouse' && show(event.target, 500));
  scope.listen(document, 'pointerdown', hide);
  scope.listen(document, 'keydown', hide);
  scope.listen(document, 'focusin', (event) => {
    if (event.target instanceof Element && event.target.matches(':focus-visible')) show(event.target, 250);
  });
  scope.listen(document, 'focusout', hide);
}
