import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { assertPlaying, Browser } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'

const PEER = path.join(import.meta.dirname, '../support/python/whip_whep_peer.py')

describe('foreign peers', () => {
  test('[E2E8] aiortc publishes over WHIP; aiortc and Chromium watch', async () => {
    await using server = await KliegProcess.start()
    const { id, streamKey, urls } = await server.createBroadcast({ title: 'from Python' })
    const publisher = spawn('/usr/bin/python3', [PEER, 'publish', urls.whip, streamKey, '60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(publisher.stdout, 'data')
      await server.untilBroadcast(id, ({ state }) => state === 'live')

      const watched = await promisify(execFile)('/usr/bin/python3', [PEER, 'watch', urls.whep, '30'])
      assert.deepEqual(JSON.parse(watched.stdout), { width: 320, height: 240, frames: 30 })

      await using browser = await Browser.open()
      await assertPlaying(await browser.page(urls.view))
    } finally {
      publisher.kill()
      await once(publisher, 'exit')
    }
  })
})
