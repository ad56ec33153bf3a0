/**
 * What is known about the connection and about which of this window's edits are safe. Immutable values and pure
 * functions: nothing here knows of sockets, clocks or the page.
 *
 * Edits are counted. The count is the token of the question "is everything up to here durable?", and the server's
 * answer carries it back; so `saved` only ever grows to what the server itself has confirmed.
 */
export interface SaveState {
  readonly link: Link;
  /** Edits made in this window. */
  readonly edits: number;
  /** How many of them the question in flight on this connection covers; 0 without one. */
  readonly asked: number;
  /** How many of them the server has confirmed as durable: in the record or, at the end, in a proposal. */
  readonly saved: number;
  /** When the last confirmation came, in milliseconds of the epoch. */
  readonly savedAt: number | null;
  /** Why the server cannot make edits durable now, in its words; null: it can, as far as it says. */
  readonly trouble: string | null;
  /** This person, or this record, takes no edits. */
  readonly readOnly: boolean;
}

/** `lost` stays until a connection is in step again: attempts to come back are not worth a flicker each. */
export type Link = 'connecting' | 'live' | 'lost' | 'refused';

export type SaveEvent =
  | { readonly type: 'edited' }
  | { readonly type: 'synced' }
  | { readonly type: 'lost' }
  /** There is no way back. Edits up to `kept` are durable in another place than the record. */
  | { readonly type: 'refused'; readonly kept?: number }
  | { readonly type: 'retrying' }
  | { readonly type: 'asked'; readonly upTo: number }
  | { readonly type: 'answered'; readonly upTo: number; readonly at: number }
  /** The server says whether it can make edits durable. */
  | { readonly type: 'trouble'; readonly reason: string | null }
  | { readonly type: 'read-only' }
  /** It takes edits again, and what it refused is asked for. */
  | { readonly type: 'editable' };

export type Display = 'connecting' | 'live' | 'saving' | 'saved' | 'not-saved' | 'read-only' | 'offline' | 'error';

export const START: SaveState = {
  link: 'connecting',
  edits: 0,
  asked: 0,
  saved: 0,
  savedAt: null,
  trouble: null,
  readOnly: false,
};

export function next(state: SaveState, event: SaveEvent): SaveState {
  switch (event.type) {
    case 'edited':
      // A document that may not be edited can still be put in order by its editor; that is nobody's work to lose.
      return state.readOnly ? state : { ...state, edits: state.edits + 1 };
    case 'synced':
      return { ...state, link: 'live' };
    case 'lost':
      return { ...state, link: 'lost', asked: 0, trouble: null }; // the next connection says so again
    case 'refused':
      return {
        ...state,
        link: 'refused',
        asked: 0,
        trouble: null,
        saved: Math.max(state.saved, Math.min(event.kept ?? 0, state.edits)),
      };
    case 'retrying':
      return { ...state, link: 'connecting' };
    case 'asked':
      return { ...state, asked: event.upTo };
    case 'answered':
      return answered(state, event.upTo, event.at);
    case 'trouble':
      return { ...state, trouble: event.reason };
    case 'read-only':
      return { ...state, readOnly: true };
    case 'editable':
      return { ...state, readOnly: false, asked: 0 }; // a question asked meanwhile is never answered
  }
}

function answered(state: SaveState, upTo: number, at: number): SaveState {
  if (upTo > state.edits) {
    return state; // not an answer to anything that was asked here
  }
  return {
    ...state,
    asked: upTo >= state.asked ? 0 : state.asked,
    saved: Math.max(state.saved, upTo),
    savedAt: upTo > state.saved ? at : state.savedAt,
  };
}

/** The token to ask with now, or null when there is nothing to ask or an answer is still on its way. */
export function question(state: SaveState): number | null {
  return state.link === 'live' && !state.readOnly && state.asked === 0 && unsaved(state) > 0 ? state.edits : null;
}

export function unsaved(state: SaveState): number {
  return state.edits - state.saved;
}

export function display(state: SaveState): Display {
  switch (state.link) {
    case 'refused':
      return 'error';
    case 'lost':
      return 'offline';
    case 'connecting':
      return 'connecting';
    case 'live':
      if (state.readOnly) return 'read-only';
      if (state.trouble !== null) return 'not-saved';
      if (unsaved(state) > 0) return 'saving';
      return state.savedAt === null ? 'live' : 'saved';
  }
}
