import type { Editor } from '@tiptap/core';
import { api, ApiError, isNotFound, type Me, type Proposal, type RecordDetails } from '../api';
import { isCivic, openEditor } from '../editor/editor';
import { toolbar } from '../editor/toolbar';
import { t } from '../i18n';
import { SESSION_OVER } from '../realtime/close-codes';
import { present } from '../realtime/people';
import { knownReason } from '../realtime/reasons';
import { RecordRoom } from '../realtime/record-room';
import { display, unsaved } from '../realtime/save-state';
import { session } from '../session';
import { announce } from '../ui/announce';
import { copied } from '../ui/copy';
import { confirmed } from '../ui/dialog';
import type { Scope } from '../ui/dom';
import { type Icon, icon } from '../ui/icons';
import { peopleList } from './people';
import { problem } from './problem';
import { proposers, reviewProposals } from './proposals';
import { renewedLines, tellRenewed } from './renewed';
import { nameOf } from './shell';
import { stateLine } from './state-line';

/** How long leaving waits for the last words to be confirmed before it asks. */
const LEAVE_WAITS_MILLIS = 1_500;

/** How long is shown what soon is not true any more. */
const PASSING_MILLIS = 15_000;

interface Surroundings {
  readonly banner: HTMLElement;
  readonly tools: HTMLElement;
  readonly main: HTMLElement;
  readonly recordId: string;
  readonly me: Me;
  readonly signedOut: (error: unknown) => boolean;
  readonly signInAgain: () => void;
  readonly reopen: () => Promise<void>;
}

/** One record, open. Returns what is asked before it is left. */
export function recordView(scope: Scope, around: Surroundings): () => Promise<boolean> {
  const { h } = scope;
  const { main, recordId } = around;
  let room: RecordRoom | null = null;
  let ended = false;
  scope.onEnd(() => (ended = true));
  main.replaceChildren(loading(scope));
  void open();

  return async () => {
    if (room === null || (await room.settled(LEAVE_WAITS_MILLIS))) return true;
    const words = t.record.leave;
    return confirmed({ title: words.title, text: words.text(unsaved(room.state)), yes: words.leave, no: words.stay });
  };

  async function open(): Promise<void> {
    let record: RecordDetails;
    try {
      record = await api.record(recordId);
    } catch (error) {
      if (ended || around.signedOut(error)) return;
      const missing = isNotFound(error) || (error instanceof ApiError && error.status === 403);
      main.replaceChildren(missing ? noSuchRecord() : problem(scope, error, () => void open()));
      return;
    }
    if (!ended) room = openRecord(scope, around, record);
  }

  function noSuchRecord(): HTMLElement {
    scope.live(() => (document.title = `${t.record.missingTitle} · ${t.product}`));
    const box = h(
      'div',
      { class: 'empty', 'data-testid': 'missing' },
      h('h1', { tabindex: '-1' }, () => t.record.missingTitle),
      h('p', {}, () => t.record.missing),
      h('a', { class: 'button', href: '#/records' }, () => t.record.back),
    );
    box.prepend(icon('record'));
    return box;
  }
}

