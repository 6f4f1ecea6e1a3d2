import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import type { Rendition, RenditionReader, Segment } from '../../core/packaging/rendition.ts'
import type { Archive } from './archive.ts'
import { HlsStreams } from './hls-streams.ts'

const SEGMENT_SECONDS = 2
const bytesOf = (number: number) => Buffer.from(`segment ${number}`)

/** A recording that has what it was told it has. */
class FakeArchive implements Archive {
  readonly numbers = new Set<number>()
  readonly reads: number[] = []

  has(_rendition: string, number: number): boolean {
    return this.numbers.has(number)
  }

  async read(_rendition: string, number: number): Promise<Buffer | undefined> {
    this.reads.push(number)
    return this.numbers.has(number) ? bytesOf(number) : undefined
  }
}

function setUp({ archive, window = 300 }: { archive?: Archive; window?: number } = {}) {
  const streams = new HlsStreams({ clock: new FakeClock(), targetDuration: 4, window })
  streams.begin({ id: 'lecture' }, archive)
  const stream = streams.get('lecture')
  assert.ok(stream)
  let reader: RenditionReader | undefined
  const rendition: Rendition = {
    id: 'v0',
    kind: 'video',
    codec: 'H264',
    partTarget: 0.25,
    read: (wanted) => {
      reader = wanted
      return () => undefined
    },
  }
  stream.renditionAdded(rendition)
  stream.renditionsChanged([rendition])
  const initialization = {
    number: 0,
    bytes: Buffer.from('init'),
    codecs: 'avc1.42c01f',
    width: 640,
    height: 360,
  }
  const add = (count: number, from = 0) => {
    for (let number = from; number < from + count; number++) {
      const part = { bytes: bytesOf(number), duration: SEGMENT_SECONDS, independent: true }
      const segment: Segment = {
        ...{ number, initialization, parts: [part], duration: SEGMENT_SECONDS },
        ...{
          startedAt: number * SEGMENT_SECONDS * 1000,
          discontinuity: false,
          discontinuities: 0,
          complete: true,
        },
      }
      reader?.partCompleted(rendition, segment, part)
      reader?.segmentCompleted(rendition, segment)
    }
  }
  const held = stream.window('v0')
  assert.ok(held)
  const read = async (number: number) => Buffer.concat([...((await held.read(number)) ?? [])]).toString()
  return { stream, window: held, add, read }
}

describe('the archive behind HLS', () => {
  test('[DVR1] what is older than a minute is read from the recording, what is newer is not', async () => {
    const archive = new FakeArchive()
    for (let number = 0; number < 100; number++) archive.numbers.add(number)
    const { add, read } = setUp({ archive })
    add(100)

    assert.equal(await read(10), 'segment 10')
    assert.equal(await read(95), 'segment 95')
    assert.deepEqual(archive.reads, [10])
  })

  test('[DVR2] what the recording does not have stays in memory for a while', async () => {
    const archive = new FakeArchive()
    const { add, read } = setUp({ archive, window: Infinity })
    add(100)
    assert.equal(await read(10), 'segment 10')
    assert.deepEqual(archive.reads, [])

    add(200, 100)
    assert.equal(await read(10), '')
  })

  test('[DVR3] without a recording it goes back a minute', () => {
    const { stream, window, add } = setUp()
    add(100)
    assert.equal(window.listed.length, 30)
    assert.doesNotMatch(stream.playlist(window, false), /EVENT/)
  })

  test('[DVR3] with one it goes back as far as configured, and from the beginning as an EVENT', () => {
    const archive = new FakeArchive()
    const limited = setUp({ archive, window: 100 })
    limited.add(100)
    assert.equal(limited.window.listed.length, 50)

    const whole = setUp({ archive, window: Infinity })
    whole.add(400)
    assert.equal(whole.window.listed.length, 400)
    assert.match(
      whole.stream.playlist(whole.window, false),
      /#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQUENCE:0\n/,
    )
  })
})
