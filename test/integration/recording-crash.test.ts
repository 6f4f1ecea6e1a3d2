import { test } from 'node:test'
import { proveThatACrashLosesLittle } from '../support/recording-crash.ts'

for (let run = 1; run <= 5; run++)
  test(`[RC30] a recorder that is killed at any point loses at most the last second (${run} of 5)`, () =>
    proveThatACrashLosesLittle())
