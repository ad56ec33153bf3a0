import { type Editor, getMarkRange } from '@tiptap/core';
import { t } from '../i18n';
import { dialog } from '../ui/dialog';
import { completeAddress } from './schema/addresses';

type Answer = { readonly href: string } | 'remove';

/** Asks for the address of the link at the cursor or for the selected words, and makes, changes or removes it. */
export async function editLink(editor: Editor): Promise<void> {
  const before: unknown = editor.getAttributes('link')['href'];
  const href = typeof before === 'string' ? before : null;
  const answer = await dialog<Answer>(({ h }, close) => {
    const field = h('input', {
      id: 'link-address',
      name: 'address',
      class: 'field',
      type: 'text',
      inputmode: 'url',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      autofocus: true,
      value: href ?? '',
      'aria-describedby': 'link-hint',
      'data-testid': 'link-address',
    });
    const hint = h('p', { id: 'link-hint', class: 'hint' }, t.link.hint);
    const submit = (event: Event): void => {
      event.preventDefault();
      const complete = completeAddress(field.value);
      if (complete !== null) return close({ href: complete });
      hint.textContent = t.link.bad;
      hint.classList.add('bad');
      field.setAttribute('aria-invalid', 'true');
      field.focus();
    };
    return h(
      'form',
      { class: 'dialog-body', on: { submit } },
      h('h2', {}, t.link.title),
      h('label', { for: 'link-address' }, t.link.address),
      field,
      hint,
      h(
        'div',
        { class: 'dialog-actions' },
        href === null
          ? null
          : h('button', { type: 'button', class: 'button quiet start', on: { click: () => close('remove') } }, t.link.remove),
        h('button', { type: 'button', class: 'button quiet', on: { click: () => close(null) } }, t.link.cancel),
        h('button', { type: 'submit', class: 'button' }, t.link.apply),
      ),
    );
  });
  if (answer === null || editor.isDestroyed) {
    if (!editor.isDestroyed) editor.commands.focus();
    return;
  }
  const type = editor.schema.marks['link']!;
  const range = href === null ? undefined : getMarkRange(editor.state.selection.$from, type);
  const at = editor.chain().focus();
  if (range !== undefined && editor.state.selection.empty) at.setTextSelection(range);
  if (answer === 'remove') {
    at.unsetMark('link').run();
  } else if (editor.state.selection.empty && range === undefined) {
    at.insertContent({ type: 'text', text: answer.href, marks: [{ type: 'link', attrs: { href: answer.href } }] }).run();
  } else {
    at.setMark('link', { href: answer.href }).run();
  }
}
