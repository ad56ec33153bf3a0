import type { Editor } from '@tiptap/core';
import { type Messages, t } from '../i18n';
import type { Scope } from '../ui/dom';
import { type Icon, icon } from '../ui/icons';
import { editLink } from './link-dialog';
import { menu, type MenuItem } from './menu';
import { inCell } from './schema/cells';
import { type Align, placeInTable, tableCommands } from './schema/tables';

interface Tool {
  readonly id: Icon;
  readonly label: (words: Messages['toolbar']) => string;
  readonly keys?: string;
  readonly run: (editor: Editor) => void;
  /** Given for tools that are on or off at the cursor. */
  readonly on?: (editor: Editor) => boolean;
  readonly enabled?: (editor: Editor) => boolean;
}

const outsideCell = (editor: Editor): boolean => !inCell(editor.state.selection.$from);
const outsideCode = (editor: Editor): boolean => !editor.isActive('code_block');

const HISTORY: readonly Tool[] = [
  {
    id: 'undo',
    label: (words) => words.undo,
    keys: 'Mod+Z',
    run: (editor) => editor.chain().focus().undo().run(),
    enabled: (editor) => editor.can().undo(),
  },
  {
    id: 'redo',
    label: (words) => words.redo,
    keys: 'Mod+Shift+Z',
    run: (editor) => editor.chain().focus().redo().run(),
    enabled: (editor) => editor.can().redo(),
  },
];

const MARKS: readonly Tool[] = [
  markTool('strong', (words) => words.strong, 'Mod+B'),
  markTool('em', (words) => words.em, 'Mod+I'),
  markTool('code', (words) => words.code, 'Mod+E'),
  {
    id: 'link',
    label: (words) => words.link,
    keys: 'Mod+K',
    run: (editor) => void editLink(editor),
    on: (editor) => editor.isActive('link'),
    enabled: outsideCode,
  },
];

const BLOCKS: readonly Tool[] = [
  {
    id: 'bullets',
    label: (words) => words.bullets,
    keys: 'Mod+Shift+8',
    run: (editor) => editor.chain().focus().toggleList('bullet_list', 'list_item').run(),
    on: (editor) => editor.isActive('bullet_list'),
    enabled: outsideCell,
  },
  {
    id: 'numbers',
    label: (words) => words.numbers,
    keys: 'Mod+Shift+7',
    run: (editor) => editor.chain().focus().toggleList('ordered_list', 'list_item').run(),
    on: (editor) => editor.isActive('ordered_list'),
    enabled: outsideCell,
  },
  {
    id: 'outdent',
    label: (words) => words.outdent,
    keys: 'Shift+Tab',
    run: (editor) => editor.chain().focus().liftListItem('list_item').run(),
    enabled: (editor) => editor.can().liftListItem('list_item'),
  },
  {
    id: 'indent',
    label: (words) => words.indent,
    keys: 'Tab',
    run: (editor) => editor.chain().focus().sinkListItem('list_item').run(),
    enabled: (editor) => editor.can().sinkListItem('list_item'),
  },
  {
    id: 'quote',
    label: (words) => words.quote,
    keys: 'Mod+Shift+B',
    run: (editor) => editor.chain().focus().toggleWrap('blockquote').run(),
    on: (editor) => editor.isActive('blockquote'),
    enabled: outsideCell,
  },
  {
    id: 'codeBlock',
    label: (words) => words.codeBlock,
    keys: 'Mod+Alt+C',
    run: (editor) => editor.chain().focus().toggleNode('code_block', 'paragraph').run(),
    on: (editor) => editor.isActive('code_block'),
    enabled: outsideCell,
  },
];

const INSERTS: readonly Tool[] = [
  {
    id: 'rule',
    label: (words) => words.rule,
    run: (editor) => editor.chain().focus().insertContent({ type: 'horizontal_rule' }).run(),
    enabled: (editor) => outsideCell(editor) && outsideCode(editor),
  },
  {
    id: 'lineBreak',
    label: (words) => words.lineBreak,
    keys: 'Shift+Enter',
    run: (editor) => editor.chain().focus().insertContent({ type: 'hard_break' }).run(),
    enabled: outsideCode,
  },
];

