// Loaded before every file of unit tests: the runner ends each process once its tests are over, and the results of many
// quick tests are still on their way then.
import process from 'node:process'
import { after } from 'node:test'
import { setTimeout } from 'node:timers/promises'

/** Milliseconds. */
const ON_THEIR_WAY = 100

// Not in the runner itself, which has no tests.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) after(() => setTimeout(ON_THEIR_WAY))
