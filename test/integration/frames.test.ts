import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { eventually } from '../support/eventually.ts'
import { KliegProcess } from '../support/klieg-process.ts'

const PYTHON = '/usr/bin/python3'
const EXAMPLES = path.join(import.meta.dirname, '../../examples/opencv')
const PEER = path.join(import.meta.dirname, '../support/python/whip_whep_peer.py')
const run = promisify(execFile)

describe('a script that publishes frames', () => {
  let server: KliegProcess
  let address: string
  let publisher: ReturnType<typeof spawn>
  before(async () => {
    server = await KliegProcess.start()
    address = `${server.url.replace('http', 'ws')}/ws/video/pattern/`
    publisher = spawn(PYTHON, [path.join(EXAMPLES, 'publish.py'), address, '--fps', '25'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    await server.untilBroadcast('pattern', ({ state }) => state === 'live')
  })
  after(async () => {
    if (publisher.exitCode === null) {
      publisher.kill()
      await once(publisher, 'exit')
    }
    await server[Symbol.asyncDispose]()
  })

  test('[FR50] is watched by another script', async () => {
    const { stdout } = await run(
      PYTHON,
      [path.join(EXAMPLES, 'watch.py'), address, '--headless', '--frames', '30'],
      { timeout: 20_000 },
    )
    assert.equal(stdout.match(/^frame \d+: 640 x 480/gm)?.length, 30)
  })

  test('[FR50] is read by curl, as pictures and as one', async () => {
    const limited = spawnSync('curl', ['-s', '-m', '3', `${server.url}/frames/pattern.mjpeg?fps=5`])
    const parts = limited.stdout.toString('latin1').split('Content-Type: image/jpeg').length - 1
    assert.ok(parts >= 5 && parts <= 17, `${parts} parts`)
    const one = spawnSync('curl', ['-sf', `${server.url}/frames/pattern.jpg`]).stdout
    assert.deepEqual([one[0], one[1]], [0xff, 0xd8])
  })

  test("[FR50] is read by OpenCV's VideoCapture", async () => {
    const script = `
import cv2, sys
capture = cv2.VideoCapture(sys.argv[1])
print([capture.read()[1].shape for _ in range(10)][-1])`
    const { stdout } = await run(PYTHON, ['-c', script, `${server.url}/frames/pattern.mjpeg`], {
      timeout: 30_000,
    })
    assert.match(stdout, /\(480, 640, 3\)/)
  })

  test('[FR51] HLS and WebRTC carry it', async () => {
    await eventually(
      async () => (await fetch(`${server.url}/hls/pattern/index.m3u8`)).ok,
      () => server.log,
    )
    const probe = ['-v', 'error', '-show_entries', 'stream=codec_name,width', '-of', 'csv=p=0']
    const { stdout } = await run('ffprobe', [...probe, `${server.url}/hls/pattern/index.m3u8`], {
      timeout: 20_000,
    })
    assert.match(stdout, /h264,640/)
    const watched = await run(PYTHON, [PEER, 'watch', `${server.url}/whep/pattern`, '30', 'video'], {
      timeout: 30_000,
    })
    assert.deepEqual(JSON.parse(watched.stdout), { width: 640, height: 480, frames: 30 })
  })

  test('[FR51] the recording has it', async () => {
    await fetch(`${server.url}/api/broadcasts/pattern/stop`, { method: 'POST' })
    let video = ''
    await eventually(
      async () => {
        const { items } = (await (await fetch(`${server.url}/api/recordings`)).json()) as {
          items: { state: string; urls: { video: string } }[]
        }
        video = items[0]?.urls.video ?? ''
        return items[0]?.state === 'ready'
      },
      () => server.log,
    )
    const probe = ['-v', 'error', '-show_entries', 'stream=codec_name,nb_frames', '-of', 'csv=p=0']
    const { stdout } = await run('ffprobe', [...probe, new URL(video, server.url).href], { timeout: 20_000 })
    assert.ok(Number(/h264,(\d+)/.exec(stdout)?.[1]) > 50, stdout)
  })
})