function markTool(id: 'strong' | 'em' | 'code', label: Tool['label'], keys: string): Tool {
  return {
    id,
    label,
    keys,
    run: (editor) => editor.chain().focus().toggleMark(id).run(),
    on: (editor) => editor.isActive(id),
    enabled: outsideCode,
  };
}

/** The formatting bar: one stop for Tab, arrow keys inside, Escape and F10 with Alt to go to and fro. */
export function toolbar(scope: Scope, editor: Editor): HTMLElement {
  const updates: (() => void)[] = [];
  const { h } = scope;

  const button = (tool: Tool): HTMLButtonElement => {
    const element = h('button', { type: 'button', class: 'tool', tabindex: '-1', 'data-testid': `tool-${tool.id}` });
    element.append(icon(tool.id));
    scope.live(() => {
      const label = tool.label(t.toolbar);
      element.setAttribute('aria-label', label);
      element.dataset['tip'] = tool.keys === undefined ? label : `${label}  ${shownKeys(tool.keys)}`;
    });
    if (tool.keys !== undefined) element.setAttribute('aria-keyshortcuts', ariaKeys(tool.keys));
    element.addEventListener('click', () => {
      if (element.getAttribute('aria-disabled') !== 'true') tool.run(editor);
    });
    updates.push(() => {
      if (tool.on !== undefined) element.setAttribute('aria-pressed', String(tool.on(editor)));
      element.setAttribute('aria-disabled', String(tool.enabled?.(editor) === false));
    });
    return element;
  };

  const group = (...tools: HTMLElement[]): HTMLElement => h('div', { class: 'tool-group', role: 'group' }, ...tools);

  const bar = h(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': () => t.toolbar.label, 'data-testid': 'toolbar' },
    group(...HISTORY.map(button)),
    group(blockMenu(scope, editor, updates)),
    group(...MARKS.map(button)),
    group(...BLOCKS.map(button)),
    group(tableMenu(scope, editor, updates), ...INSERTS.map(button)),
  );
  roving(scope, bar, editor);

  let frame = 0;
  const update = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (!editor.isDestroyed) for (const each of updates) each();
    });
  };
  editor.on('transaction', update);
  scope.live(update);
  scope.onEnd(() => cancelAnimationFrame(frame));
  return bar;
}

function blockMenu(scope: Scope, editor: Editor, updates: (() => void)[]): HTMLElement {
  const { h } = scope;
  const words = h('span', { class: 'tool-words' });
  const button = h('button', { type: 'button', class: 'tool wide', tabindex: '-1', 'data-testid': 'tool-block' }, words);
  button.append(icon('down'));
  const level = (): number | null => {
    for (let n = 1; n <= 6; n++) if (editor.isActive('heading', { level: n })) return n;
    return null;
  };
  const items: MenuItem[] = [
    {
      id: 'block-paragraph',
      label: () => t.toolbar.paragraph,
      run: () => editor.chain().focus().setNode('paragraph').run(),
      chosen: () => editor.isActive('paragraph'),
    },
    ...[1, 2, 3, 4, 5, 6].map((n) => ({
      id: `block-heading-${n}`,
      className: `as-heading as-heading-${n}`,
      label: () => t.toolbar.heading(n),
      run: () => editor.chain().focus().setNode('heading', { level: n }).run(),
      chosen: () => level() === n,
      enabled: () => outsideCell(editor),
    })),
  ];
  menu(scope, button, [items]);
  scope.live(() => (button.dataset['tip'] = t.toolbar.block));
  updates.push(() => {
    const n = level();
    const name = n === null ? (editor.isActive('code_block') ? t.toolbar.codeBlock : t.toolbar.paragraph) : t.toolbar.heading(n);
    words.textContent = name;
    button.setAttribute('aria-label', `${t.toolbar.block}: ${name}`);
  });
  return button;
}

