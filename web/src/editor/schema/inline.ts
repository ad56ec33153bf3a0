import { Mark, markInputRule, Node } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { t } from '../../i18n';
import { type Icon, icon } from '../../ui/icons';
import { isWebAddress, mayFollow } from './addresses';

/* Marks and inline nodes of the `civic` schema; see blocks.ts about names. */

export const Em = Mark.create({
  name: 'em',
  parseHTML: () => [
    { tag: 'em' },
    { tag: 'i', getAttrs: (node) => (/font-style:\s*normal/.test(node.getAttribute('style') ?? '') ? false : null) },
    { style: 'font-style=italic' },
  ],
  renderHTML: ({ HTMLAttributes }) => ['em', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-i': () => this.editor.commands.toggleMark('em') };
  },
  addInputRules() {
    return [
      markInputRule({ find: /(?:^|[\s(])(\*(?![\s*])([^*]*[^\s*])\*)$/, type: this.type }),
      markInputRule({ find: /(?:^|[\s(])(_(?![\s_])([^_]*[^\s_])_)$/, type: this.type }),
    ];
  },
});

export const Strong = Mark.create({
  name: 'strong',
  parseHTML: () => [
    { tag: 'strong' },
    // Word processors wrap whole documents in <b style="font-weight: normal">.
    { tag: 'b', getAttrs: (node) => (/font-weight:\s*(?:normal|400)/.test(node.getAttribute('style') ?? '') ? false : null) },
    { style: 'font-weight', getAttrs: (value) => (/^(?:bold(?:er)?|[5-9]\d{2,})$/.test(value) ? null : false) },
  ],
  renderHTML: ({ HTMLAttributes }) => ['strong', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-b': () => this.editor.commands.toggleMark('strong') };
  },
  addInputRules() {
    return [markInputRule({ find: /(?:^|[\s(])(\*\*(?![\s*])((?:[^*]|\*(?!\*))*[^\s*])\*\*)$/, type: this.type })];
  },
});

export const Code = Mark.create({
  name: 'code',
  parseHTML: () => [{ tag: 'code' }, { tag: 'kbd' }, { tag: 'samp' }],
  renderHTML: ({ HTMLAttributes }) => ['code', HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return { 'Mod-e': () => this.editor.commands.toggleMark('code') };
  },
  addInputRules() {
    return [markInputRule({ find: /(?:^|[^`])(`([^`]+)`)$/, type: this.type })];
  },
});

export const Link = Mark.create({
  name: 'link',
  inclusive: false,
  addAttributes: () => ({
    href: { isRequired: true, parseHTML: (element: HTMLElement) => element.getAttribute('href') },
    title: { default: null },
  }),
  parseHTML: () => [{ tag: 'a[href]', getAttrs: (node) => (mayFollow(node.getAttribute('href') ?? '') ? null : false) }],
  renderHTML: ({ mark }) => {
    const { href, title } = mark.attrs as { href: unknown; title: unknown };
    const attributes: Record<string, string> = { rel: 'noopener noreferrer', target: '_blank' };
    if (typeof href === 'string' && mayFollow(href)) attributes['href'] = href;
    if (typeof title === 'string') attributes['title'] = title;
    return ['a', attributes, 0];
  },
  addProseMirrorPlugins() {
    const { editor, type } = this;
    return [
      new Plugin({
        props: {
          // While writing, a click puts the cursor; with Ctrl or Command, or when reading, it follows the link.
          handleClick: (view, _position, event) => {
            const link = event.target instanceof Element ? event.target.closest('a') : null;
            if (link?.hasAttribute('href') !== true || event.button !== 0) return false;
            if (view.editable && !event.ctrlKey && !event.metaKey) return false;
            window.open(link.href, '_blank', 'noopener,noreferrer');
            return true;
          },
          handleDOMEvents: {
            click: (_view, event) => {
              if (event.target instanceof Element && event.target.closest('a') !== null) event.preventDefault();
              return false;
            },
          },
          handlePaste: (view, event) => {
            const text = event.clipboardData?.getData('text/plain').trim() ?? '';
            if (view.state.selection.empty || !isWebAddress(text)) return false;
            return editor.commands.setMark(type.name, { href: text });
          },
        },
      }),
    ];
  },
});

export const HardBreak = Node.create({
  name: 'hard_break',
  group: 'inline',
  inline: true,
  selectable: false,
  parseHTML: () => [{ tag: 'br' }],
  renderHTML: () => ['br'],
  renderText: () => '\n',
  addKeyboardShortcuts() {
    const insert = (): boolean => this.editor.commands.insertContent({ type: this.name });
    return { 'Shift-Enter': insert, 'Mod-Enter': insert };
  },
});

/** Pictures are shown by name: the files belong to the record's installation, and no other host is ever asked. */
export const Image = Node.create({
  name: 'image',
  group: 'inline',
  inline: true,
  draggable: true,
  addAttributes: () => ({ src: { isRequired: true }, alt: { default: null }, title: { default: null } }),
  parseHTML: () => [{ tag: 'img[src]:not([src^="data:"])' }],
  renderHTML: ({ HTMLAttributes }) => ['img', HTMLAttributes],
  addNodeView: () => ({ node }) => {
    const { src, alt, title } = node.attrs as { src: string; alt: string | null; title: string | null };
    return { dom: chip('image', alt || title || String(src).split('/').pop() || t.nodes.image, `${t.nodes.image}: ${src}`) };
  },
});

export const CivicRef = Node.create({
  name: 'civicRef',
  group: 'inline',
  inline: true,
  atom: true,
  draggable: true,
  addAttributes: () => ({ refType: { default: 'record' }, id: { default: '' }, label: { default: '' } }),
  parseHTML: () => [
    {
      tag: 'span[data-civic-ref]',
      getAttrs: (node) => ({
        refType: node.getAttribute('data-civic-ref'),
        id: node.getAttribute('data-id') ?? '',
        label: node.textContent,
      }),
    },
  ],
  renderHTML: ({ node }) => [
    'span',
    { 'data-civic-ref': String(node.attrs['refType']), 'data-id': String(node.attrs['id']) },
    String(node.attrs['label']),
  ],
  renderText: ({ node }) => String(node.attrs['label']),
  addNodeView: () => ({ node }) => {
    const { refType, id, label } = node.attrs as { refType: string; id: string; label: string };
    const kind: Icon = refType === 'geography' || refType === 'attachment' ? refType : 'record';
    return { dom: chip(kind, label || id, `${t.nodes.reference[kind] ?? refType}: ${id}`) };
  },
});

function chip(kind: Icon, words: string, explanation: string): HTMLElement {
  const dom = document.createElement('span');
  dom.className = 'chip';
  dom.title = explanation;
  dom.append(icon(kind), words);
  return dom;
}
