import { describe, expect, it } from 'vitest';
import { changesNothing, differing, type DiffLine, pieces } from '../src/views/line-diff';

const same = (text: string): DiffLine => ({ kind: 'same', text });
const removed = (text: string): DiffLine => ({ kind: 'removed', text });
const added = (text: string): DiffLine => ({ kind: 'added', text });
const many = (n: number): DiffLine[] => Array.from({ length: n }, (_, i) => same(`line ${i}`));

const shape = (lines: readonly DiffLine[]): string[] =>
  pieces(lines).map(({ folded, lines }) => `${folded ? 'folded' : 'shown'} ${lines.length}`);

describe('the comparison of two texts', () => {
  it('folds what is far from any change', () => {
    expect(shape([...many(10), added('new'), ...many(10)])).toEqual(['folded 7', 'shown 7', 'folded 7']);
    expect(shape([added('new'), ...many(20), removed('old')])).toEqual(['shown 4', 'folded 14', 'shown 4']);
  });

  it('does not fold what is hardly longer than the line that says so', () => {
    expect(shape([...many(5), added('new'), ...many(8), removed('old'), ...many(5)])).toEqual(['shown 20']);
  });

  it('shows every line once and in order, whatever they are', () => {
    let seed = 4_711;
    const random = (n: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) % n;
    for (let round = 0; round < 500; round++) {
      const lines: DiffLine[] = [];
      for (let run = random(5); run >= 0; run--) {
        lines.push(...many(random(14)));
        for (let i = random(4); i > 0; i--) lines.push(removed(`old ${random(9)} words`));
        for (let i = random(4); i > 0; i--) lines.push(added(`new ${random(9)} words`));
      }
      const all = pieces(lines);
      expect(all.flatMap((piece) => piece.lines.map(({ kind, text }) => ({ kind, text })))).toEqual(lines);
      for (const { folded, lines } of all) {
        expect(lines.length).toBeGreaterThan(0);
        if (folded) expect(changesNothing(lines)).toBe(true);
        for (const { text, from, to } of lines) expect(0 <= from && from <= to && to <= text.length).toBe(true);
      }
    }
  });

  it('knows when nothing would change', () => {
    expect(changesNothing(many(3))).toBe(true);
    expect(changesNothing([])).toBe(true);
    expect(changesNothing([same('a'), removed('b')])).toBe(false);
  });

  it('marks in lines that stand in for one another what differs, by whole words', () => {
    const [before, after] = pieces([removed('Quiet hours begin at 10 pm.'), added('Quiet hours begin at 11 pm.')])[0]!.lines;
    expect(before!.text.slice(before!.from, before!.to)).toBe('10');
    expect(after!.text.slice(after!.from, after!.to)).toBe('11');
  });

  it('marks nothing where there is no counterpart, or hardly anything in common', () => {
    expect(pieces([added('All of it is new.')])[0]!.lines[0]).toMatchObject({ from: 0, to: 0 });
    expect(differing('Bells are exempt.', 'Leaf blowers, on the other hand, are not.')).toEqual([
      { from: 0, to: 0 },
      { from: 0, to: 0 },
    ]);
  });

  it('marks what was only put in, and what was only taken out', () => {
    const [before, after] = differing('Bells are exempt.', 'Bells are always exempt.');
    expect('Bells are exempt.'.slice(before.from, before.to)).toBe('');
    expect('Bells are always exempt.'.slice(after.from, after.to).trim()).toBe('always');
    const [, end] = differing('Bells are exempt.', 'Bells are exempt. Horns are not.');
    expect('Bells are exempt. Horns are not.'.slice(end.from, end.to)).toContain('Horns are not.');
  });
});
