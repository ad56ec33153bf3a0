import { type Editor, InputRule } from '@tiptap/core';
import { Fragment, type Node as PmNode, type ResolvedPos, Slice } from '@tiptap/pm/model';
import type { EditorView } from '@tiptap/pm/view';

/* A table's cell in Markdown is one line of words: headings, lists and the like stay outside. */

export function inCell($position: ResolvedPos): boolean {
  for (let depth = $position.depth; depth > 0; depth--) {
    if (isCell($position.node(depth))) return true;
  }
  return false;
}

function isCell(node: PmNode): boolean {
  const role: unknown = node.type.spec['tableRole'];
  return role === 'cell' || role === 'header_cell';
}

/** The same rules, silent in a cell. */
export function outsideCells(...rules: InputRule[]): InputRule[] {
  return rules.map(
    (rule) =>
      new InputRule({
        find: rule.find,
        undoable: rule.undoable,
        handler: (props) => (inCell(props.state.selection.$from) ? null : rule.handler(props)),
      }),
  );
}

/** Runs a command that makes blocks, unless the cursor is in a cell. */
export function makeBlock(editor: Editor, command: () => boolean): boolean {
  return !inCell(editor.state.selection.$from) && command();
}

/** What is pasted into a cell becomes one paragraph with line breaks; rows and cells are left to prosemirror-tables. */
export function pastedIntoCell(slice: Slice, view: EditorView): Slice {
  if (!inCell(view.state.selection.$from)) return slice;
  const lines: PmNode[] = [];
  let cells = false;
  slice.content.descendants((node) => {
    cells ||= isCell(node) || node.type.spec['tableRole'] === 'row';
    if (node.isTextblock) lines.push(node);
    return !node.isTextblock;
  });
  const plain = lines.length === 1 && slice.content.childCount === 1 && slice.content.firstChild?.type.name === 'paragraph';
  if (cells || lines.length === 0 || plain) return slice;
  const { paragraph, hard_break } = view.state.schema.nodes;
  const words = lines.reduce(
    (all, line, index) => (index === 0 ? line.content : all.addToEnd(hard_break!.create()).append(line.content)),
    Fragment.empty,
  );
  return new Slice(Fragment.from(paragraph!.create(null, words)), 1, 1);
}
