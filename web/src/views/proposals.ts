import { api, ApiError, isNotFound, type Proposal, type ProposalDetails } from '../api';
import { t } from '../i18n';
import { announce } from '../ui/announce';
import { confirmed, dialog } from '../ui/dialog';
import type { Scope } from '../ui/dom';
import { changesNothing, pieces, type ShownLine } from './line-diff';

/** Whose changes wait, each name once. */
export function proposers(proposals: readonly Proposal[]): readonly string[] {
  return [...new Set(proposals.map(proposerOf))];
}

/** Shows the proposals of a record until each was applied or dropped, or the rest is left for later. */
export async function reviewProposals(around: Scope, recordId: string, signedOut: (error: unknown) => boolean): Promise<void> {
  const said = await dialog<string>((scope, close) => review(scope, close, recordId, signedOut), around);
  if (said !== null) announce(said);
}

function review(
  scope: Scope,
  close: (said: string | null) => void,
  recordId: string,
  signedOut: (error: unknown) => boolean,
): HTMLElement {
  const { h } = scope;
  const words = t.proposals;
  let waiting: readonly Proposal[] = [];
  let details: ProposalDetails | null = null;
  let working = false;
  /** Answers to any but the newest question come too late. */
  let questions = 0;
  scope.onEnd(() => questions++);

  const title = h('h2', { tabindex: '-1', autofocus: true, 'data-testid': 'proposal-title' }, words.title(1));
  const choice = h('fieldset', { class: 'proposal-choice', hidden: true, 'data-testid': 'proposal-choice' });
  const content = h('div', { class: 'proposal-content' });
  const message = h('p', { role: 'alert', hidden: true, 'data-testid': 'proposal-message' });
  const apply = button('', words.apply, 'proposal-apply', () => void act('apply'));
  const drop = button('quiet start', words.drop, 'proposal-drop', () => void act('drop'));
  const later = button('quiet', words.later, 'proposal-later', () => close(null));
  void list();
  return h(
    'div',
    { class: 'dialog-body proposal', 'data-testid': 'proposal' },
    title,
    message,
    choice,
    content,
    h('div', { class: 'dialog-actions' }, drop, later, apply),
  );

  function button(kind: string, label: string, testId: string, run: () => void): HTMLButtonElement {
    const click = (event: Event): void => {
      if ((event.currentTarget as HTMLElement).getAttribute('aria-disabled') !== 'true') run();
    };
    return h('button', { type: 'button', class: `button ${kind}`.trim(), 'data-testid': testId, on: { click } }, label);
  }

  /** A button that cannot be used now can still be reached, so that the focus is not lost. */
  function enable(): void {
    const set = (element: HTMLElement, usable: boolean): void =>
      usable ? element.removeAttribute('aria-disabled') : element.setAttribute('aria-disabled', 'true');
    set(apply, !working && details !== null && details.applicable && !changesNothing(details.lines));
    set(drop, !working && details !== null);
    choice.disabled = working;
  }

  function say(sentence: string | null, kind: 'warning' | 'done' = 'warning'): void {
    message.hidden = sentence === null;
    message.className = kind;
    message.textContent = sentence;
  }

  async function list(): Promise<void> {
    const found = await ask(() => api.proposals(recordId), list);
    if (found === null) return;
    waiting = found;
    showChoice(0);
    if (waiting.length > 0) return show(waiting[0]!);
    content.replaceChildren();
    say(words.gone);
  }

  function showChoice(chosen: number): void {
    title.textContent = words.title(waiting.length);
    choice.hidden = waiting.length < 2;
    choice.replaceChildren(
      h('legend', { class: 'sr-only' }, words.choose),
      ...waiting.map((proposal, at) => {
        const change = (): void => {
          say(null);
          void show(proposal);
        };
        return h(
          'label',
          {},
          h('input', { type: 'radio', name: 'proposal', checked: at === chosen, on: { change } }),
          h('span', { class: 'proposal-name' }, proposerOf(proposal)),
          h('span', { class: 'muted' }, t.moment(new Date(proposal.time))),
        );
      }),
    );
  }

  async function show(proposal: Proposal): Promise<void> {
    const found = await ask(() => api.proposal(recordId, proposal.id), () => show(proposal), proposal);
    if (found === null) return;
    details = found;
    content.replaceChildren(...describe(scope, found));
    enable();
  }

  /** Gets what is to be shown; null when that did not come, which is then said. */
  async function ask<T>(get: () => Promise<T>, again: () => Promise<void>, about?: Proposal): Promise<T | null> {
    const question = ++questions;
    details = null;
    enable();
    content.replaceChildren(h('p', { class: 'muted' }, words.loading));
    try {
      const answer = await get();
      return question === questions ? answer : null;
    } catch (error) {
      if (question !== questions) return null;
      content.replaceChildren();
      if (about !== undefined && isNotFound(error)) {
        await goOn(about, words.gone, 'warning');
      } else {
        explain(error);
        const tryAgain = (): void => {
          say(null);
          void again();
        };
        content.append(button('quiet small', t.failures.again, 'proposal-again', tryAgain));
      }
      return null;
    }
  }

  async function act(what: 'apply' | 'drop'): Promise<void> {
    const proposal = details!;
    if (what === 'drop') {
      const text = words.dropText(proposerOf(proposal));
      if (!(await confirmed({ title: words.dropTitle, text, yes: words.dropYes, no: words.dropNo }))) return;
    }
    const question = ++questions;
    say(null);
    working = true;
    enable();
    try {
      await (what === 'apply' ? api.applyProposal(recordId, proposal.id) : api.dropProposal(recordId, proposal.id));
      working = false;
      if (question === questions) await goOn(proposal, what === 'apply' ? words.applied : words.dropped, 'done');
    } catch (error) {
      working = false;
      if (question !== questions) return;
      if (isNotFound(error)) return goOn(proposal, words.gone, 'warning');
      explain(error);
      enable();
    }
  }

  /** A proposal waits no more: to the next one. */
  async function goOn(done: Proposal, said: string, kind: 'warning' | 'done'): Promise<void> {
    const at = waiting.findIndex((proposal) => proposal.id === done.id);
    waiting = waiting.filter((proposal) => proposal.id !== done.id);
    if (waiting.length === 0) return close(said);
    const chosen = Math.min(Math.max(at, 0), waiting.length - 1);
    showChoice(chosen);
    say(said, kind);
    title.focus();
    await show(waiting[chosen]!);
  }

  function explain(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) {
      close(null);
      signedOut(error);
    } else {
      say(trouble(error));
    }
  }
}

