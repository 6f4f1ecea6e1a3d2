// Runs an example in this repository without a build: node --import ./examples/from-source.js examples/express/server.ts
import { registerHooks } from 'node:module'

const ENTRIES = {
  'klieg/broadcast': new URL('../src/app/broadcast/broadcast.ts', import.meta.url).href,
  'klieg/streaming': new URL('../src/protocols/vod/streaming.ts', import.meta.url).href,
}

registerHooks({
  resolve: (specifier, context, next) => next(ENTRIES[specifier] ?? specifier, context),
})
