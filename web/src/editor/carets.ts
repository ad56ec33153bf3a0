import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { defaultSelectionBuilder, yCursorPlugin } from '@tiptap/y-tiptap';
import type { Awareness } from 'y-protocols/awareness';
import { safeColour } from '../realtime/people';

/** Where the others are: a bar with their name, and what they have selected. */
export const Carets = Extension.create<{ awareness: Awareness | null }>({
  name: 'carets',
  priority: 900,
  addOptions: () => ({ awareness: null }),
  addProseMirrorPlugins() {
    return this.options.awareness === null
      ? []
      : [yCursorPlugin(this.options.awareness, { cursorBuilder: caret, selectionBuilder: selection }), namesInView()];
  },
});

interface User {
  readonly name?: unknown;
  readonly color?: unknown;
}

function caret(user: User, client: number): HTMLElement {
  const bar = document.createElement('span');
  bar.className = 'caret';
  bar.dataset['client'] = String(client);
  bar.style.setProperty('--person', safeColour(user.color));
  // The name is drawn by the style sheet: it is not part of the text, for copying and for reading aloud neither.
  bar.dataset['name'] = typeof user.name === 'string' ? user.name.slice(0, 80) : '?';
  // Word joiners keep the bar from becoming a place where a line may break.
  bar.append('\u2060');
  return bar;
}

function selection(user: User): ReturnType<typeof defaultSelectionBuilder> {
  return { class: 'caret-selection', style: `--person: ${safeColour(user.color)}` };
}

/** A name that would reach over the edge of the window is written on the other side of its bar. */
function namesInView(): Plugin {
  let frame = 0;
  const turn = (view: EditorView): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const edge = document.documentElement.clientWidth;
      const bars = [...view.dom.querySelectorAll<HTMLElement>('.caret')];
      const over = bars.map((bar) => bar.getBoundingClientRect().left + nameWidth(bar) > edge); // measured first, changed then
      bars.forEach((bar, i) => bar.classList.toggle('at-edge', over[i]));
    });
  };
  return new Plugin({
    view: (view) => {
      turn(view);
      return { update: turn, destroy: () => cancelAnimationFrame(frame) };
    },
  });
}

function nameWidth(bar: HTMLElement): number {
  return Math.min(192, 14 + 8 * (bar.dataset['name']?.length ?? 0));
}