function tableMenu(scope: Scope, editor: Editor, updates: (() => void)[]): HTMLElement {
  const button = scope.h('button', { type: 'button', class: 'tool', tabindex: '-1', 'data-testid': 'tool-table' });
  button.append(icon('table'), icon('down'));
  const place = (): ReturnType<typeof placeInTable> => placeInTable(editor.state);
  const inside = (): boolean => place() !== null;
  const act = (command: (editor: Editor) => boolean) => () => {
    command(editor);
    editor.commands.focus();
  };
  const align = (to: Align, label: () => string): MenuItem => ({
    id: `table-align-${to}`,
    label,
    run: act((e) => tableCommands.align(e, to)),
    enabled: inside,
    chosen: () => place()?.align === to,
  });
  const words = (): Messages['toolbar']['tableMenu'] => t.toolbar.tableMenu;
  const item = (id: string, label: () => string, command: (editor: Editor) => boolean, enabled: () => boolean): MenuItem => ({
    id,
    label,
    run: act(command),
    enabled,
  });
  const belowHeader = (): boolean => place()?.headerRow === false;
  menu(scope, button, [
    [item('table-insert', () => words().insert, tableCommands.insert, () => !inside() && outsideCode(editor))],
    [
      item('table-row-above', () => words().rowAbove, tableCommands.rowAbove, belowHeader),
      item('table-row-below', () => words().rowBelow, tableCommands.rowBelow, inside),
      item('table-column-before', () => words().columnBefore, tableCommands.columnBefore, inside),
      item('table-column-after', () => words().columnAfter, tableCommands.columnAfter, inside),
    ],
    [
      align('left', () => words().alignLeft),
      align('center', () => words().alignCenter),
      align('right', () => words().alignRight),
    ],
    [
      item('table-delete-row', () => words().deleteRow, tableCommands.deleteRow, belowHeader),
      item('table-delete-column', () => words().deleteColumn, tableCommands.deleteColumn, () => place()?.onlyColumn === false),
      item('table-delete', () => words().deleteTable, tableCommands.deleteTable, inside),
    ],
  ]);
  scope.live(() => {
    button.dataset['tip'] = t.toolbar.table;
    button.setAttribute('aria-label', t.toolbar.table);
  });
  updates.push(() => button.setAttribute('aria-pressed', String(inside())));
  return button;
}

function roving(scope: Scope, bar: HTMLElement, editor: Editor): void {
  const tools = [...bar.querySelectorAll<HTMLElement>('.tool')];
  tools[0]!.tabIndex = 0;
  bar.addEventListener('focusin', (event) => {
    if (!tools.includes(event.target as HTMLElement)) return;
    for (const tool of tools) tool.tabIndex = tool === event.target ? 0 : -1;
  });
  bar.addEventListener('keydown', (event) => {
    const at = tools.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tools.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      tools[(to + tools.length) % tools.length]!.focus();
    } else if (event.key === 'Escape') {
      editor.commands.focus();
    }
  });
  // A press with the pointer leaves the cursor in the text.
  bar.addEventListener('mousedown', (event) => event.preventDefault());
  scope.listen(document, 'keydown', (event) => {
    if (event.altKey && event.key === 'F10') {
      event.preventDefault();
      tools.find((tool) => tool.tabIndex === 0)?.focus();
    } else if (editor.isFocused && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (outsideCode(editor)) void editLink(editor);
    }
  });
}

const MAC = /Mac|iP(?:hone|ad|od)/.test(navigator.platform);

function shownKeys(keys: string): string {
  return MAC
    ? keys.replace('Mod', '⌘').replace('Shift', '⇧').replace('Alt', '⌥').replaceAll('+', '')
    : keys.replace('Mod', 'Ctrl');
}

function ariaKeys(keys: string): string {
  return keys.replace('Mod', MAC ? 'Meta' : 'Control');
}
