import { api, type RecordSummary } from '../api';
import { t } from '../i18n';
import type { Scope } from '../ui/dom';
import { icon } from '../ui/icons';
import { problem } from './problem';

const REFRESH_MILLIS = 10_000;

interface Filter {
  words: string;
  type: string;
  status: string;
}

/** What was searched for stays while the page is open, so that coming back from a record finds the same list. */
const filter: Filter = { words: '', type: '', status: '' };

export function recordsView(scope: Scope, main: HTMLElement, signedOut: (error: unknown) => boolean): void {
  const { h } = scope;
  let records: readonly RecordSummary[] | null = null;
  let shownScope = scope.inner();

  const search = h('input', {
    id: 'search',
    class: 'field',
    type: 'search',
    autocomplete: 'off',
    placeholder: () => t.records.searchPlaceholder,
    'aria-label': () => t.records.search,
    'data-testid': 'search',
    on: {
      input: () => {
        filter.words = search.value;
        show();
      },
    },
  });
  search.value = filter.words;
  const searchBox = h('div', { class: 'search' }, search);
  searchBox.prepend(icon('search'));
  const type = choice('type');
  const status = choice('status');
  const count = h('p', { class: 'muted count', role: 'status', 'data-testid': 'record-count' });
  const place = h('div', {}, skeleton(scope));

  main.replaceChildren(
    h(
      'div',
      { class: 'records' },
      h('div', { class: 'records-head' }, h('h1', { tabindex: '-1' }, () => t.records.title), count),
      h('div', { class: 'filters', role: 'search' }, searchBox, type.element, status.element),
      place,
    ),
  );
  scope.live(() => {
    document.title = `${t.records.title} · ${t.product}`;
    show();
  });
  void load();
  scope.every(REFRESH_MILLIS, () => document.visibilityState === 'visible' && records !== null && void load());

  async function load(): Promise<void> {
    try {
      const now = [...(await api.records())].sort(
        (a, b) => (b.updated ?? '').localeCompare(a.updated ?? '') || a.title.localeCompare(b.title),
      );
      const changed = JSON.stringify(now) !== JSON.stringify(records);
      records = now;
      if (changed) show();
    } catch (error) {
      // What was shown before stays true enough until the server answers again.
      if (!signedOut(error) && records === null) place.replaceChildren(problem(scope, error, () => void load()));
    }
  }

  function show(): void {
    if (records === null) return;
    type.offer(records, (value) => t.type(value), t.records.allTypes);
    status.offer(records, (value) => t.status(value), t.records.allStatuses);
    const shown = records.filter(matches);
    count.textContent = records.length === 0 ? '' : t.records.count(shown.length, records.length);
    const focused = document.activeElement?.closest<HTMLElement>('[data-record-id]')?.dataset['recordId'];
    shownScope.end();
    shownScope = scope.inner();
    place.replaceChildren(
      shown.length === 0
        ? nothing(records.length === 0)
        : h('ul', { class: 'record-list' }, ...shown.map((record) => row(shownScope, record))),
    );
    if (focused !== undefined) place.querySelector<HTMLElement>(`[data-record-id="${CSS.escape(focused)}"] a`)?.focus();
  }

  function nothing(atAll: boolean): HTMLElement {
    const clear = (): void => {
      Object.assign(filter, { words: '', type: '', status: '' });
      search.value = '';
      show();
      search.focus();
    };
    const box = h(
      'div',
      { class: 'empty', 'data-testid': 'no-records' },
      h('p', {}, () => (atAll ? t.records.none : t.records.noMatch)),
      atAll ? null : h('button', { type: 'button', class: 'button quiet', on: { click: clear } }, () => t.records.clear),
    );
    box.prepend(icon(atAll ? 'record' : 'search'));
    return box;
  }

  function choice(key: 'type' | 'status'): {
    element: HTMLElement;
    offer: (records: readonly RecordSummary[], name: (value: string) => string, all: string) => void;
  } {
    const element = h('select', {
      class: 'field select',
      'aria-label': () => (key === 'type' ? t.records.typeFilter : t.records.statusFilter),
      'data-testid': `filter-${key}`,
      on: {
        change: () => {
          filter[key] = element.value;
          show();
        },
      },
    });
    return {
      element,
      offer: (all, name, everything) => {
        const values = [...new Set(all.map((record) => record[key]))].sort((a, b) => name(a).localeCompare(name(b)));
        const options = [new Option(everything, ''), ...values.map((value) => new Option(name(value), value))];
        const same =
          element.options.length === options.length && options.every((option, i) => option.text === element.options[i]!.text);
        if (!same) element.replaceChildren(...options);
        element.value = values.includes(filter[key]) ? filter[key] : '';
      },
    };
  }
}

function matches(record: RecordSummary): boolean {
  const words = plain(filter.words).split(/\s+/);
  const text = plain(`${record.title} ${record.id} ${t.type(record.type)}`);
  return (
    words.every((word) => text.includes(word)) &&
    (filter.type === '' || record.type === filter.type) &&
    (filter.status === '' || record.status === filter.status)
  );
}

/** Without case and accents: "reglement" finds "Règlement". */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function row(scope: Scope, record: RecordSummary): HTMLElement {
  const { h } = scope;
  const details = h(
    'p',
    { class: 'record-details' },
    h('span', { class: 'kind' }, () => t.type(record.type)),
    h('span', { class: `badge status-${record.status}` }, () => t.status(record.status)),
  );
  if (record.updated !== null) {
    const date = new Date(record.updated);
    details.append(h('time', { datetime: record.updated }, () => t.records.updated(t.day(date))));
  }
  if (!record.carried || record.access !== 'write') {
    const reason = (): string => {
      if (!record.carried) return t.records.notCarried;
      return record.status === 'archived' ? t.records.archived : t.records.noRight;
    };
    const badge = h('span', { class: 'badge read-only', title: reason, 'data-testid': 'read-only-badge' }, () => t.records.readOnly);
    badge.prepend(icon('lock'));
    badge.append(h('span', { class: 'sr-only' }, () => `: ${reason()}`));
    details.append(badge);
  }
  const people = h('span', { class: 'people', 'data-testid': 'people' });
  if (record.people > 0) people.append(icon('people'), h('span', {}, () => t.records.people(record.people)));
  return h(
    'li',
    { class: 'record-row', 'data-testid': 'record-row', 'data-record-id': record.id, 'data-access': record.access },
    h(
      'div',
      { class: 'record-words' },
      h('a', { class: 'record-title', href: `#/records/${encodeURIComponent(record.id)}`, dir: 'auto' }, record.title),
      details,
    ),
    people,
  );
}

function skeleton(scope: Scope): HTMLElement {
  return scope.h(
    'div',
    { class: 'skeleton', 'aria-hidden': 'true' },
    ...Array.from({ length: 6 }, () => scope.h('div', { class: 'skeleton-row' })),
  );
}
