import { api, ApiError, type SampleUser } from '../api';
import { t } from '../i18n';
import { COLOURS, initials, usualColour } from '../realtime/people';
import { session } from '../session';
import type { Scope } from '../ui/dom';
import { icon } from '../ui/icons';
import { problem } from './problem';
import { nameOf } from './shell';

/** Sign-in: the people of a sample installation, or a field for a token. `done` is called with the session begun. */
export function signInView(scope: Scope, main: HTMLElement, expired: boolean, done: () => void): void {
  const { h } = scope;
  const place = h('div', { class: 'sign-in-place' }, h('p', { class: 'muted' }, () => t.signIn.loading));
  const heading = h('h1', { tabindex: '-1' }, () => t.product);
  const card = h(
    'div',
    { class: 'sign-in' },
    h('div', { class: 'sign-in-head' }, heading, h('p', { class: 'muted' }, () => t.productLine)),
    expired ? h('p', { class: 'warning', role: 'alert', 'data-testid': 'session-expired' }, () => t.signIn.expired) : null,
    place,
  );
  card.firstElementChild!.prepend(icon('hall'));
  main.replaceChildren(card);
  scope.live(() => (document.title = `${t.signIn.title} · ${t.product}`));

  const load = async (): Promise<void> => {
    const inner = scope.inner();
    try {
      const users = await api.sampleUsers();
      place.replaceChildren(users === null ? tokenForm(inner, done) : people(inner, users, done));
    } catch (error) {
      place.replaceChildren(problem(inner, error, () => void load()));
    }
  };
  void load();
}

function people(scope: Scope, users: readonly SampleUser[], done: () => void): HTMLElement {
  const { h } = scope;
  const failure = h('p', { class: 'warning', role: 'alert', hidden: true });
  const choose = async (user: SampleUser): Promise<void> => {
    try {
      session.begin((await api.signIn(user.username)).token);
      done();
    } catch (error) {
      failure.textContent =
        error instanceof ApiError && error.status !== 0 ? t.failures.unexpected(error.message) : t.failures.network;
      failure.hidden = false;
    }
  };
  const cards = users.map((user) => {
    const avatar = h('span', { class: 'avatar large', 'aria-hidden': 'true' }, initials(nameOf(user)));
    avatar.style.setProperty('--person', COLOURS[usualColour(nameOf(user))]!);
    const card = h(
      'button',
      {
        type: 'button',
        class: 'user-card',
        'data-testid': 'user-card',
        'data-username': user.username,
        on: { click: () => void choose(user) },
      },
      avatar,
      h(
        'span',
        { class: 'user-card-words' },
        h('strong', {}, nameOf(user)),
        h('span', { class: 'muted' }, () => t.role(user.role)),
      ),
    );
    card.append(icon('back'));
    return h('li', {}, card);
  });
  return h(
    'div',
    {},
    h('p', { id: 'choose' }, () => t.signIn.choose),
    failure,
    h('ul', { class: 'user-cards', 'aria-labelledby': 'choose' }, ...cards),
    h('p', { class: 'muted small' }, () => t.signIn.hint),
  );
}

function tokenForm(scope: Scope, done: () => void): HTMLElement {
  const { h } = scope;
  const field = h('input', {
    id: 'token',
    name: 'token',
    class: 'field mono',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    'aria-describedby': 'token-text',
    'data-testid': 'token-field',
  });
  const failure = h('p', { class: 'warning', role: 'alert', hidden: true });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    session.begin(field.value.trim());
    try {
      await api.me();
      done();
    } catch (error) {
      session.end();
      failure.textContent = error instanceof ApiError && error.status === 0 ? t.failures.network : t.signIn.wrong;
      failure.hidden = false;
      field.setAttribute('aria-invalid', 'true');
      field.select();
    }
  };
  return h(
    'form',
    { class: 'token-form', on: { submit: (event) => void submit(event) } },
    h('h2', {}, () => t.signIn.tokenTitle),
    h('p', { id: 'token-text', class: 'muted' }, () => t.signIn.tokenText),
    h('pre', { class: 'command' }, 'civic-realtime token --dir DIR --user NAME'),
    failure,
    h('label', { for: 'token' }, () => t.signIn.tokenLabel),
    field,
    h('button', { type: 'submit', class: 'button' }, () => t.signIn.submit),
  );
}
