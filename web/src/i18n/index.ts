import { en, type Messages } from './en';
import { fr } from './fr';

export type { Messages } from './en';

const STORED = 'civic.language';
const languages: Record<string, Messages> = { en, fr };
const listeners = new Set<() => void>();

/** The words of the language chosen now. */
export let t: Messages = languages[startLanguage()]!;

export function switchLanguage(): void {
  t = t === en ? fr : en;
  localStorage.setItem(STORED, t.language);
  document.documentElement.lang = t.language;
  for (const listener of [...listeners]) listener();
}

/** Calls `listener` after each change of language until the returned function is called. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function startLanguage(): string {
  const stored = localStorage.getItem(STORED);
  const language = stored ?? (navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en');
  document.documentElement.lang = language === 'fr' ? 'fr' : 'en';
  return document.documentElement.lang;
}
