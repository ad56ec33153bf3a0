import { ApiError } from '../api';
import { t } from '../i18n';
import type { Scope } from '../ui/dom';
import { icon } from '../ui/icons';

/** A part of the page that could not be had, and the way to ask again. */
export function problem(scope: Scope, error: unknown, again: () => void): HTMLElement {
  const { h } = scope;
  const words = (): string =>
    error instanceof ApiError && error.status !== 0 ? t.failures.unexpected(error.message) : t.failures.network;
  const box = h(
    'div',
    { class: 'empty', role: 'alert', 'data-testid': 'problem' },
    h('p', {}, words),
    h('button', { type: 'button', class: 'button', on: { click: again } }, () => t.failures.again),
  );
  box.prepend(icon('cloudOff'));
  return box;
}
