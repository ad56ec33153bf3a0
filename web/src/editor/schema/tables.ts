import { type Attribute, callOrReturn, type Editor, getExtensionField, Node } from '@tiptap/core';
import type { Node as PmNode, ResolvedPos } from '@tiptap/pm/model';
import { type EditorState, Plugin, TextSelection, type Transaction } from '@tiptap/pm/state';
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  deleteTable,
  goToNextCell,
  isInTable,
  selectedRect,
  tableEditing,
  TableMap,
} from '@tiptap/pm/tables';
import { inCell, pasted } from './cells';

declare module '@tiptap/core' {
  // The parameters are those of the declaration that is merged with.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface NodeConfig<Options, Storage> {
    /** The part a node plays in a table, as prosemirror-tables wants to know it. */
    tableRole?: string;
  }
}

/*
 * Tables of the `civic` schema on prosemirror-tables. Markdown knows one header row, one alignment a column and no merged
 * cells, so that is what the commands here make; what other programs made is shown as it is.
 */

export type Align = 'left' | 'center' | 'right';

const cellAttributes = (): Record<string, Attribute> => ({
  colspan: { default: 1, parseHTML: () => 1, renderHTML: ({ colspan }) => (colspan === 1 ? {} : { colspan }) },
  rowspan: { default: 1, parseHTML: () => 1, renderHTML: ({ rowspan }) => (rowspan === 1 ? {} : { rowspan }) },
  colwidth: { default: null, rendered: false, parseHTML: () => null },
  align: {
    default: null,
    parseHTML: (element) => {
      const align = element.style.textAlign || element.getAttribute('align');
      return align === 'left' || align === 'center' || align === 'right' ? align : null;
    },
    renderHTML: ({ align }) => (align === null ? {} : { 'data-align': align }),
  },
});

export const Table = Node.create({
  name: 'table',
  tableRole: 'table',
  group: 'block',
  content: 'table_row+',
  isolating: true,
  parseHTML: () => [{ tag: 'table' }],
  renderHTML: ({ HTMLAttributes }) => ['div', { class: 'table-frame' }, ['table', HTMLAttributes, ['tbody', 0]]],
  extendNodeSchema(extension) {
    const context = { name: extension.name, options: extension.options, storage: extension.storage };
    const role: unknown = callOrReturn(getExtensionField(extension, 'tableRole', context));
    return role === undefined ? {} : { tableRole: role };
  },
  addKeyboardShortcuts() {
    return {
      Tab: () => nextCell(this.editor),
      'Shift-Tab': () => run(this.editor, goToNextCell(-1)),
      // A cell is one line of Markdown; its lines are breaks, not paragraphs.
      Enter: () => {
        const { $from } = this.editor.state.selection;
        return inCell($from) && $from.parent.type.name === 'paragraph'
          ? this.editor.commands.insertContent({ type: 'hard_break' })
          : false;
      },
    };
  },
  addProseMirrorPlugins() {
    // Mending irregular tables is a change of the document: only who may write does it.
    const { editable } = this.editor.options;
    return editable === true ? [tableEditing(), new Plugin({ props: { transformPasted: pasted } })] : [];
  },
});

export const TableRow = Node.create({
  name: 'table_row',
  tableRole: 'row',
  content: '(table_cell | table_header)*',
  parseHTML: () => [{ tag: 'tr' }],
  renderHTML: ({ HTMLAttributes }) => ['tr', HTMLAttributes, 0],
});

export const TableHeader = Node.create({
  name: 'table_header',
  tableRole: 'header_cell',
  content: 'block+',
  isolating: true,
  addAttributes: cellAttributes,
  parseHTML: () => [{ tag: 'th' }],
  renderHTML: ({ HTMLAttributes }) => ['th', HTMLAttributes, 0],
});

export const TableCell = Node.create({
  name: 'table_cell',
  tableRole: 'cell',
  content: 'block+',
  isolating: true,
  addAttributes: cellAttributes,
  parseHTML: () => [{ tag: 'td' }],
  renderHTML: ({ HTMLAttributes }) => ['td', HTMLAttributes, 0],
});

type PmCommand = (state: EditorState, dispatch?: (tr: Transaction) => void) => boolean;

