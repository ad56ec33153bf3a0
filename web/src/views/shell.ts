import type { Me } from '../api';
import { switchLanguage, t } from '../i18n';
import { initials } from '../realtime/people';
import type { Scope } from '../ui/dom';
import { icon } from '../ui/icons';

/** What is around every view: the bar at the top, with a place for what a view has to say there, and the main part. */
export interface Shell {
  readonly banner: HTMLElement;
  /** Below the bar and staying with it. */
  readonly tools: HTMLElement;
  readonly main: HTMLElement;
}

export function shell(scope: Scope, place: HTMLElement, me: Me | null, signOut: () => void): Shell {
  const { h } = scope;
  const main = h('main', { id: 'main', class: 'main', tabindex: '-1' });
  const banner = h('div', { class: 'banner-place' });
  const tools = h('div', { class: 'tools' });
  const brand = h(
    'a',
    { class: 'brand', href: '#/records', 'aria-label': () => `${t.product}, ${t.records.title}` },
    h('span', { class: 'brand-words' }, () => t.product),
  );
  brand.prepend(icon('hall'));
  const skip = h(
    'a',
    {
      class: 'skip',
      href: '#main',
      on: {
        click: (event) => {
          event.preventDefault(); // the address's fragment is the route
          (main.querySelector<HTMLElement>('.ProseMirror') ?? main).focus();
        },
      },
    },
    () => t.skip,
  );
  const language = h(
    'button',
    {
      type: 'button',
      class: 'plain',
      lang: () => (t.language === 'en' ? 'fr' : 'en'),
      'aria-label': () => t.switchLanguage,
      'data-testid': 'language',
      on: { click: switchLanguage },
    },
    h('span', { class: 'long' }, () => t.otherLanguage),
    h('span', { class: 'short' }, () => t.otherLanguage.slice(0, 2).toUpperCase()),
  );
  const who =
    me === null
      ? null
      : h(
          'div',
          { class: 'who' },
          h(
            'span',
            { class: 'who-name', title: () => t.signedInAs(nameOf(me)), 'data-testid': 'me' },
            h('span', { class: 'sr-only' }, () => t.signedInAs(nameOf(me))),
            h('span', { 'aria-hidden': 'true', class: 'long' }, nameOf(me)),
            h('span', { 'aria-hidden': 'true', class: 'short' }, initials(nameOf(me))),
          ),
          h('button', { type: 'button', class: 'plain', 'data-testid': 'sign-out', on: { click: signOut } }, () => t.signOut),
        );
  place.replaceChildren(
    skip,
    h(
      'header',
      { class: 'banner' },
      h('div', { class: 'banner-inner' }, brand, banner, h('div', { class: 'banner-end' }, language, who)),
      tools,
    ),
    main,
  );
  scope.onEnd(() => place.replaceChildren());
  return { banner, tools, main };
}

export function nameOf(person: { readonly name: string | null; readonly username: string }): string {
  return person.name === null || person.name === '' ? person.username : person.name;
}
