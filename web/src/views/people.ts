import { t } from '../i18n';
import { initials, type Presence } from '../realtime/people';
import { announce } from '../ui/announce';
import type { Scope } from '../ui/dom';

const SHOWN = 5;

interface Person {
  readonly name: string;
  readonly color: string;
  readonly self: boolean;
  readonly clients: readonly number[];
}

/** Who has the record open: one disc a person, oneself first. */
export function peopleList(scope: Scope): { element: HTMLElement; show: (present: readonly Presence[]) => void } {
  const { h } = scope;
  const element = h('ul', { class: 'present', 'aria-label': () => t.record.present, 'data-testid': 'presence' });
  let people: readonly Person[] = [];
  let names: ReadonlySet<string> | null = null;

  const disc = (person: Person): HTMLElement => {
    const label = person.clients.length > 1 ? t.record.windows(person.name, person.clients.length) : person.name;
    const attributes = {
      class: person.self ? 'avatar self' : 'avatar',
      'data-tip': person.self ? `${label} (${t.record.you})` : label,
    };
    const inside = h('span', { 'aria-hidden': 'true' }, initials(person.name));
    const item = person.self
      ? h('span', { ...attributes }, inside, h('span', { class: 'sr-only' }, `${label} (${t.record.you})`))
      : h(
          'button',
          { ...attributes, type: 'button', 'aria-label': t.record.goTo(label), on: { click: () => goTo(person) } },
          inside,
        );
    item.style.setProperty('--person', person.color);
    return h('li', { 'data-testid': 'person', 'data-name': person.name, 'data-self': String(person.self) }, item);
  };

  const render = (): void => {
    const rest = people.slice(SHOWN);
    element.replaceChildren(...people.slice(0, SHOWN).map(disc));
    if (rest.length > 0) {
      const more = h('span', { class: 'avatar more', 'data-tip': rest.map((person) => person.name).join(', ') }, `+${rest.length}`);
      more.append(h('span', { class: 'sr-only' }, t.record.more(rest.length)));
      element.append(h('li', {}, more));
    }
  };

  scope.live(render);
  return {
    element,
    show: (present) => {
      const now = gather(present);
      if (JSON.stringify(now) === JSON.stringify(people)) return;
      people = now;
      render();
      const others = new Set(now.filter((person) => !person.self).map((person) => person.name));
      if (names !== null) {
        for (const name of others) if (!names.has(name)) announce(t.said.joined(name));
        for (const name of names) if (!others.has(name)) announce(t.said.left(name));
      }
      names = others;
    },
  };
}

function gather(present: readonly Presence[]): Person[] {
  const byName = new Map<string, Person>();
  for (const { client, name, color, self } of present) {
    const known = byName.get(name);
    byName.set(name, {
      name,
      color: known?.color ?? color,
      self: self || (known?.self ?? false),
      clients: [...(known?.clients ?? []), client],
    });
  }
  return [...byName.values()];
}

function goTo(person: Person): void {
  for (const client of person.clients) {
    const caret = document.querySelector(`.caret[data-client="${client}"]`);
    if (caret !== null) {
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      caret.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
      return;
    }
  }
}
