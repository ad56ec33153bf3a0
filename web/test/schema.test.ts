import { getSchema } from '@tiptap/core';
import { yXmlFragmentToProseMirrorRootNode, yXmlFragmentToProsemirrorJSON } from '@tiptap/y-tiptap';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { civicSchema } from '../src/editor/schema';
import goldens from './fixtures/civic-goldens.json';

const schema = getSchema(civicSchema);

const defaults = (attributes: Record<string, { default?: unknown }> | undefined): object =>
  Object.fromEntries(Object.entries(attributes ?? {}).map(([name, { default: value }]) => [name, value]));

describe('the civic schema', () => {
  it('has the nodes and attributes of the contract, and no others', () => {
    const nodes = Object.fromEntries(Object.values(schema.nodes).map((type) => [type.name, defaults(type.spec.attrs)]));
    const cell = { colspan: 1, rowspan: 1, colwidth: null, align: null };
    expect(nodes).toEqual({
      doc: {},
      text: {},
      paragraph: {},
      heading: { level: 1 },
      blockquote: {},
      bullet_list: {},
      ordered_list: { order: 1 },
      list_item: {},
      code_block: { params: '' },
      horizontal_rule: {},
      table: {},
      table_row: {},
      table_header: cell,
      table_cell: cell,
      image: { src: undefined, alt: null, title: null },
      hard_break: {},
      civicRef: { refType: 'record', id: '', label: '' },
    });
  });

  it('has the marks of the contract, and no others', () => {
    const marks = Object.fromEntries(Object.values(schema.marks).map((type) => [type.name, defaults(type.spec.attrs)]));
    expect(marks).toEqual({ em: {}, strong: {}, code: {}, link: { href: undefined, title: null } });
  });

  it('needs an address for links and pictures', () => {
    expect(() => schema.marks['link']!.create({})).toThrow();
    expect(() => schema.nodes['image']!.create({})).toThrow();
  });

  it('allows in each node what the contract allows', () => {
    const content = (name: string): string | undefined => schema.nodes[name]!.spec.content;
    expect(content('list_item')).toBe('paragraph block*');
    expect(content('blockquote')).toBe('block+');
    expect(content('table_cell')).toBe('block+');
    expect(content('table_row')).toBe('(table_cell | table_header)*');
    expect(schema.nodes['code_block']!.spec.marks).toBe('');
  });
});

describe.each(goldens.cases)('the reference document $name', ({ prosemirror, yjsUpdateV1Hex }) => {
  it('is valid here', () => {
    expect(() => schema.nodeFromJSON(prosemirror).check()).not.toThrow();
  });

  it('is read from its update, and reading changes nothing', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Buffer.from(yjsUpdateV1Hex, 'hex'));
    const before = Y.encodeStateAsUpdate(doc);
    const fragment = doc.getXmlFragment('default');
    if (fragment.length > 0) {
      expect(() => schema.nodeFromJSON(yXmlFragmentToProsemirrorJSON(fragment)).check()).not.toThrow();
      const read = yXmlFragmentToProseMirrorRootNode(fragment, schema);
      expect(read.toJSON()).toEqual(schema.nodeFromJSON(withoutMarkedElements(prosemirror)).toJSON());
    }
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  });
});

/** In Yjs an element carries no marks: a picture inside a link is a picture. */
function withoutMarkedElements<T>(json: T): T {
  return JSON.parse(JSON.stringify(json), (_key, value: { type?: string; marks?: unknown }) => {
    if (typeof value === 'object' && value !== null && value.type !== 'text') delete value.marks;
    return value;
  }) as T;
}
