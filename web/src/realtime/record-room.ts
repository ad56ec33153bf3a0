import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { judge, type Verdict } from './close-codes';
import { colourBeside, COLOURS, present, usualColour } from './people';
import { next, question, type SaveEvent, type SaveState, START, unsaved } from './save-state';
import { readTextFrame, webSocketWithText } from './text-frames';

const SYNC = 0;
const SYNC_STEP_1 = 0;
const SYNC_STATUS = 102;

/** How long edits are gathered before the server is asked whether they are safe. */
const ASK_AFTER_MILLIS = 80;
const LATER_MILLIS = 30_000;
/** After so many attempts on end that it made by itself, the page waits to be asked. */
const LATER_ATTEMPTS = 10;

/** The server says right after the document who may not edit it. Whoever is told nothing for so long may. */
const TOLD_WITHIN_MILLIS = 500;

export interface RoomNews {
  state(state: SaveState): void;
  /** The first whole copy of the document is here. */
  ready(): void;
  people(): void;
  readOnly(reasons: readonly string[]): void;
  /** This person may edit, again or now. */
  editable(): void;
  /** The server is about to take no more of this window. */
  tooMuch(): void;
  /** Why the draft cannot follow the text; null: it follows again. */
  draft(reason: string | null): void;
  /** How many proposals wait. */
  proposals(count: number): void;
}

/**
 * One record, open in this window: the document, the connection and what is known about its safety. Confined to the
 * page; made by the record's view and destroyed with it.
 */
export class RecordRoom {
  readonly doc = new Y.Doc();
  readonly awareness: Awareness;
  /** Why the last connection ended, until the next one is in step. */
  verdict: Verdict | null = null;
  /** What the server said about it in words, if anything. */
  said: string | null = null;

  private saveState = START;
  private readonly provider: WebsocketProvider;
  private askTimer: ReturnType<typeof setTimeout> | undefined;
  private laterTimer: ReturnType<typeof setTimeout> | undefined;
  private laterAttempts = 0;
  private toldTimer: ReturnType<typeof setTimeout> | undefined;
  /** This page cannot show the text for editing, whatever the server allows. */
  private cannotEdit = false;
  /** How many edits this window had when it first answered the server's question what it has; null: not yet on this connection. */
  private answeredWith: number | null = null;
  private wasReady = false;
  private destroyed = false;

