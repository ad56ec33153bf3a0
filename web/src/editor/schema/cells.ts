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

/** What is pasted, as Markdown can keep it: tables get their header row, and what goes into a cell becomes words. */
export function pasted(slice: Slice, view: EditorView): Slice {
  return inCell(view.state.selection.$from)
    ? pastedIntoCell(slice, view)
    : new Slice(withHeaderRows(slice.content), slice.openStart, slice.openEnd);
}

function withHeaderRows(content: Fragment): Fragment {
  return Fragment.from(
    content.content.map((node) => {
      if (node.isTextblock || node.isLeaf) return node;
      if (node.type.name !== 'table') return node.copy(withHeaderRows(node.content));
      const { nodes } = node.type.schema;
      const rows = node.children.map((row, index) => {
        const type = nodes[index === 0 ? 'table_header' : 'table_cell']!;
        return row.copy(Fragment.from(row.children.map((cell) => type.create(cell.attrs, cell.content))));
      });
      return node.copy(Fragment.from(rows));
    }),
  );
}

/** One paragraph with line breaks; rows and cells are left to prosemirror-tables. */
function pastedIntoCell(slice: Slice, view: EditorView): Slice {
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
