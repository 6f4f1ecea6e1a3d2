#!/usr/bin/env node
// The published command: plain JavaScript that says clearly when Node is too old for what follows.
import process from 'node:process'

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`Klieg needs Node 24 or later; this is ${process.version}.\n`)
  process.exit(1)
}
await import('../dist/bin/klieg.js')