function trouble(error: unknown): string {
  if (!(error instanceof ApiError) || error.status === 0) return t.failures.network;
  if (error.status === 409) return `${t.proposals.notApplied} ${error.message}`;
  return t.failures.unexpected(error.message);
}

function proposerOf(proposal: Proposal): string {
  return proposal.name || proposal.user || t.proposals.nobody;
}

/** Who, when, why, and what would change. */
function describe(scope: Scope, proposal: ProposalDetails): HTMLElement[] {
  const { h } = scope;
  const words = t.proposals;
  const parts: HTMLElement[] = [
    h('p', {}, words.by(proposerOf(proposal), t.moment(new Date(proposal.time)))),
    h('p', { class: 'muted' }, words.reasons[proposal.reason] ?? ''),
  ];
  if (!proposal.applicable) {
    const why = h('span', { lang: 'en' }, proposal.obstacle ?? '');
    parts.push(h('p', { class: 'warning', 'data-testid': 'proposal-obstacle' }, `${words.obstacle} `, why));
  }
  if (changesNothing(proposal.lines)) parts.push(h('p', {}, words.noChange));
  else parts.push(comparison(scope, proposal));
  return parts;
}

function comparison({ h }: Scope, proposal: ProposalDetails): HTMLElement {
  const box = h('div', {
    class: 'diff',
    role: 'region',
    tabindex: '0',
    dir: 'auto',
    'aria-label': t.proposals.diffLabel,
    'data-testid': 'proposal-lines',
  });
  for (const { folded, lines } of pieces(proposal.lines)) {
    if (folded) box.append(h('details', {}, h('summary', {}, t.proposals.unchanged(lines.length)), ...lines.map(line)));
    else box.append(...lines.map(line));
  }
  return box;

  function line({ kind, text, from, to }: ShownLine): HTMLElement {
    const shown =
      text.trim() === ''
        ? [h('span', { class: 'sr-only' }, t.proposals.emptyLine)]
        : to > from
          ? [text.slice(0, from), h('mark', {}, text.slice(from, to)), text.slice(to)]
          : [text];
    if (kind === 'same') return h('div', { class: 'diff-line' }, ...shown);
    return h(
      'div',
      { class: `diff-line ${kind}` },
      h('span', { class: 'diff-sign', 'aria-hidden': 'true' }, kind === 'added' ? '+' : '−'),
      h('span', { class: 'sr-only' }, `${t.proposals[kind]} `),
      h(kind === 'added' ? 'ins' : 'del', {}, ...shown),
    );
  }
}