export const tableCommands = {
  insert: (editor: Editor): boolean => insertTable(editor),
  rowAbove: (editor: Editor): boolean => run(editor, levelled(addRowBefore)),
  rowBelow: (editor: Editor): boolean => run(editor, levelled(addRowAfter)),
  columnBefore: (editor: Editor): boolean => run(editor, levelled(addColumnBefore)),
  columnAfter: (editor: Editor): boolean => run(editor, levelled(addColumnAfter)),
  align: (editor: Editor, align: Align): boolean => run(editor, alignColumns(align)),
  deleteRow: (editor: Editor): boolean => run(editor, deleteRow),
  deleteColumn: (editor: Editor): boolean => run(editor, deleteColumn),
  deleteTable: (editor: Editor): boolean => run(editor, deleteTable),
};

/** Where the selection is in a table, as far as the commands care; null outside one. */
export function placeInTable(state: EditorState): { headerRow: boolean; onlyColumn: boolean; align: Align | null } | null {
  if (!isInTable(state)) return null;
  const rect = selectedRect(state);
  const cell = rect.table.nodeAt(rect.map.map[rect.left]!);
  const align: unknown = cell?.attrs['align'];
  return {
    headerRow: rect.top === 0,
    onlyColumn: rect.right - rect.left === rect.map.width,
    align: align === 'left' || align === 'center' || align === 'right' ? align : null,
  };
}

function run(editor: Editor, command: PmCommand): boolean {
  return command(editor.state, (tr) => editor.view.dispatch(tr));
}

function insertTable(editor: Editor): boolean {
  const cell = (type: string): object => ({ type, content: [{ type: 'paragraph' }] });
  const row = (type: string): object => ({ type: 'table_row', content: [cell(type), cell(type), cell(type)] });
  const content = [row('table_header'), row('table_cell'), row('table_cell')];
  const { from } = editor.state.selection;
  return editor
    .chain()
    .focus()
    .insertContent({ type: 'table', content })
    .command(({ tr }) => {
      let inside: number | null = null;
      tr.doc.nodesBetween(Math.max(0, from - 1), tr.doc.content.size, (node, position) => {
        if (inside === null && node.type.name === 'table_header') inside = position + 2;
        return inside === null;
      });
      if (inside !== null) tr.setSelection(TextSelection.create(tr.doc, inside));
      return true;
    })
    .run();
}

/** Tab in the last cell makes one more row. */
function nextCell(editor: Editor): boolean {
  if (!isInTable(editor.state)) return false;
  if (run(editor, goToNextCell(1))) return true;
  return tableCommands.rowBelow(editor) && run(editor, goToNextCell(1));
}

/** The command, and every cell aligned as the first row of its column is: Markdown says it once, at the top. */
function levelled(command: PmCommand): PmCommand {
  return (state, dispatch) =>
    command(
      state,
      dispatch &&
        ((tr) => {
          const table = tableAround(tr.selection.$from);
          if (table !== null) level(tr, table.node, table.start);
          dispatch(tr);
        }),
    );
}

function level(tr: Transaction, table: PmNode, start: number): void {
  const map = TableMap.get(table);
  map.map.forEach((position, index) => {
    const wanted: unknown = table.nodeAt(map.map[index % map.width]!)?.attrs['align'] ?? null;
    if (table.nodeAt(position)?.attrs['align'] !== wanted) tr.setNodeAttribute(start + position, 'align', wanted);
  });
}

function alignColumns(align: Align): PmCommand {
  return (state, dispatch) => {
    if (!isInTable(state)) return false;
    if (dispatch !== undefined) {
      const { map, table, tableStart, left, right } = selectedRect(state);
      const first = table.nodeAt(map.map[left]!);
      const value = first?.attrs['align'] === align ? null : align; // chosen again, it goes back to the default
      const cells = map.cellsInRect({ left, right, top: 0, bottom: map.height });
      const tr = state.tr;
      for (const position of cells) tr.setNodeAttribute(tableStart + position, 'align', value);
      dispatch(tr);
    }
    return true;
  };
}

function tableAround($position: ResolvedPos): { node: PmNode; start: number } | null {
  for (let depth = $position.depth; depth > 0; depth--) {
    const node = $position.node(depth);
    if (node.type.name === 'table') return { node, start: $position.start(depth) };
  }
  return null;
}