function openRecord(scope: Scope, around: Surroundings, record: RecordDetails): RecordRoom {
  const { h } = scope;
  let editor: Editor | null = null;
  let tools: HTMLElement | null = null;
  /** This person could write here since the record was opened. */
  let wasEditable = false;
  let foreign = false;
  let reasonsGiven: readonly string[] = record.carried ? record.readOnlyReasons : [];
  let draftStuck: string | null = null;
  let proposalsWaiting = 0;
  /** Empty: not known yet; null: this server does not show them. */
  let proposals: readonly Proposal[] | null = [];
  let shownNotices = new Map<string, HTMLElement>();
  let outdated = false;

  const state = stateLine(scope);
  const people = peopleList(scope);
  const notices = h('div', { class: 'notices' });
  const passing = h('div', { class: 'passing', role: 'status', 'data-testid': 'passing' });
  let passingTimer: ReturnType<typeof setTimeout> | undefined;
  scope.onEnd(() => clearTimeout(passingTimer));
  const text = h('div', { class: 'sheet-text' }, loading(scope));
  const sheet = h('article', { class: 'sheet' }, facts(scope, record), text);

  const room = new RecordRoom(record.id, session.token ?? '', nameOf(around.me), {
    state: () => showState(),
    ready: () => showText(),
    people: () => people.show(present(room.awareness)),
    readOnly: (reasons) => {
      reasonsGiven = reasons;
      const wasOpen = editor?.isEditable === true;
      closeForWriting();
      showState();
      if (wasOpen) announce([t.notices.withdrawnTitle, ...reasons.map(inWords)].join(' '));
    },
    editable: () => {
      reasonsGiven = [];
      openForWriting();
      showState();
      announce(t.said.editable);
    },
    tooMuch: () => {
      passing.replaceChildren(noticeElement(scope, { kind: 'warning', icon: 'alert', title: t.notices.tooMuchTitle, lines: [t.notices.tooMuch], actions: [] }));
      clearTimeout(passingTimer);
      passingTimer = setTimeout(() => passing.replaceChildren(), PASSING_MILLIS);
    },
    draft: (reason) => {
      draftStuck = reason;
      showState();
    },
    proposals: (count) => void onProposals(count),
  });
  if (!record.carried) room.forbidEdits();
  else if (record.access !== 'write') room.readOnlyUntilTold();
  scope.onEnd(() => room.destroy());
  scope.onEnd(() => editor?.destroy());

  around.banner.replaceChildren(
    h('div', { class: 'record-head' }, h('h1', { tabindex: '-1', dir: 'auto', title: record.title }, record.title), state.element),
    people.element,
  );
  around.main.replaceChildren(
    h(
      'div',
      { class: 'desk' },
      notices,
      passing,
      sheet,
    ),
  );
  scope.live(() => {
    document.title = `${record.title} · ${t.product}`;
    editor?.view.dom.setAttribute('aria-label', t.record.editorLabel(record.title));
    showState();
  });
  scope.listen(window, 'beforeunload', (event) => {
    if (unsaved(room.state) > 0) event.preventDefault();
  });
  people.show(present(room.awareness));
  return room;

  function showText(): void {
    foreign = !isCivic(room.fragment);
    if (!record.carried || foreign) {
      room.forbidEdits();
      text.replaceChildren(
        h(
          'pre',
          { class: 'source', 'data-testid': 'editor', 'aria-label': () => t.record.source, 'aria-readonly': 'true', tabindex: '0', dir: 'auto' },
          record.markdown,
        ),
      );
    } else {
      text.replaceChildren();
      editor = openEditor(room, text, record.title, !room.state.readOnly);
      if (!room.state.readOnly) openForWriting();
    }
    showState();
  }

  function openForWriting(): void {
    if (editor === null || outdated) return;
    wasEditable = true;
    editor.setEditable(true);
    tools ??= toolbar(scope, editor);
    around.tools.replaceChildren(tools);
  }

  function closeForWriting(): void {
    editor?.setEditable(false);
    around.tools.replaceChildren();
  }

  function showState(): void {
    state.show(room.state);
    if (room.verdict?.course === 'final' && editor?.isEditable === true) closeForWriting();
    showNotices([connectionNotice(), notSavedNotice(), readOnlyNotice(), draftNotice(), proposalsNotice()].filter((notice) => notice !== null));
    if (room.verdict?.cause === 'record-renewed' && !outdated) {
      outdated = true;
      void onOutdated(room.verdict.kept === true);
    }
  }

  /** Those that say what they said before stay as they are: somebody may be about to press a button in them. */
  function showNotices(list: readonly Notice[]): void {
    const focused = notices.contains(document.activeElement);
    const elements = list.map((notice) => {
      const says = JSON.stringify(notice);
      const element = shownNotices.get(says) ?? noticeElement(scope, notice);
      return [says, element] as const;
    });
    shownNotices = new Map(elements);
    for (const element of [...notices.children]) if (!elements.some(([, kept]) => kept === element)) element.remove();
    elements.forEach(([, element], at) => {
      if (notices.children[at] !== element) notices.insertBefore(element, notices.children[at] ?? null);
    });
    if (focused) focusIfNowhere();
  }

  /** What had the focus is gone: it goes to the text. */
  function focusIfNowhere(): void {
    if (document.activeElement === document.body && editor?.isEditable === true) editor.commands.focus();
  }

  async function onOutdated(kept: boolean): Promise<void> {
    sheet.classList.add('old');
    sheet.prepend(h('p', { class: 'old-mark', 'data-testid': 'old-text' }, () => t.notices.oldText));
    const openCurrent = await tellRenewed(scope, renewedLines(room.state, kept), editor === null ? null : copyText);
    if (openCurrent) await around.reopen();
    else notices.querySelector<HTMLElement>('.notice.error')?.focus({ preventScroll: true });
  }

  async function onProposals(count: number): Promise<void> {
    proposalsWaiting = count;
    showState();
    if (count === 0) return;
    const found = await api.proposals(record.id).catch((error: unknown) => (isNotFound(error) ? null : []));
    if (proposalsWaiting !== count) return;
    proposals = found;
    showState();
  }

  function connectionNotice(): Notice | null {
    const { verdict, said } = room;
    const waiting = unsaved(room.state);
    if (verdict === null) return null;
    const cause = t.notices.causes[verdict.cause];
    if (verdict.course === 'again') {
      return room.state.readOnly
        ? { kind: 'offline', icon: 'cloudOff', title: t.notices.offlineTitle, lines: [cause], actions: [] }
        : { kind: 'offline', icon: 'cloudOff', title: t.notices.offlineTitle, lines: [cause, t.notices.offline], actions: [] };
    }
    if (verdict.cause === 'record-renewed') {
      return {
        kind: 'error',
        icon: 'alert',
        title: cause,
        lines: renewedLines(room.state, verdict.kept === true),
        actions: [
          { label: t.record.openCurrent, run: () => void around.reopen() },
          ...(editor === null ? [] : [{ ...copyAction(), quiet: true }]),
        ],
      };
    }
    const lines = [
      ...(waiting > 0 ? [t.notices.unsavedRefused(waiting)] : []),
      ...(verdict.course === 'later' ? [room.willRetry ? t.notices.willRetry : t.notices.waitsForYou] : []),
    ];
    const details = said === null ? null : { summary: t.notices.notSavedWhy, text: said };
    const actions: Action[] = waiting > 0 && editor !== null ? [copyAction()] : [];
    if (verdict.course === 'later') {
      actions.push({ label: t.record.retry, run: () => room.retry() });
    } else if (SESSION_OVER.includes(verdict.cause)) {
      actions.push({ label: t.record.signInAgain, run: around.signInAgain });
    } else if (verdict.cause === 'edit-refused' || verdict.cause === 'edit-too-large') {
      actions.push({ label: t.record.reload, run: () => void around.reopen() });
    }
    return { kind: 'error', icon: 'alert', title: cause, lines, details, actions };
  }

  function notSavedNotice(): Notice | null {
    if (display(room.state) !== 'not-saved') return null;
    const { trouble } = room.state;
    const words = t.notices;
    const details = trouble === null || trouble === '' ? null : { summary: words.notSavedWhy, text: trouble };
    return { kind: 'not-saved', icon: 'alert', title: words.notSavedTitle, lines: [words.notSaved], details, actions: [] };
  }

  function proposalsNotice(): Notice | null {
    if (proposalsWaiting === 0 || room.state.readOnly || room.verdict?.course === 'final') return null;
    const words = t.proposals;
    const names = proposers(proposals ?? []);
    const label = proposalsWaiting === 1 ? words.look : words.lookAll;
    return {
      kind: 'proposals',
      icon: 'record',
      title: words.waiting(proposalsWaiting),
      lines: names.length === 0 ? [] : [words.from(names)],
      actions: proposals === null ? [] : [{ label, run: () => void lookAtProposals(), quiet: true }],
    };
  }

  async function lookAtProposals(): Promise<void> {
    await reviewProposals(scope, record.id, around.signedOut);
    focusIfNowhere();
  }

  function readOnlyNotice(): Notice | null {
    if (!room.state.readOnly) return null;
    const words = t.notices;
    const waiting = unsaved(room.state);
    const refused = waiting > 0 ? [words.unsavedRefused(waiting)] : [];
    const common = { kind: 'read-only', icon: 'lock', actions: waiting > 0 ? [copyAction()] : [] } as const;
    if (!record.carried) {
      const given = record.readOnlyReasons.length > 0 ? record.readOnlyReasons : reasonsGiven;
      const reasons = given.filter((reason) => knownReason(reason) === null);
      return { ...common, title: words.notCarriedTitle, lines: [words.notCarried], reasons, after: words.notCarriedHelp };
    }
    if (foreign) return { ...common, title: words.foreignTitle, lines: [words.foreign] };
    const known = reasonsGiven.filter((reason) => knownReason(reason) !== null).map(inWords);
    return {
      ...common,
      title: wasEditable ? words.withdrawnTitle : words.readOnlyTitle,
      lines: [...(reasonsGiven.length === 0 && !wasEditable ? [words.reasons.role] : known), ...refused],
      reasons: reasonsGiven.filter((reason) => knownReason(reason) === null),
    };
  }

  function draftNotice(): Notice | null {
    if (draftStuck === null || room.state.readOnly) return null;
    const reasons = draftStuck === '' ? [] : [draftStuck];
    return { kind: 'draft', icon: 'alert', title: t.notices.draftTitle, lines: [t.notices.draft], reasons, actions: [] };
  }

  function copyAction(): Action {
    const run = async (button: HTMLElement): Promise<void> => {
      const said = await copyText();
      button.textContent = said;
      announce(said);
    };
    return { label: t.record.copy, run: (button) => void run(button) };
  }

  /** Returns what to say about it. */
  async function copyText(): Promise<string> {
    if (editor === null) return t.record.notCopied;
    const done = await copied({ html: editor.getHTML(), text: editor.getText({ blockSeparator: '\n\n' }) });
    return done ? t.record.copied : t.record.notCopied;
  }
}

