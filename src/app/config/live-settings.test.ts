import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { FakeSettingStore } from '../../../test/support/fake-setting-store.ts'
import { LIVE_SETTINGS, LiveSettings } from './live-settings.ts'
import { readConfig } from './read-config.ts'
import type { Config } from './schema.ts'

async function setUp(
  t: TestContext,
  {
    environment = {},
    inFile = {},
    overrides = {},
    saved = {},
  }: {
    environment?: NodeJS.ProcessEnv
    inFile?: object
    overrides?: Partial<Config>
    saved?: Record<string, string>
  } = {},
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'klieg-settings-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'klieg.config.json')
  writeFileSync(file, JSON.stringify(inFile))
  const config = readConfig(environment, file, overrides)
  const settings = new LiveSettings({ config, environment, file, logger: new FakeLogger() })
  const store = new FakeSettingStore()
  for (const [key, value] of Object.entries(saved)) store.saved.set(key, value)
  await settings.load(store)
  const of = (wanted: string) => {
    const found = settings.describe().find(({ key }) => key === wanted)
    return [found?.value, found?.origin, found?.change]
  }
  return { settings, store, config: settings.config, of }
}

describe('settings of a running server', () => {
  test('[AD15] a setting says what decided it, and a secret never what it is', async (t) => {
    const { settings, of } = await setUp(t, {
      inFile: { workers: 3, maxUploadMb: 7, port: 1234 },
      environment: { KLIEG_WORKERS: '2', KLIEG_SECRET: 'c39f0aab7e51d2846fe1'.repeat(2) },
      overrides: { port: 8181 },
    })
    assert.deepEqual(of('workers'), ['2', 'environment', 'restart'])
    assert.deepEqual(of('maxUploadMb'), ['7', 'file', 'locked'])
    assert.deepEqual(of('port'), ['8181', 'command line', 'restart'])
    assert.deepEqual(of('logLevel'), ['"info"', 'default', 'now'])
    assert.deepEqual(of('secret'), ['"(set)"', 'environment', 'restart'])
    assert.doesNotMatch(JSON.stringify(settings.describe()), /c39f0aab/)
  })

  test('[AD18] a change holds at once and after a restart, until it is taken back', async (t) => {
    const { settings, store, config, of } = await setUp(t)
    let told = 0
    settings.on(() => told++)
    await settings.change({ registration: true, watchLogDays: 30 })
    assert.deepEqual([config.registration, config.watchLogDays, told], [true, 30, 1])
    assert.deepEqual(of('watchLogDays'), ['30', 'saved', 'now'])

    const again = await setUp(t, { saved: Object.fromEntries(store.saved) })
    assert.deepEqual([again.config.registration, again.config.watchLogDays], [true, 30])

    await again.settings.change({ watchLogDays: null })
    assert.deepEqual([again.config.registration, again.config.watchLogDays], [true, 90])
    assert.deepEqual(again.of('watchLogDays'), ['90', 'default', 'now'])
    assert.deepEqual([...again.store.saved.keys()], ['registration'])
  })

  test('[AD19] what was said at the start wins over what was changed, and is locked', async (t) => {
    const { settings, config, of } = await setUp(t, {
      environment: { KLIEG_REGISTRATION: 'false' },
      inFile: { watchLogDays: 10 },
      saved: { registration: 'true', watchLogDays: '5', auditLogDays: '20' },
    })
    assert.deepEqual([config.registration, config.watchLogDays, config.auditLogDays], [false, 10, 20])
    assert.deepEqual(of('registration'), ['false', 'environment', 'locked'])
    for (const wish of [{ registration: true }, { watchLogDays: null }, { port: 80 }])
      await assert.rejects(settings.change(wish), { code: 'setting-fixed' })
  })

  test('[AD32] a change is checked by the schema, and made as a whole or not at all', async (t) => {
    const { settings, store, config } = await setUp(t)
    for (const wish of [
      { watchLogDays: 0 },
      { watchLogDays: '30' },
      { logLevel: 'loud' },
      { streamDefaultPermissionClasses: [] },
      { nothing: 1 },
    ])
      await assert.rejects(settings.change({ registration: true, ...wish }), { code: 'bad-request' })
    store.isAway = true
    await assert.rejects(settings.change({ registration: true }), { code: 'overloaded' })
    assert.equal(config.registration, false)
    assert.equal(store.saved.size, 0)
  })

  test('[AD32] what an earlier version saved and this one does not know is left out', async (t) => {
    const { config } = await setUp(t, {
      saved: { gone: '1', watchLogDays: '"many"', port: '1', auditLogDays: '{', maxUploadMb: '3' },
    })
    assert.deepEqual(
      [config.watchLogDays, config.port, config.auditLogDays, config.maxUploadMb],
      [90, 8000, 365, 3],
    )
  })

  test('[AD32] the page knows how each can be changed', async (t) => {
    const { settings } = await setUp(t)
    const inputs = new Map(settings.describe().map((setting) => [setting.key, setting]))
    for (const key of LIVE_SETTINGS) assert.notEqual(inputs.get(key)?.type, 'text', key)
    assert.deepEqual(inputs.get('logLevel')?.choices, ['silent', 'error', 'warn', 'info', 'debug'])
    assert.deepEqual(inputs.get('streamDefaultPermissionClasses')?.choices, ['AllowAny', 'IsAuthenticated'])
    const { minimum, maximum, type } = inputs.get('watchLogDays') ?? {}
    assert.deepEqual([minimum, maximum, type], [1, 3650, 'integer'])
  })
})
