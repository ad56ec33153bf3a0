/**
 * What a close of the socket means for the person in front of it.
 *
 * - `again`: come back by itself, soon.
 * - `later`: too much at once; come back by itself after a pause, or when asked to.
 * - `final`: coming back the same way would end the same way.
 */
export interface Verdict {
  readonly course: 'again' | 'later' | 'final';
  readonly cause: Cause;
  /** Whether what the server did not have of this window's text is kept as a proposal; only with `record-renewed`. */
  readonly kept?: boolean;
}

export type Cause =
  | 'connection-lost'
  | 'server-restarting'
  | 'not-now'
  | 'session-expired'
  | 'session-revoked'
  | 'logged-out'
  | 'user-deleted'
  | 'not-permitted'
  | 'not-let-in'
  | 'not-found'
  | 'too-many-edits'
  | 'too-many-sessions'
  | 'too-many-people'
  | 'document-full'
  | 'origin-refused'
  | 'edit-refused'
  | 'edit-too-large'
  | 'record-renewed';

const AGAIN: Verdict = { course: 'again', cause: 'connection-lost' };

/** The causes after which one signs in again. */
export const SESSION_OVER: readonly Cause[] = ['session-expired', 'session-revoked', 'logged-out', 'user-deleted'];

/** @param complained whether the server said in an error frame what is wrong */
export function judge(code: number, reason: string, complained = false): Verdict {
  switch (code) {
    case 1001:
      return { course: 'again', cause: 'server-restarting' };
    case 4503:
      return { course: 'again', cause: 'not-now' };
    case 1007:
      return { course: 'final', cause: 'edit-refused' };
    case 1005:
      return complained ? { course: 'later', cause: 'not-let-in' } : AGAIN;
    case 1008:
      return { course: 'later', cause: 'too-many-edits' };
    case 4013:
      return { course: 'later', cause: read(reason)['code'] === 'DOCUMENT_TOO_LARGE' ? 'document-full' : 'too-many-edits' };
    case 1009:
      return { course: 'final', cause: 'edit-too-large' };
    case 4001:
      return { course: 'final', cause: sessionEnd(read(reason)) };
    case 4003:
      return { course: 'final', cause: read(reason)['code'] === 'ORIGIN_NOT_ALLOWED' ? 'origin-refused' : 'not-permitted' };
    case 4004:
      return { course: 'final', cause: 'not-found' };
    case 4029:
      return { course: 'later', cause: /per-user/.test(reason) ? 'too-many-sessions' : 'too-many-people' };
    case 4409:
      return { course: 'final', cause: 'record-renewed', kept: read(reason)['kept'] === true };
    default:
      return code >= 4400 && code < 4500 ? { course: 'final', cause: 'not-permitted' } : AGAIN;
  }
}

function sessionEnd(said: Readonly<Record<string, unknown>>): Cause {
  if (said['code'] !== 'SESSION_REVOKED') return 'session-expired';
  switch (said['reason']) {
    case 'logged-out':
    case 'session-expired':
    case 'user-deleted':
      return said['reason'];
    default:
      return 'session-revoked';
  }
}

function read(reason: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(reason);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
