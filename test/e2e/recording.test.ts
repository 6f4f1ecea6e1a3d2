import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { Browser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { assertDecodes } from '../support/recording-crash.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Recording = {
  id: string
  title: string
  state: string
  duration: number
  truncated: boolean
  codecs: string[]
  urls: { playlist: string; video: string; poster: string }
}

async function recordingsOf(server: KliegProcess): Promise<Recording[]> {
  const response = await fetch(`${server.url}/api/recordings`)
  return ((await response.json()) as { items: Recording[] }).items
}

async function goLive(studio: Page, title: string): Promise<void> {
  await studio.getByRole('textbox', { name: 'Title' }).fill(title)
  await studio.getByRole('button', { name: 'Go live', exact: true }).click()
  await studio.getByText('LIVE', { exact: true }).first().waitFor({ timeout: 15_000 })
}

async function untilReady(server: KliegProcess, title: string): Promise<Recording> {
  let found: Recording | undefined
  await eventually(
    async () => {
      found = (await recordingsOf(server)).find((one) => one.title === title)
      return found?.state === 'ready'
    },
    () => `"${title}" is ${JSON.stringify(found)}\n${server.log}`,
  )
  assert.ok(found)
  return found
}

/** Seconds between the first packet and the end of the last, by kind. */
function durations(url: string): Record<string, number> {
  const args = ['-v', 'error', '-of', 'json', '-show_entries', 'stream=codec_type,duration', url]
  const { streams } = JSON.parse(spawnSync('ffprobe', args, { encoding: 'utf8' }).stdout) as {
    streams: { codec_type: string; duration: string }[]
  }
  return Object.fromEntries(streams.map(({ codec_type, duration }) => [codec_type, Number(duration)]))
}

describe('recordings, with a real browser that publishes', () => {
  test('[RC80] what was live when the server was killed is there after the next start, but for the last second', async () => {
    using data = temporaryFolder()
    await using browser = await Browser.open()
    await using first = await KliegProcess.start({ dataDir: data.path })
    const studio = await browser.page(`${first.url}/broadcast/`)
    await goLive(studio, 'Killed')
    await eventually(
      async () => ((await recordingsOf(first))[0]?.duration ?? 0) > 0,
      () => first.log,
    )
    await sleep(5000)
    const before = (await recordingsOf(first))[0]?.duration ?? 0
    assert.ok(before > 2, `${before} s after 5 s`)
    first.kill('SIGKILL')
    await first.exited()
    await studio.close()

    await using second = await KliegProcess.start({ dataDir: data.path })
    const { truncated, duration, codecs, urls } = await untilReady(second, 'Killed')
    assert.equal(truncated, false)
    assert.ok(duration >= before, `${duration} s, ${before} s were told before`)
    assert.deepEqual(
      new Set(codecs.map((codec) => codec.split('.')[0])), // a browser changes its level as it likes
      new Set(['avc1', 'opus']),
    )
    await assertDecodes(urls.playlist)
    await assertDecodes(urls.video)
    const { video = 0, audio = 0 } = durations(urls.video)
    assert.ok(Math.abs(video - audio) < 1, `${video} s of picture, ${audio} s of sound`)
    const poster = await fetch(urls.poster)
    assert.equal(poster.headers.get('content-type'), 'image/jpeg')
  })

  test('[RC81] a publisher who comes back goes on in the same recording; a shutdown finishes it', async () => {
    using data = temporaryFolder()
    await using browser = await Browser.open()
    await using first = await KliegProcess.start({ dataDir: data.path })
    const studio = await browser.page(`${first.url}/broadcast/`)
    await goLive(studio, 'Comes back')
    await sleep(4000)
    studio.on('dialog', (dialog) => void dialog.accept())
    await studio.reload()
    await studio.getByRole('button', { name: 'Continue broadcasting' }).click()
    await studio.getByText('LIVE', { exact: true }).first().waitFor({ timeout: 15_000 })
    await sleep(5000)
    const [live, ...others] = await recordingsOf(first)
    assert.equal(live?.state, 'recording')
    assert.deepEqual(others, [])
    first.kill('SIGTERM')
    await first.exited()

    await using second = await KliegProcess.start({ dataDir: data.path })
    const { urls, truncated } = await untilReady(second, 'Comes back')
    assert.equal(truncated, false)
    assert.doesNotMatch(second.log, /recording recovered/)
    const playlist = await (await fetch(urls.playlist.replace('index', 'v0'))).text()
    assert.equal(playlist.match(/#EXT-X-DISCONTINUITY\n/g)?.length, 1)
    await assertDecodes(urls.playlist)
    await assertDecodes(urls.video)
  })
})