  constructor(
    recordId: string,
    token: string,
    private readonly name: string,
    private readonly news: RoomNews,
  ) {
    const origin = location.origin.replace(/^http/, 'ws');
    this.provider = new WebsocketProvider(`${origin}/realtime/records`, recordId, this.doc, {
      protocols: [`auth.${token}`],
      connect: false,
      disableBc: true, // two windows of one browser meet on the server, which checks what each of them may do
      WebSocketPolyfill: webSocketWithText((text) => this.onText(text)),
      shouldReconnect: (event) => judge(event.code, event.reason, this.said !== null).course === 'again',
    });
    this.awareness = this.provider.awareness;
    this.awareness.setLocalStateField('user', { name, color: COLOURS[usualColour(name)]! });
    this.awareness.on('change', () => this.onPeople());
    this.doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin !== this.provider) this.happened({ type: 'edited' });
    });
    this.listenToSync();
    this.provider.messageHandlers[SYNC_STATUS] = (_answer, decoder) => this.onSyncStatus(decoder);
    this.provider.on('connection-close', (event) => this.onClose(event));
    this.provider.connect();
  }

  get state(): SaveState {
    return this.saveState;
  }

  get fragment(): Y.XmlFragment {
    return this.doc.getXmlFragment('default');
  }

  /** Resolves to true when every edit is safe, or to false when that has not come about in time. */
  async settled(withinMillis: number): Promise<boolean> {
    const end = Date.now() + withinMillis;
    while (unsaved(this.saveState) > 0 && this.saveState.link === 'live' && Date.now() < end) {
      await new Promise((resume) => setTimeout(resume, 25));
    }
    return unsaved(this.saveState) === 0;
  }

  /** Whether it will be tried again without anybody asking for it. */
  get willRetry(): boolean {
    return this.laterTimer !== undefined;
  }

  retry(): void {
    clearTimeout(this.laterTimer);
    this.laterTimer = undefined;
    this.happened({ type: 'retrying' });
    this.provider.connect();
  }

  /** For good: this page cannot show the text for editing. */
  forbidEdits(): void {
    this.cannotEdit = true;
    this.readOnlyUntilTold();
  }

  /** Until the server says otherwise. */
  readOnlyUntilTold(): void {
    clearTimeout(this.toldTimer);
    if (!this.saveState.readOnly) this.happened({ type: 'read-only' });
  }

  private onEditable(): void {
    clearTimeout(this.toldTimer);
    if (this.cannotEdit || !this.saveState.readOnly) return;
    this.happened({ type: 'editable' });
    this.news.editable();
  }

  destroy(): void {
    this.destroyed = true;
    clearTimeout(this.askTimer);
    clearTimeout(this.laterTimer);
    clearTimeout(this.toldTimer);
    this.awareness.setLocalState(null);
    this.provider.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }

  /**
   * In step means both ways: the server's document is here, and the server's own question (step 1) has been answered
   * with what was written while it was away. Only then may it be asked whether that is safe.
   */
  private listenToSync(): void {
    const handle = this.provider.messageHandlers[SYNC]!;
    this.provider.messageHandlers[SYNC] = (answer, decoder, provider, emitSynced, type) => {
      if (decoding.peekVarUint(decoder) === SYNC_STEP_1) this.answeredWith ??= this.saveState.edits;
      handle(answer, decoder, provider, emitSynced, type);
      if (this.answeredWith !== null && provider.synced && this.saveState.link !== 'live') this.onInStep();
    };
  }

  private onInStep(): void {
    this.verdict = null;
    this.said = null;
    this.laterAttempts = 0;
    this.happened({ type: 'synced' });
    if (this.saveState.readOnly) this.toldTimer = setTimeout(() => this.onEditable(), TOLD_WITHIN_MILLIS);
    if (!this.wasReady) {
      this.wasReady = true;
      this.news.ready();
    }
  }

  private onSyncStatus(decoder: decoding.Decoder): void {
    const token = decoding.createDecoder(decoding.readVarUint8Array(decoder));
    this.happened({ type: 'answered', upTo: decoding.readVarUint(token), at: Date.now() });
  }

  private onText(text: string): void {
    this.provider.wsLastMessageReceived = Date.now();
    const frame = readTextFrame(text);
    if (frame === null) return;
    switch (frame.kind) {
      case 'ack':
        this.news.draft(null); // a room that knows better says so next
        this.news.proposals(0);
        return;
      case 'error':
        this.said = frame.message;
        return;
      case 'revoked':
        return; // the close that follows says the same
      case 'read-only':
        this.readOnlyUntilTold();
        this.news.readOnly(frame.reasons);
        return;
      case 'editable':
        this.onEditable();
        return;
      case 'warning':
        if (frame.code === 'RATE_LIMIT') this.news.tooMuch();
        return;
      case 'draft':
        this.news.draft(frame.reason);
        return;
      case 'saving':
        this.happened({ type: 'trouble', reason: frame.trouble });
        return;
      case 'proposals':
        this.news.proposals(frame.count);
    }
  }

  private onClose(event: CloseEvent | null): void {
    const verdict = judge(event?.code ?? 1006, event?.reason ?? '', this.said !== null);
    this.verdict = verdict;
    // What is kept is what this window answered when it was asked; what was written after that may be nowhere but here.
    const kept = verdict.kept === true ? (this.answeredWith ?? 0) : 0;
    this.answeredWith = null;
    clearTimeout(this.toldTimer);
    if (verdict.course === 'later' && !this.destroyed && this.laterAttempts++ < LATER_ATTEMPTS) {
      this.laterTimer = setTimeout(() => this.retry(), LATER_MILLIS);
    }
    this.happened(verdict.course === 'again' ? { type: 'lost' } : { type: 'refused', kept });
  }

  private onPeople(): void {
    if (this.destroyed) return;
    const everybody = present(this.awareness);
    const self = everybody.find((person) => person.self);
    if (self !== undefined) {
      const colour = colourBeside(
        self,
        everybody.filter((person) => !person.self),
      );
      if (colour !== self.color) this.awareness.setLocalStateField('user', { name: this.name, color: colour });
    }
    this.news.people();
  }

  private happened(event: SaveEvent): void {
    if (this.destroyed) return;
    this.saveState = next(this.saveState, event);
    if (question(this.saveState) !== null) this.askTimer ??= setTimeout(() => this.ask(), ASK_AFTER_MILLIS);
    this.news.state(this.saveState);
  }

  private ask(): void {
    this.askTimer = undefined;
    const upTo = question(this.saveState);
    const socket = this.provider.ws;
    if (upTo === null || socket === null || socket.readyState !== WebSocket.OPEN) return;
    const token = encoding.createEncoder();
    encoding.writeVarUint(token, upTo);
    const frame = encoding.createEncoder();
    encoding.writeVarUint(frame, SYNC_STATUS);
    encoding.writeVarUint8Array(frame, encoding.toUint8Array(token));
    socket.send(encoding.toUint8Array(frame));
    this.happened({ type: 'asked', upTo });
  }
}
