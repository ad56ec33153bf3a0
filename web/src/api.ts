import { session } from './session';
import type { DiffLine } from './views/line-diff';

export interface Me {
  readonly id: number | string;
  readonly username: string;
  readonly name: string | null;
  readonly role: string;
  readonly canEdit: boolean;
}

export interface RecordSummary {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly status: string;
  readonly updated: string | null;
  readonly access: 'none' | 'read' | 'write';
  /** Whether the record's text can be edited live without losing anything of it. */
  readonly carried: boolean;
  readonly people: number;
}

export interface RecordDetails extends RecordSummary {
  readonly readOnlyReasons: readonly string[];
  readonly markdown: string;
}

export interface SampleUser {
  readonly username: string;
  readonly name: string | null;
  readonly role: string;
}

/** Changes that could not be merged into a record, kept until a person applies or drops them. */
export interface Proposal {
  readonly id: string;
  readonly user: string | null;
  readonly name: string | null;
  readonly time: string;
  readonly reason: 'stale' | 'replaced';
}

export interface ProposalDetails extends Proposal {
  /** From the record's text of now to what applying would make of it. */
  readonly lines: readonly DiffLine[];
  readonly applicable: boolean;
  readonly obstacle?: string | null;
}

/** Why a call did not succeed. `status` 0: no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

export const api = {
  me: () => call<Me>('GET', 'me'),
  records: () => call<readonly RecordSummary[]>('GET', 'records'),
  record: (id: string) => call<RecordDetails>('GET', `records/${encodeURIComponent(id)}`),
  proposals: (record: string) => call<readonly Proposal[]>('GET', proposalsOf(record)),
  proposal: (record: string, id: string) => call<ProposalDetails>('GET', `${proposalsOf(record)}/${encodeURIComponent(id)}`),
  applyProposal: (record: string, id: string) => call<unknown>('POST', `${proposalsOf(record)}/${encodeURIComponent(id)}/apply`),
  dropProposal: (record: string, id: string) => call<unknown>('POST', `${proposalsOf(record)}/${encodeURIComponent(id)}/drop`),
  signIn: (username: string) => call<{ readonly token: string }>('POST', 'sign-in', { username }),

  /** The people one may sign in as without a password, or null where the server does not offer that. */
  async sampleUsers(): Promise<readonly SampleUser[] | null> {
    try {
      return (await call<{ readonly users: readonly SampleUser[] }>('GET', 'sign-in')).users;
    } catch (problem) {
      if (isNotFound(problem)) return null;
      throw problem;
    }
  },
};

function proposalsOf(record: string): string {
  return `records/${encodeURIComponent(record)}/proposals`;
}

async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (session.token !== null) headers['authorization'] = `Bearer ${session.token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      cache: 'no-store',
    });
  } catch {
    throw new ApiError(0, 'NO_ANSWER', 'no answer');
  }
  const answer = (await response.json().catch(() => null)) as
    | { success: true; data: T }
    | { success: false; error?: { code?: string; message?: string } }
    | null;
  if (response.ok && answer?.success === true) return answer.data;
  const error = answer !== null && !answer.success ? answer.error : undefined;
  throw new ApiError(response.status, error?.code ?? '', error?.message ?? `HTTP ${response.status}`);
}
