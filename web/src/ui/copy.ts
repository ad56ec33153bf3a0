/** What is put on the clipboard: for programs that know formatting, and for the others. */
export interface Copy {
  readonly html: string;
  readonly text: string;
}

/** False when the browser does not let the page do it. */
export async function copied({ html, text }: Copy): Promise<boolean> {
  try {
    const parts = { 'text/html': html, 'text/plain': text };
    const blobs = Object.entries(parts).map(([type, part]) => [type, new Blob([part], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return true;
  } catch {
    return copiedByCommand({ html, text }); // on a plain http address there is no navigator.clipboard
  }
}

function copiedByCommand({ html, text }: Copy): boolean {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'sr-only';
  field.addEventListener('copy', (event) => {
    event.clipboardData?.setData('text/html', html);
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  });
  (before?.closest('dialog') ?? document.body).append(field); // outside an open dialog nothing takes the focus
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
