const STORED = 'civic.token';

/**
 * The session token of this tab. It lives in sessionStorage: another tab may be another person, and it goes with the tab.
 */
export const session = {
  get token(): string | null {
    return sessionStorage.getItem(STORED);
  },
  begin(token: string): void {
    sessionStorage.setItem(STORED, token);
  },
  end(): void {
    sessionStorage.removeItem(STORED);
  },
};

/**
 * Takes the token out of a sign-in link, `#token=…` or `#token=…&record=<id>`, and out of the address bar and its
 * history. The fragment was never sent to the server.
 */
export function takeTokenFromAddress(): void {
  if (!location.hash.startsWith('#token=')) return;
  const given = new URLSearchParams(location.hash.slice(1));
  const record = given.get('record');
  history.replaceState(null, '', `${location.pathname}${record === null ? '' : `#/records/${encodeURIComponent(record)}`}`);
  const token = given.get('token');
  if (token !== null && token !== '') session.begin(token);
}
