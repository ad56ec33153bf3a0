import { defineConfig } from 'vite';

// `npm run dev` shows the page with live reload beside a running server: CIVIC_REALTIME=http://127.0.0.1:3001 npm run dev
const server = process.env['CIVIC_REALTIME'] ?? 'http://127.0.0.1:3001';

export default defineConfig({
  build: {
    target: 'es2022',
    // The server forbids data: addresses for scripts and fonts, so everything is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        // The editor's libraries change far less often than this code; browsers keep them between releases.
        manualChunks: (id) => (id.includes('/node_modules/') && !id.endsWith('.css') ? 'libraries' : undefined),
      },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/health': server,
      '/realtime': { target: server, ws: true },
    },
  },
  test: { include: ['test/**/*.test.ts'], environment: 'node', setupFiles: ['test/setup.ts'] },
} as Parameters<typeof defineConfig>[0]);
