import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { recorded, type RecordedOptions } from '../../../../test/support/recorded.ts'
import { assertDecodes, writePlaylists } from '../../../../test/support/recording-crash.ts'
import { Mp4Maker } from './mp4-maker.ts'

async function setUp(options: RecordedOptions = {}, free?: number) {
  const made = await recorded(options)
  const maker = new Mp4Maker({
    folder: (id) => made.storage.folder(id),
    free: async () => free ?? made.storage.free(),
    minFree: 1_000_000,
  })
  const wish = { id: made.id, title: made.recording.title, renditions: made.recording.journals }
  return { made, maker, wish, [Symbol.dispose]: () => made[Symbol.dispose]() }
}

type Probe = {
  streams: { codec_name: string; duration: string; start_time: string; nb_frames: string; width?: number }[]
  format: { duration: string; tags: Record<string, string> }
}

function probe(file: string): Probe {
  const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', file]
  const { stdout, stderr } = spawnSync('ffprobe', args, { encoding: 'utf8' })
  assert.equal(stderr, '')
  return JSON.parse(stdout) as Probe
}

/** Types of the boxes of a file, in order. */
function boxesOf(file: string): string[] {
  const bytes = readFileSync(file)
  const types: string[] = []
  for (let offset = 0; offset < bytes.length; offset += bytes.readUInt32BE(offset))
    types.push(bytes.toString('latin1', offset + 4, offset + 8))
  return types
}

describe('the one file of a recording', () => {
  test('[RC50] it has all of picture and sound, can be sought in, begins with its index and knows its title', async () => {
    using rig = await setUp({ title: 'Ünïcode "title"', play: (publisher) => publisher.play(9) })
    const file = await rig.maker.fileOf(rig.wish)

    assert.equal(file, rig.made.file('video.mp4'))
    const { streams, format } = probe(file)
    assert.deepEqual(
      streams.map(({ codec_name }) => codec_name),
      ['h264', 'opus'],
    )
    for (const { duration, start_time } of streams) {
      assert.ok(Math.abs(Number(duration) - 9) < 0.3, duration)
      assert.ok(Math.abs(Number(start_time)) < 0.05, start_time)
    }
    assert.equal(streams[0]?.nb_frames, String(Math.round(rig.made.publisher.handed * 30)))
    assert.equal(format.tags['title'], 'Ünïcode "title"')
    const boxes = boxesOf(file)
    assert.ok(boxes.indexOf('moov') < boxes.indexOf('mdat'))
    assert.ok(!boxes.includes('moof'))
    await assertDecodes(file)
  })

  test('[RC51] gaps are closed up, and a picture that was turned on the way is decoded', async () => {
    using rig = await setUp({
      play: async (publisher) => {
        publisher.play(4)
        publisher.gap(60)
        publisher.play(4)
        await publisher.changePicture()
        publisher.play(4)
      },
    })
    const file = await rig.maker.fileOf(rig.wish)
    const { streams } = probe(file)
    for (const { duration } of streams) assert.ok(Math.abs(Number(duration) - 12) < 0.8, duration)
    await assertDecodes(file)
    const sizes = spawnSync(
      'ffprobe',
      ['-v', 'error', '-of', 'csv=p=0', '-select_streams', 'v', '-show_entries', 'frame=width,height', file],
      { encoding: 'utf8' },
    ).stdout
    assert.deepEqual(new Set(sizes.match(/\d+,\d+/g)), new Set(['320,180', '180,320']))
  })

  test('[RC52] many who ask at once cause it to be made once; afterwards it is there', async () => {
    using rig = await setUp()
    const files = await Promise.all(Array.from({ length: 8 }, () => rig.maker.fileOf(rig.wish)))
    assert.equal(new Set(files).size, 1)
    assert.equal(rig.maker.made, 1)
    await rig.maker.fileOf(rig.wish)
    assert.equal(rig.maker.made, 1)
  })

  test('[RC53] sound alone, or pictures alone, make a file too', async () => {
    for (const ids of [['a0'], ['v1']] as const) {
      using rig = await setUp({ ids })
      const file = await rig.maker.fileOf(rig.wish)
      assert.equal(probe(file).streams.length, 1)
      await assertDecodes(file)
    }
  })

  test('[RC54] what cannot be made leaves nothing behind: no room, damaged media, a removed recording', async () => {
    using full = await setUp({}, 1_100_000)
    await assert.rejects(full.maker.fileOf(full.wish), { code: 'no-space' })

    using damaged = await setUp()
    const media = damaged.made.file('v0-0.mp4')
    writeFileSync(media, readFileSync(media).subarray(0, 2000))
    await assert.rejects(damaged.maker.fileOf(damaged.wish))
    assert.deepEqual(
      readdirSync(damaged.made.file('.')).filter((name) => name.startsWith('video')),
      [],
    )

    using removed = await setUp({ play: (publisher) => publisher.play(60) })
    const making = removed.maker.fileOf(removed.wish)
    making.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 60))
    await removed.maker.release(removed.made.id)
    await assert.rejects(making, { code: 'recording-not-found' })
    assert.ok(!existsSync(removed.made.file('video.mp4')))
  })

  test('[RC55] what a crash left of it does not become the file', async () => {
    using rig = await setUp()
    writeFileSync(rig.made.file('video.mp4.tmp'), 'half')
    const file = await rig.maker.fileOf(rig.wish)
    const head = Buffer.alloc(8)
    readSync(openSync(file, 'r'), head, 0, 8, 0)
    assert.equal(head.toString('latin1', 4), 'ftyp')
  })

  test('[RC56] the replay decodes across a gap as well', async () => {
    using rig = await setUp({
      play: (publisher) => {
        publisher.play(5)
        publisher.gap(30)
        publisher.play(5)
      },
    })
    const playlist = await writePlaylists(rig.made.storage, rig.made.id)
    const { streams } = probe(playlist.replace('index', 'v0'))
    assert.equal(streams[0]?.codec_name, 'h264')
    await assertDecodes(playlist)
  })
})
