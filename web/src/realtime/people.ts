import type { Awareness } from 'y-protocols/awareness';

/** One window that has the record open. */
export interface Presence {
  readonly client: number;
  readonly name: string;
  readonly color: string;
  readonly self: boolean;
}

/** Ten colours that differ in hue and, for those who do not see hue, in lightness; each carries white text at 4.5:1. */
export const COLOURS = [
  '#1a5fb4',
  '#a8321a',
  '#2d6a2e',
  '#8e2a7e',
  '#8a5200',
  '#00686b',
  '#5b3cc4',
  '#b01e5a',
  '#56600a',
  '#4a4f57',
] as const;

/** A person's usual colour, the same in every window and on every day. */
export function usualColour(name: string): number {
  let hash = 0;
  for (const char of name) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) | 0;
  return Math.abs(hash) % COLOURS.length;
}

/**
 * The colour to wear now: the usual one, unless somebody else who was here first wears it. "First" is the lower client
 * number, so that of two exactly one gives way.
 */
export function colourBeside(self: Presence, others: readonly Presence[]): string {
  const taken = new Set(others.filter((o) => o.name !== self.name && o.client < self.client).map((o) => o.color));
  const usual = usualColour(self.name);
  for (let step = 0; step < COLOURS.length; step++) {
    const colour = COLOURS[(usual + step) % COLOURS.length]!;
    if (!taken.has(colour)) return colour;
  }
  return COLOURS[usual]!;
}

export function present(awareness: Awareness): Presence[] {
  const people: Presence[] = [];
  for (const [client, state] of awareness.getStates()) {
    const user: unknown = state['user'];
    if (typeof user !== 'object' || user === null) continue;
    const { name, color } = user as { name?: unknown; color?: unknown };
    people.push({
      client,
      name: typeof name === 'string' && name.trim() !== '' ? name.slice(0, 80) : '?',
      color: safeColour(color),
      self: client === awareness.clientID,
    });
  }
  return people.sort((a, b) => Number(b.self) - Number(a.self) || a.name.localeCompare(b.name) || a.client - b.client);
}

/** Colours come from other people's programs; only a plain hexadecimal one is let into a style. */
export function safeColour(color: unknown): string {
  return typeof color === 'string' && /^#[0-9a-fA-F]{6}$/.test(color) ? color : '#4a4f57';
}

export function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter((word) => word !== '');
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...words[words.length - 1]!][0] ?? '') : '';
  return (first + last).toUpperCase();
}
