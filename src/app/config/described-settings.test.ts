import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { describedSettings } from './described-settings.ts'
import { readConfig } from './read-config.ts'

test('[AD15] a setting says what decided it, and a secret never what it is', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'klieg-settings-'))
  try {
    const file = path.join(folder, 'klieg.config.json')
    writeFileSync(file, JSON.stringify({ workers: 3, maxUploadMb: 7, port: 1234 }))
    const environment = { KLIEG_WORKERS: '2', KLIEG_SECRET: 'c39f0aab7e51d2846fe1'.repeat(2) }
    const settings = describedSettings(readConfig(environment, file, { port: 8181 }), environment, file)
    const of = (wanted: string) => {
      const { value, origin } = settings.find(({ key }) => key === wanted) ?? {}
      return [value, origin]
    }
    assert.deepEqual(of('workers'), ['2', 'environment'])
    assert.deepEqual(of('maxUploadMb'), ['7', 'file'])
    assert.deepEqual(of('port'), ['8181', 'command line'])
    assert.deepEqual(of('logLevel'), ['"info"', 'default'])
    assert.deepEqual(of('secret'), ['"(set)"', 'environment'])
    assert.doesNotMatch(JSON.stringify(settings), /c39f0aab/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
