import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const SERVER = process.env['KLIEG_PUBLIC_URL'] ?? 'http://127.0.0.1:8000'
const proxied = { target: SERVER, ws: true, changeOrigin: true }

/** The libraries below each page, but for those parts of them that only some pages use. */
const NEEDED_BY_EVERY_PAGE =
  /node_modules[\\/](react|react-dom|scheduler|@tanstack|use-sync-external-store)[\\/](?!.*(nfinite|queriesObserver|useQueries|useBlocker|mutationObserver|useMutation))/

export default defineConfig({
  // Relative to <base href> in index.html, so that a server mounted below a path changes that one line.
  base: './',
  plugins: [react()],
  // The server puts another one in its place for each answer.
  html: { cspNonce: 'NONCE_OF_THIS_ANSWER' },
  build: {
    outDir: path.join(import.meta.dirname, '../dist/web'),
    emptyOutDir: true,
    manifest: true,
    target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every page needs comes as one file, as many small ones are larger together.
          groups: [{ name: 'frame', test: NEEDED_BY_EVERY_PAGE }],
        },
      },
      // The SDK's index names everything; a page fetches what it uses.
      treeshake: { moduleSideEffects: [{ test: /[\\/]client[\\/](?!player)/, sideEffects: false }] },
    },
  },
  server: { proxy: { '^/(api|ws|whip|whep|docs|openapi)': proxied } },
})
