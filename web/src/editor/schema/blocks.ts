import { Node, nodeInputRule, textblockTypeInputRule, wrappingInputRule } from '@tiptap/core';
import { makeBlock, outsideCells } from './cells';

/*
 * The blocks of the `civic` schema. Names and attributes are those of the shared document (docs/protocol.md and the
 * contract's section 12): changing one deletes content in every open window.
 */

export const Doc = Node.create({ name: 'doc', topNode: true, content: 'block+' });

export const Text = Node.create({ name: 'text', group: 'inline' });

export const Paragraph = Node.create({
  name: 'paragraph',
  priority: 1000,
  group: 'block',
  content: 'inline*',
  parseHTML: () => [{ tag: 'p' }],
  renderHTML: ({ HTMLAttributes }) => ['p', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-Alt-0': () => this.editor.commands.setNode('paragraph') };
  },
});

const LEVELS = [1, 2, 3, 4, 5, 6] as const;

export const Heading = Node.create({
  name: 'heading',
  group: 'block',
  content: 'inline*',
  defining: true,
  addAttributes: () => ({ level: { default: 1, rendered: false } }),
  parseHTML: () => LEVELS.map((level) => ({ tag: `h${level}`, attrs: { level } })),
  renderHTML: ({ node, HTMLAttributes }) => [`h${levelOf(node.attrs['level'])}`, HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return Object.fromEntries(
      LEVELS.map((level) => [
        `Mod-Alt-${level}`,
        () => makeBlock(this.editor, () => this.editor.commands.toggleNode('heading', 'paragraph', { level })),
      ]),
    );
  },
  addInputRules() {
    return outsideCells(
      ...LEVELS.map((level) =>
        textblockTypeInputRule({ find: new RegExp(`^(#{${level}})\\s$`), type: this.type, getAttributes: { level } }),
      ),
    );
  },
});

function levelOf(level: unknown): number {
  return typeof level === 'number' ? Math.min(6, Math.max(1, Math.round(level))) : 1;
}

export const Blockquote = Node.create({
  name: 'blockquote',
  group: 'block',
  content: 'block+',
  defining: true,
  parseHTML: () => [{ tag: 'blockquote' }],
  renderHTML: ({ HTMLAttributes }) => ['blockquote', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-Shift-b': () => makeBlock(this.editor, () => this.editor.commands.toggleWrap('blockquote')) };
  },
  addInputRules() {
    return outsideCells(wrappingInputRule({ find: /^\s*>\s$/, type: this.type }));
  },
});

export const BulletList = Node.create({
  name: 'bullet_list',
  group: 'block',
  content: 'list_item+',
  parseHTML: () => [{ tag: 'ul' }],
  renderHTML: ({ HTMLAttributes }) => ['ul', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-Shift-8': () => makeBlock(this.editor, () => this.editor.commands.toggleList('bullet_list', 'list_item')) };
  },
  addInputRules() {
    return outsideCells(wrappingInputRule({ find: /^\s*([-+*])\s$/, type: this.type }));
  },
});

export const OrderedList = Node.create({
  name: 'ordered_list',
  group: 'block',
  content: 'list_item+',
  addAttributes: () => ({
    order: {
      default: 1,
      parseHTML: (element: HTMLElement) => (element as HTMLOListElement).start ?? 1,
      renderHTML: ({ order }) => (order === 1 ? {} : { start: order }),
    },
  }),
  parseHTML: () => [{ tag: 'ol' }],
  renderHTML: ({ HTMLAttributes }) => ['ol', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-Shift-7': () => makeBlock(this.editor, () => this.editor.commands.toggleList('ordered_list', 'list_item')) };
  },
  addInputRules() {
    return outsideCells(
      wrappingInputRule({
        find: /^(\d{1,9})\.\s$/,
        type: this.type,
        getAttributes: (match) => ({ order: Number(match[1]) }),
        joinPredicate: (match, node) => node.childCount + Number(node.attrs['order']) === Number(match[1]),
      }),
    );
  },
});

export const ListItem = Node.create({
  name: 'list_item',
  content: 'paragraph block*',
  defining: true,
  parseHTML: () => [{ tag: 'li' }],
  renderHTML: ({ HTMLAttributes }) => ['li', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      Tab: () => this.editor.commands.sinkListItem(this.name),
      'Shift-Tab': () => this.editor.commands.liftListItem(this.name),
      Backspace: () => {
        const { empty, $from } = this.editor.state.selection;
        const atItemStart = empty && $from.parentOffset === 0 && $from.depth > 1 && $from.index(-1) === 0;
        return atItemStart && $from.node(-1).type === this.type && this.editor.commands.liftListItem(this.name);
      },
    };
  },
});

export const CodeBlock = Node.create({
  name: 'code_block',
  group: 'block',
  content: 'text*',
  marks: '',
  code: true,
  defining: true,
  addAttributes: () => ({
    params: {
      default: '',
      parseHTML: (element: HTMLElement) => element.getAttribute('data-params') ?? '',
      renderHTML: ({ params }) => (params === '' ? {} : { 'data-params': params }),
    },
  }),
  parseHTML: () => [{ tag: 'pre', preserveWhitespace: 'full' }],
  renderHTML: ({ HTMLAttributes }) => ['pre', HTMLAttributes, ['code', 0]],
  addKeyboardShortcuts() {
    return {
      'Mod-Alt-c': () => makeBlock(this.editor, () => this.editor.commands.toggleNode('code_block', 'paragraph')),
      // A second empty line at the end leaves the block.
      Enter: () => {
        const { empty, $from } = this.editor.state.selection;
        if (!empty || $from.parent.type !== this.type) return false;
        const atEnd = $from.parentOffset === $from.parent.content.size && $from.parent.textContent.endsWith('\n\n');
        if (!atEnd) return this.editor.commands.newlineInCode();
        return this.editor
          .chain()
          .command(({ tr }) => {
            tr.delete($from.pos - 2, $from.pos);
            return true;
          })
          .exitCode()
          .run();
      },
      Backspace: () => {
        const { empty, $from } = this.editor.state.selection;
        return (
          empty &&
          $from.parent.type === this.type &&
          $from.parent.content.size === 0 &&
          this.editor.commands.setNode('paragraph')
        );
      },
    };
  },
  addInputRules() {
    return outsideCells(
      textblockTypeInputRule({
        find: /^```([\w+#.-]*)\s$/,
        type: this.type,
        getAttributes: (match) => ({ params: match[1] ?? '' }),
      }),
    );
  },
});

export const HorizontalRule = Node.create({
  name: 'horizontal_rule',
  group: 'block',
  parseHTML: () => [{ tag: 'hr' }],
  renderHTML: ({ HTMLAttributes }) => ['hr', HTMLAttributes],
  addInputRules() {
    return outsideCells(nodeInputRule({ find: /^(?:---|___\s|\*\*\*\s)$/, type: this.type }));
  },
});
