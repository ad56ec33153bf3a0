import { describe, expect, it } from 'vitest';
import { display, next, question, type SaveEvent, type SaveState, START, unsaved } from '../src/realtime/save-state';

const after = (...events: SaveEvent[]): SaveState => events.reduce(next, START);
const edited: SaveEvent = { type: 'edited' };
const synced: SaveEvent = { type: 'synced' };
const lost: SaveEvent = { type: 'lost' };
const asked = (upTo: number): SaveEvent => ({ type: 'asked', upTo });
const answered = (upTo: number, at = 1_000): SaveEvent => ({ type: 'answered', upTo, at });

describe('the state line', () => {
  it('starts connecting and is live once in step', () => {
    expect(display(START)).toBe('connecting');
    expect(display(after(synced))).toBe('live');
  });

  it('says saving from the first edit until the answer that covers the last one', () => {
    expect(display(after(synced, edited))).toBe('saving');
    expect(display(after(synced, edited, asked(1), edited, answered(1)))).toBe('saving');
    expect(display(after(synced, edited, asked(1), edited, answered(1), asked(2), answered(2)))).toBe('saved');
  });

  it('dates what is saved by the answer', () => {
    expect(after(synced, edited, asked(1), answered(1, 4_711)).savedAt).toBe(4_711);
  });

  it('keeps the time of the last save when an answer confirms nothing new', () => {
    expect(after(synced, edited, asked(1), answered(1, 10), answered(1, 20)).savedAt).toBe(10);
  });

  it('never believes an answer to more than was written', () => {
    const state = after(synced, edited, asked(1), answered(9));
    expect(unsaved(state)).toBe(1);
    expect(display(state)).toBe('saving');
  });

  it('counts what waits while offline, and what was on its way when the line broke', () => {
    const state = after(synced, edited, asked(1), lost, edited, edited);
    expect(display(state)).toBe('offline');
    expect(unsaved(state)).toBe(3);
  });

  it('stays offline through attempts to come back, until in step', () => {
    const state = after(synced, lost, lost, lost);
    expect(display(state)).toBe('offline');
    expect(display(next(state, synced))).toBe('live');
  });

  it('is an error after a final refusal, and connecting when tried again', () => {
    const refused = after(synced, edited, { type: 'refused' });
    expect(display(refused)).toBe('error');
    expect(unsaved(refused)).toBe(1);
    expect(display(next(refused, { type: 'retrying' }))).toBe('connecting');
  });

  it('is read-only while connected, and offline like everybody when not', () => {
    const reader = after({ type: 'read-only' }, synced);
    expect(display(reader)).toBe('read-only');
    expect(display(next(reader, lost))).toBe('offline');
  });

  it('counts no edit of a reader, and keeps those made before the right was withdrawn', () => {
    expect(unsaved(after({ type: 'read-only' }, synced, edited))).toBe(0);
    expect(unsaved(after(synced, edited, { type: 'read-only' }, edited))).toBe(1);
  });
});

describe('a right that comes back', () => {
  const readOnly: SaveEvent = { type: 'read-only' };
  const editable: SaveEvent = { type: 'editable' };

  it('lets edits count again', () => {
    const reader = after({ type: 'read-only' }, synced, edited, editable);
    expect(display(reader)).toBe('live');
    expect(unsaved(next(reader, edited))).toBe(1);
  });

  it('asks again about what was refused, whatever had been asked meanwhile', () => {
    const back = after(synced, edited, asked(1), readOnly, editable);
    expect(display(back)).toBe('saving');
    expect(question(back)).toBe(1);
    expect(display([asked(1), answered(1)].reduce(next, back))).toBe('saved');
  });

  it('takes back no confirmation', () => {
    expect(display(after(synced, edited, asked(1), answered(1), readOnly, editable))).toBe('saved');
  });
});

