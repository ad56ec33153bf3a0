/** One line of the comparison of two Markdown texts, as the server makes it. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** A line to be shown, and the part of it, `from` to `to`, that its counterpart does not have. */
export interface ShownLine extends DiffLine {
  readonly from: number;
  readonly to: number;
}

/** What is shown in one piece: changes with some of what is around them, or a stretch of unchanged lines to be folded. */
export interface Piece {
  readonly folded: boolean;
  readonly lines: readonly ShownLine[];
}

/** How many unchanged lines are shown before and after a change. */
const AROUND = 3;
/** Fewer than this are not worth folding. */
const FOLD = 3;

export function changesNothing(lines: readonly DiffLine[]): boolean {
  return lines.every((line) => line.kind === 'same');
}

/** All lines in their order; those far from any change in pieces of their own. */
export function pieces(lines: readonly DiffLine[]): readonly Piece[] {
  const shown = marked(lines);
  const all: Piece[] = [];
  let open: ShownLine[] = [];
  for (let at = 0; at < shown.length; ) {
    let end = at;
    while (end < shown.length && shown[end]!.kind === 'same') end++;
    const from = at === 0 ? 0 : Math.min(at + AROUND, end);
    const to = end === shown.length ? end : Math.max(end - AROUND, from);
    if (end > at && to - from >= FOLD) {
      open.push(...shown.slice(at, from));
      if (open.length > 0) all.push({ folded: false, lines: open });
      all.push({ folded: true, lines: shown.slice(from, to) });
      open = shown.slice(to, end);
    } else {
      open.push(...shown.slice(at, end));
    }
    at = end;
    while (at < shown.length && shown[at]!.kind !== 'same') open.push(shown[at++]!);
  }
  if (open.length > 0) all.push({ folded: false, lines: open });
  return all;
}

/** Lines that stand in for one another, the first removed one and the first added one and so on, are compared by words. */
function marked(lines: readonly DiffLine[]): ShownLine[] {
  const shown: ShownLine[] = lines.map((line) => ({ ...line, from: 0, to: 0 }));
  for (let at = 0; at < lines.length; ) {
    let removed = at;
    while (lines[removed]?.kind === 'removed') removed++;
    let added = removed;
    while (lines[added]?.kind === 'added') added++;
    for (let i = 0; at + i < removed && removed + i < added; i++) {
      const [before, after] = differing(lines[at + i]!.text, lines[removed + i]!.text);
      shown[at + i] = { ...shown[at + i]!, ...before };
      shown[removed + i] = { ...shown[removed + i]!, ...after };
    }
    at = Math.max(added, at + 1);
  }
  return shown;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is between the words that two texts begin with and the words that they end with; nothing when they share too little. */
export function differing(before: string, after: string): readonly [Span, Span] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  while (cutsWord(before, head) || cutsWord(after, head)) head--;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  while (cutsWord(before, before.length - tail) || cutsWord(after, after.length - tail)) tail--;
  if ((head + tail) * 4 < shorter) return [{ from: 0, to: 0 }, { from: 0, to: 0 }];
  return [
    { from: head, to: before.length - tail },
    { from: head, to: after.length - tail },
  ];
}

function cutsWord(text: string, at: number): boolean {
  return at > 0 && at < text.length && !/\s/.test(text[at - 1]!) && !/\s/.test(text[at]!);
}
