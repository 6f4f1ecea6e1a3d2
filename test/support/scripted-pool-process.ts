/** A process with a pool of two workers, for tests that end it. Prints their process ids, then does nothing. */
import process from 'node:process'
import { startScriptedPool } from './scripted-pool.ts'
import { eventually } from './eventually.ts'

const pool = await startScriptedPool({ workers: 2 })
await eventually(
  () => pool.stats().length === 2,
  () => 'no statistics',
)
process.stdout.write(`${JSON.stringify(pool.stats().map(({ pid }) => pid))}\n`)
setInterval(() => undefined, 1000)