describe('a server that cannot save now', () => {
  const trouble = (reason: string | null): SaveEvent => ({ type: 'trouble', reason });

  it('is told of as long as it says so, whatever is written or answered meanwhile', () => {
    expect(display(after(synced, trouble('the disk is full')))).toBe('not-saved');
    expect(display(after(synced, edited, asked(1), trouble('the disk is full'), edited))).toBe('not-saved');
    expect(display(after(synced, edited, asked(1), trouble('the disk is full'), answered(1)))).toBe('not-saved');
  });

  it('has saved again only when it says so and has confirmed every edit', () => {
    const over = after(synced, edited, asked(1), trouble('the disk is full'), edited, trouble(null));
    expect(display(over)).toBe('saving');
    expect(display(next(over, answered(1)))).toBe('saving');
    expect(display([answered(1), asked(2), answered(2, 4_711)].reduce(next, over))).toBe('saved');
    const answeredFirst = after(synced, edited, asked(1), trouble('the disk is full'), answered(1));
    expect(display(next(answeredFirst, trouble(null)))).toBe('saved');
  });

  it('goes on being asked', () => {
    expect(question(after(synced, trouble('the disk is full'), edited))).toBe(1);
  });

  it('says so anew on each connection', () => {
    expect(display(after(synced, trouble('the disk is full'), lost))).toBe('offline');
    expect(display(after(synced, trouble('the disk is full'), lost, synced))).toBe('live');
    expect(display(after(synced, trouble('the disk is full'), lost, trouble('the disk is full'), synced))).toBe('not-saved');
  });

  it('is nothing that a reader has to know', () => {
    expect(display(after({ type: 'read-only' }, synced, trouble('the disk is full')))).toBe('read-only');
  });
});

describe('edits that are kept in another place than the record', () => {
  const refused = (kept: number): SaveEvent => ({ type: 'refused', kept });

  it('are not unsaved any more; those written after them are', () => {
    const written = [synced, lost, edited, edited, edited];
    expect(unsaved(after(...written, refused(3)))).toBe(0);
    expect(unsaved(after(...written, refused(2)))).toBe(1);
    expect(unsaved(after(...written, { type: 'refused' }))).toBe(3);
    expect(display(after(...written, refused(3)))).toBe('error');
  });

  it('are never more than there were, and take back no confirmation', () => {
    expect(after(synced, edited, refused(9)).saved).toBe(1);
    expect(after(synced, edited, edited, asked(2), answered(2), refused(1)).saved).toBe(2);
  });
});

describe('the question whether edits are safe', () => {
  it('is asked for edits, and only when connected', () => {
    expect(question(after(edited))).toBeNull();
    expect(question(after(synced))).toBeNull();
    expect(question(after(synced, edited, edited))).toBe(2);
  });

  it('is asked one at a time', () => {
    const waiting = after(synced, edited, asked(1), edited);
    expect(question(waiting)).toBeNull();
    expect(question(next(waiting, answered(1)))).toBe(2);
  });

  it('is asked again after the connection broke before the answer', () => {
    expect(question(after(synced, edited, asked(1), lost, synced))).toBe(1);
  });

  it('is not asked by a reader', () => {
    expect(question(after(synced, edited, { type: 'read-only' }))).toBeNull();
  });

  it('ends: whatever happens, answers to all questions leave nothing unsaved', () => {
    let seed = 4_711;
    const random = (n: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % n;
    for (let round = 0; round < 500; round++) {
      let state: SaveState = START;
      for (let step = 0; step < 40; step++) {
        const upTo = question(state);
        const inFlight = state.asked;
        const events: SaveEvent[] = [edited, synced, lost, { type: 'trouble', reason: 'the disk is full' }, { type: 'trouble', reason: null }];
        if (upTo !== null) events.push(asked(upTo));
        if (inFlight > 0) events.push(answered(inFlight));
        const before = state;
        state = next(state, events[random(events.length)]!);
        expect(state.saved).toBeLessThanOrEqual(state.edits);
        expect(state.saved).toBeGreaterThanOrEqual(before.saved);
        expect(state.asked).toBeLessThanOrEqual(state.edits);
      }
      state = next(state, lost);
      state = next(state, synced);
      for (let upTo = question(state); upTo !== null; upTo = question(state)) {
        state = next(next(state, asked(upTo)), answered(upTo));
      }
      expect(unsaved(state)).toBe(0);
    }
  });
});
