// What the page's modules find in a browser, as far as they look at it while they load.
const store = new Map([['civic.language', 'en']]);
Object.assign(globalThis, {
  localStorage: { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, value: string) => store.set(key, value) },
  document: { documentElement: { lang: 'en', style: {} } },
});