/** A reason that the server gives, in the page's words when it has some. */
function inWords(reason: string): string {
  const known = knownReason(reason);
  return known === null ? reason : t.notices.reasons[known];
}

interface Action {
  readonly label: string;
  readonly run: (button: HTMLElement) => void;
  readonly quiet?: boolean;
}

interface Notice {
  readonly kind: 'offline' | 'error' | 'not-saved' | 'read-only' | 'draft' | 'proposals' | 'warning';
  readonly icon: Icon;
  readonly title: string;
  readonly lines: readonly string[];
  readonly reasons?: readonly string[];
  readonly after?: string;
  /** What only some want to know: shown on demand, in the server's words. */
  readonly details?: { readonly summary: string; readonly text: string } | null;
  readonly actions: readonly Action[];
}

function noticeElement({ h }: Scope, notice: Notice): HTMLElement {
  const body = h('div', { class: 'notice-body' }, h('p', { class: 'notice-title' }, notice.title));
  for (const line of notice.lines) body.append(h('p', {}, line));
  if (notice.reasons !== undefined && notice.reasons.length > 0) {
    body.append(h('ul', {}, ...notice.reasons.map((reason) => h('li', {}, reason))));
  }
  if (notice.after !== undefined) body.append(h('p', {}, notice.after));
  if (notice.details) {
    const { summary, text } = notice.details;
    body.append(h('details', {}, h('summary', {}, summary), h('p', { lang: 'en' }, text)));
  }
  if (notice.actions.length > 0) {
    const buttons = notice.actions.map(({ label, run, quiet }) => {
      const click = (event: Event): void => run(event.currentTarget as HTMLElement);
      return h('button', { type: 'button', class: quiet === true ? 'button small quiet' : 'button small', on: { click } }, label);
    });
    body.append(h('div', { class: 'notice-actions' }, ...buttons));
  }
  const element = h(
    'section',
    {
      class: `notice ${notice.kind}`,
      role: notice.kind === 'error' ? 'alert' : null,
      tabindex: notice.kind === 'error' ? '-1' : null,
      'data-testid': 'notice',
      'data-kind': notice.kind,
    },
    body,
  );
  element.prepend(icon(notice.icon));
  return element;
}

/** What the record is, above its text. */
function facts(scope: Scope, record: RecordDetails): HTMLElement {
  const { h } = scope;
  const line = h(
    'p',
    { class: 'facts' },
    h('span', { class: 'kind' }, () => t.type(record.type)),
    h('span', { class: `badge status-${record.status}` }, () => t.status(record.status)),
  );
  if (record.updated !== null) {
    const date = new Date(record.updated);
    line.append(h('time', { datetime: record.updated }, () => t.records.updated(t.day(date))));
  }
  return line;
}

function loading({ h }: Scope): HTMLElement {
  return h(
    'div',
    { class: 'loading', 'data-testid': 'loading' },
    h('p', { class: 'sr-only' }, () => t.record.loading),
    h('div', { class: 'skeleton', 'aria-hidden': 'true' }, ...[40, 92, 86, 95, 60].map(skeletonLine)),
  );

  function skeletonLine(width: number): HTMLElement {
    const line = h('div', { class: 'skeleton-line' });
    line.style.width = `${width}%`;
    return line;
  }
}
