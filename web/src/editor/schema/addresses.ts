/** Schemes that a link of a public record may have; anything else (`javascript:` above all) is never made a link. */
const SCHEMES = /^(?:https?|mailto|tel|ftp):/i;
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Whether an address may be followed. Browsers ignore control characters and spaces in a scheme, so they count here. */
export function mayFollow(address: string): boolean {
  const bare = address.replaceAll(/[\u0000-\u0020\u007f-\u009f\u00ad\u200b-\u200f\u2028\u2029\ufeff]/g, '');
  return bare !== '' && (SCHEMES.test(bare) || !HAS_SCHEME.test(bare));
}

/** What a person typed as an address, completed: `town.example` gets `https://`, `a@b.example` gets `mailto:`. Null if it is none. */
export function completeAddress(typed: string): string | null {
  const address = typed.trim();
  if (address === '' || /\s/.test(address) || !mayFollow(address)) return null;
  if (HAS_SCHEME.test(address) || /^[/#?.]/.test(address)) return address;
  if (/^[^@/]+@[^@/]+\.[^@/]+$/.test(address)) return `mailto:${address}`;
  return /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?:[:/?#]|$)/u.test(address) ? `https://${address}` : address;
}

/** Whether pasted text is one whole web address. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && mayFollow(text);
}
