/**
 * The JSON a record's room speaks beside the document frames. What is not listed here is ignored, so that a newer server
 * may say more.
 */
export type TextFrame =
  | { readonly kind: 'ack'; readonly room: string }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'read-only'; readonly reasons: readonly string[] }
  /** This session may edit, again or now. */
  | { readonly kind: 'editable' }
  /** The server goes on, but not for long if this window does. */
  | { readonly kind: 'warning'; readonly code: string }
  /** Why the draft cannot follow the text; null: it follows again. */
  | { readonly kind: 'draft'; readonly reason: string | null }
  /** Why edits do not become durable now; null: all of them are. */
  | { readonly kind: 'saving'; readonly trouble: string | null }
  /** How many proposals wait for a person. */
  | { readonly kind: 'proposals'; readonly count: number }
  | { readonly kind: 'revoked'; readonly reason: string };

export function readTextFrame(text: string): TextFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(frame) || frame['type'] !== 'control') return null;
  switch (frame['event']) {
    case 'connection.ack':
      return { kind: 'ack', room: String(frame['roomId'] ?? '') };
    case 'error': {
      const error = isObject(frame['error']) ? frame['error'] : {};
      return { kind: 'error', code: String(error['code'] ?? ''), message: String(error['message'] ?? '') };
    }
    case 'read-only':
      return { kind: 'read-only', reasons: Array.isArray(frame['reasons']) ? frame['reasons'].map(String) : [] };
    case 'editable':
      return { kind: 'editable' };
    case 'warning':
      return { kind: 'warning', code: isObject(frame['warning']) ? String(frame['warning']['code'] ?? '') : '' };
    case 'draft':
      return { kind: 'draft', reason: frame['written'] === true ? null : String(frame['reason'] ?? '') };
    case 'saving':
      return { kind: 'saving', trouble: frame['saved'] === true ? null : String(frame['reason'] ?? '') };
    case 'proposals':
      return { kind: 'proposals', count: typeof frame['count'] === 'number' ? frame['count'] : 0 };
    case 'session.revoked':
      return { kind: 'revoked', reason: String(frame['reason'] ?? '') };
    default:
      return null;
  }
}

/**
 * A WebSocket whose text frames go to `onText` and whose binary frames go to the handler that was set, because
 * y-websocket takes every frame for a document frame.
 */
export function webSocketWithText(onText: (text: string) => void): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      let binary: ((event: MessageEvent) => void) | null = null;
      Object.defineProperty(this, 'onmessage', {
        get: () => binary,
        set: (handler: typeof binary) => (binary = handler),
      });
      this.addEventListener('message', (event: MessageEvent) => {
        if (typeof event.data === 'string') onText(event.data);
        else binary?.(event);
      });
    }
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
