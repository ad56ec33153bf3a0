import { Editor, getSchema } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { Dropcursor, Gapcursor, Placeholder } from '@tiptap/extensions';
import { yXmlFragmentToProsemirrorJSON } from '@tiptap/y-tiptap';
import type { XmlFragment } from 'yjs';
import { t } from '../i18n';
import type { RecordRoom } from '../realtime/record-room';
import { Carets } from './carets';
import { civicSchema } from './schema';

export function openEditor(room: RecordRoom, place: HTMLElement, title: string, editable: boolean): Editor {
  return new Editor({
    element: place,
    editable,
    injectCSS: false, // the page's own styles have what is needed, and the server allows no inline ones
    extensions: [
      ...civicSchema,
      Collaboration.configure({ fragment: room.fragment }),
      Carets.configure({ awareness: room.awareness }),
      Gapcursor,
      Dropcursor.configure({ color: false, width: 2, class: 'drop-cursor' }),
      Placeholder.configure({ placeholder: () => t.record.placeholder }),
    ],
    editorProps: {
      attributes: {
        class: 'prose',
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': t.record.editorLabel(title),
        'data-testid': 'editor',
        dir: 'auto',
        spellcheck: 'true',
      },
      // The bars that stay at the top must not cover the line that is being written.
      scrollMargin: { top: 150, bottom: 60, left: 0, right: 0 },
      scrollThreshold: { top: 130, bottom: 40, left: 0, right: 0 },
    },
  });
}

/**
 * Whether the document is one this editor can show. The binding removes what its schema refuses, for everybody; so a
 * document with foreign content must never be bound.
 */
export function isCivic(fragment: XmlFragment): boolean {
  if (fragment.length === 0) return true;
  try {
    getSchema(civicSchema).nodeFromJSON(yXmlFragmentToProsemirrorJSON(fragment)).check();
    return true;
  } catch {
    return false;
  }
}
