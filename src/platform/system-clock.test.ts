import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from './system-clock.ts'

test('[CLK1] a cancelled task does not run, and a waiting one does not keep the process alive', async () => {
  const ran: string[] = []
  const cancel = systemClock.after(1, () => ran.push('cancelled'))
  systemClock.after(1, () => ran.push('kept'))
  cancel()
  await sleep(20)
  assert.deepEqual(ran, ['kept'])

  const file = JSON.stringify(path.join(import.meta.dirname, 'system-clock.ts'))
  const script = `import(${file}).then(({ systemClock }) => systemClock.after(600_000, () => {}))`
  execFileSync(process.execPath, ['-e', script], { timeout: 20_000 })
})
