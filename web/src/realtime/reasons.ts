/** Why a record takes no edits of somebody, where the page has words of its own for it. */
export type Reason = 'role' | 'archived';

/** As the server says it. */
const SAID: Readonly<Record<string, Reason>> = {
  'Your role may read this record only': 'role',
  'This record is archived': 'archived',
};

export function knownReason(said: string): Reason | null {
  return Object.hasOwn(SAID, said) ? SAID[said]! : null;
}
