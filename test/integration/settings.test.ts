import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { KliegProcess } from '../support/klieg-process.ts'

type Setting = { key: string; value: string; origin: string; change: string }

const changeTo = (server: KliegProcess, wishes: object) =>
  fetch(`${server.url}/api/admin/settings`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wishes),
  })

async function jsonOf<Body>(server: KliegProcess, route: string, init?: RequestInit): Promise<Body> {
  return (await (await fetch(server.url + route, init)).json()) as Body
}

const newBroadcast = (server: KliegProcess) =>
  jsonOf<{ record: boolean; chat: boolean }>(server, '/api/broadcasts', { method: 'POST' })

async function settingsOf(server: KliegProcess) {
  const { items } = await jsonOf<{ items: Setting[] }>(server, '/api/admin/settings')
  return new Map(items.map(({ key, value, origin, change }) => [key, [value, origin, change]]))
}

test('[AD33] a change is felt at once, after a restart, and is told to the audit log', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'klieg-settings-'))
  try {
    {
      await using server = await KliegProcess.start({ dataDir })
      assert.equal((await newBroadcast(server)).record, true)
      const wishes = { recordByDefault: false, chatByDefault: false, maxUploadMb: 3, logLevel: 'debug' }
      assert.equal((await changeTo(server, wishes)).status, 200)

      const { record, chat } = await newBroadcast(server)
      assert.deepEqual([record, chat], [false, false])
      const { uploads } = await jsonOf<{ uploads: { maxSize: number } }>(server, '/api/library')
      assert.equal(uploads.maxSize, 3 * 1024 * 1024)
      const upload = await fetch(`${server.url}/api/uploads`, {
        method: 'POST',
        headers: {
          'tus-resumable': '1.0.0',
          'upload-length': '4000000',
          'upload-metadata': 'filename YS5tcDQ=',
        },
      })
      assert.equal(upload.status, 413)
      assert.equal((await changeTo(server, { port: 1 })).status, 409)

      const { items } = await jsonOf<{ items: { action: string; detail: string; result: string }[] }>(
        server,
        '/api/audit-log?action=settings.change',
      )
      assert.deepEqual(
        items.map(({ detail, result }) => [result, detail]),
        [['done', 'recordByDefault: false, chatByDefault: false, maxUploadMb: 3, logLevel: debug']],
      )
    }
    await using again = await KliegProcess.start({ dataDir, env: { KLIEG_MAX_UPLOAD_MB: '5' } })
    assert.equal((await newBroadcast(again)).record, false)
    const settings = await settingsOf(again)
    assert.deepEqual(settings.get('recordByDefault'), ['false', 'saved', 'now'])
    assert.deepEqual(settings.get('maxUploadMb'), ['5', 'environment', 'locked'])
    assert.deepEqual(settings.get('workers')?.[2], 'restart')
    assert.equal((await changeTo(again, { maxUploadMb: 9 })).status, 409)
    assert.equal((await changeTo(again, { recordByDefault: null })).status, 200)
    assert.equal((await newBroadcast(again)).record, true)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
