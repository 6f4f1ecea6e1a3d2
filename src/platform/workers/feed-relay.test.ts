import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import type { Source } from '../../core/feed.ts'
import { Feeds } from '../../core/feeds.ts'
import type { Layer } from '../../core/layer.ts'
import type { TrackInfo } from '../../core/track-info.ts'
import { FeedRelay } from './feed-relay.ts'
import { FRAME_HEADER, type RelayOutlet, writeFrameHeader } from './relay-frame.ts'
import { type RelayEndpoint, RelaySwitch } from './relay-switch.ts'

const TRACKS: readonly TrackInfo[] = [
  { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2, layers: [{ rid: '' }] },
  { kind: 'video', codec: 'VP8', clockRate: 90_000, layers: [{ rid: 'h' }, { rid: 'l' }] },
]

const KEY_FRAME = Buffer.from([0x10, 0x00, 1, 2, 3])
const DELTA_FRAME = Buffer.from([0x10, 0x01, 1, 2, 3])

/** A process with feeds, without a process. */
class FakeProcess implements RelayEndpoint {
  readonly id: string
  readonly feeds = new Feeds()
  readonly relay: FeedRelay
  /** What the switch asked, in order. */
  readonly asked: string[] = []
  /** While true, nobody answers. */
  isDead = false

  constructor(id: string, relaySwitch: RelaySwitch) {
    this.id = id
    const send = (kind: number, channel: number, ...payload: Buffer[]) => {
      const bytes = Buffer.concat(payload)
      const header = Buffer.alloc(FRAME_HEADER)
      writeFrameHeader(header, 0, kind, channel, bytes.length)
      if (!this.isDead) relaySwitch.onFrame(this, Buffer.concat([header, bytes]))
    }
    const outlet: RelayOutlet = {
      packet: (channel, track, layer, packet, length) =>
        send(2, channel, Buffer.from([track, layer]), packet.subarray(0, length)),
      message: send,
    }
    this.relay = new FeedRelay({ feeds: this.feeds, clock: { monotonic: () => 0 }, outlet })
  }

  async importFeed(broadcastId: string, channel: number): Promise<void> {
    await this.#ask('importFeed')
    this.relay.importFeed(broadcastId, channel)
  }

  async exportFeed(broadcastId: string, channel: number): Promise<void> {
    await this.#ask('exportFeed')
    this.relay.exportFeed(broadcastId, channel)
  }

  async stopExport(channel: number): Promise<void> {
    await this.#ask('stopExport')
    await this.relay.stopExport(channel)
  }

  deliver(frame: Buffer): void {
    if (!this.isDead) this.relay.receive(frame)
  }

  async #ask(what: string): Promise<void> {
    this.asked.push(what)
    await turn()
    if (this.isDead) throw new Error('dead')
  }
}

class FakeSource implements Source {
  readonly requested: string[] = []

  requestKeyFrame(layer: Layer): void {
    this.requested.push(layer.rid)
  }
}

/** Reads a feed's layer, from the beginning of what is there. */
class FakeViewer {
  readonly packets: Buffer[] = []
  readonly closed = new Promise<'ended'>((resolve) => (this.leave = () => resolve('ended')))
  declare leave: () => void
  tracksSeen = 0
  layer: Layer | undefined
  readonly #place: readonly [number, number]

  constructor(track = 1, layer = 0) {
    this.#place = [track, layer]
  }

  tracksChanged(tracks: readonly { layers: readonly Layer[] }[]): void {
    this.tracksSeen++
    const [track, layer] = this.#place
    this.layer = tracks[track]?.layers[layer]
    this.layer?.readPackets({
      packetArrived: (from, index) => {
        const packet = Buffer.alloc(2000)
        this.packets.push(packet.subarray(0, from.history.read(index, packet)))
      },
    })
  }

  async close(): Promise<void> {
    this.leave()
  }
}

function setUp(...ids: string[]) {
  const logger = new FakeLogger()
  const relaySwitch = new RelaySwitch(logger)
  const processes = ids.map((id) => new FakeProcess(id, relaySwitch))
  const [origin, target, third] = processes
  assert.ok(origin && target)
  const source = new FakeSource()
  const tracks = origin.feeds.ensure('lecture').publish(source, TRACKS)
  const at = (track: number, layer: number) => {
    const found = tracks[track]?.layers[layer]
    assert.ok(found)
    return found
  }
  const viewer = new FakeViewer()
  target.feeds.ensure('lecture').attach(viewer)
  return {
    logger,
    relaySwitch,
    origin,
    target,
    third: third ?? target,
    source,
    viewer,
    audio: at(0, 0),
    high: at(1, 0),
    low: at(1, 1),
  }
}

function writeGroup(layer: Layer, { packets = 4, firstSequence = 100 } = {}): Buffer[] {
  return Array.from({ length: packets }, (_, index) => {
    const packet = rtpPacket({
      sequence: firstSequence + index,
      timestamp: (firstSequence + index) * 3000,
      ssrc: 77,
      payload: Buffer.concat([index === 0 ? KEY_FRAME : DELTA_FRAME, Buffer.alloc(index * 10, index)]),
    })
    layer.write(packet, 0)
    return packet
  })
}

describe('the relay', () => {
  test('[WK30] begins with the tracks, the capture clock and the current group of pictures', async () => {
    const { relaySwitch, origin, target, viewer, high } = setUp('a', 'b')
    writeGroup(high, { firstSequence: 10 })
    const group = writeGroup(high)
    high.captureClock = { rtpTimestamp: 300_000, capturedAt: 1_900_000_000_123 }
    high.bitrate = 2_500_000
    high.width = 1280
    high.height = 720

    await relaySwitch.route('lecture', origin, new Set([target]))

    assert.deepEqual(viewer.packets, group)
    const imported = target.feeds.get('lecture')?.tracks
    assert.deepEqual(
      imported?.map(({ info }) => info),
      TRACKS,
    )
    const layer = imported[1]?.layers[0]
    assert.equal(layer?.groupStart, 0)
    assert.deepEqual(layer.captureClock, high.captureClock)
    assert.deepEqual([layer.bitrate, layer.width, layer.height], [2_500_000, 1280, 720])
  })

  test('[WK31] every packet of every layer arrives byte by byte, in order', async () => {
    const { relaySwitch, origin, target, viewer, audio, high, low } = setUp('a', 'b')
    await relaySwitch.route('lecture', origin, new Set([target]))
    const others = [new FakeViewer(0, 0), new FakeViewer(1, 1)]
    for (const other of others) target.feeds.ensure('lecture').attach(other)

    const sound = rtpPacket({ sequence: 65_535, ssrc: 5, payload: Buffer.alloc(160, 9) })
    audio.write(sound, 0)
    const highGroup = writeGroup(high)
    const lowGroup = writeGroup(low, { packets: 2, firstSequence: 9 })

    assert.deepEqual(viewer.packets, highGroup)
    assert.deepEqual(others[0]?.packets, [sound])
    assert.deepEqual(others[1]?.packets, lowGroup)
  })

  test('[WK32] a change of the capture clock or the size is told with the next packet', async () => {
    const { relaySwitch, origin, target, viewer, high } = setUp('a', 'b')
    await relaySwitch.route('lecture', origin, new Set([target]))

    high.captureClock = { rtpTimestamp: 1, capturedAt: 2 }
    high.width = 640
    writeGroup(high, { packets: 1 })

    assert.deepEqual(viewer.layer?.captureClock, { rtpTimestamp: 1, capturedAt: 2 })
    assert.equal(viewer.layer.width, 640)
  })

  test('[WK33] a key-frame request goes back to the source of that layer', async () => {
    const { relaySwitch, origin, target, source, viewer } = setUp('a', 'b')
    await relaySwitch.route('lecture', origin, new Set([target]))
    const low = new FakeViewer(1, 1)
    target.feeds.ensure('lecture').attach(low)

    viewer.layer?.requestKeyFrame()
    low.layer?.requestKeyFrame()

    assert.deepEqual(source.requested, ['h', 'l'])
  })

  test('[WK34] a group of pictures that is too long to be worth it is not sent', async () => {
    const { relaySwitch, origin, target, viewer, high } = setUp('a', 'b')
    writeGroup(high, { packets: 3001 })

    await relaySwitch.route('lecture', origin, new Set([target]))

    assert.deepEqual(viewer.packets, [])
    assert.equal(viewer.tracksSeen, 1)
  })

  test('[WK35] another target begins with its own group and does not disturb those that are served', async () => {
    const { relaySwitch, origin, target, third, viewer, high } = setUp('a', 'b', 'c')
    await relaySwitch.route('lecture', origin, new Set([target]))
    const group = writeGroup(high)
    const newcomer = new FakeViewer()
    third.feeds.ensure('lecture').attach(newcomer)

    await relaySwitch.route('lecture', origin, new Set([target, third]))
    assert.deepEqual(newcomer.packets, group)
    assert.deepEqual(viewer.packets, group)
    assert.equal(viewer.tracksSeen, 1)

    await relaySwitch.route('lecture', origin, new Set([third]))
    const next = writeGroup(high, { firstSequence: 200 })
    assert.deepEqual(newcomer.packets, [...group, ...next])
    assert.deepEqual(viewer.packets, group)
    assert.equal(target.feeds.get('lecture')?.source, undefined)
  })

  test('[WK36] nothing is sent for a broadcast that nobody watches elsewhere', async () => {
    const { relaySwitch, origin, target, viewer, high } = setUp('a', 'b')
    await relaySwitch.route('lecture', origin, new Set([target]))
    await relaySwitch.route('lecture', origin, new Set())

    writeGroup(high)

    assert.deepEqual(viewer.packets, [])
    assert.equal(relaySwitch.size, 0)
    assert.deepEqual(origin.feeds.get('lecture')?.sinks, [])
  })

  test('[WK37] a publisher that comes back elsewhere goes on in the same feed', async () => {
    const { relaySwitch, origin, target, third, viewer } = setUp('a', 'b', 'c')
    await relaySwitch.route('lecture', origin, new Set([target]))
    await relaySwitch.route('lecture', undefined, new Set([target]))
    assert.equal(target.feeds.get('lecture')?.source, undefined)

    const [, video] = third.feeds.ensure('lecture').publish(new FakeSource(), TRACKS)
    await relaySwitch.route('lecture', third, new Set([target]))
    const layer = video?.layers[0]
    assert.ok(layer)
    const group = writeGroup(layer)

    assert.equal(viewer.tracksSeen, 2)
    assert.deepEqual(viewer.packets, group)
  })

  test('[WK38] when the origin dies, the targets learn it', async () => {
    const { relaySwitch, origin, target } = setUp('a', 'b')
    await relaySwitch.route('lecture', origin, new Set([target]))
    assert.ok(target.feeds.get('lecture')?.source)

    origin.isDead = true
    await relaySwitch.route('lecture', undefined, new Set([target]))

    assert.equal(target.feeds.get('lecture')?.source, undefined)
    assert.equal(relaySwitch.size, 0)
  })

  test('[WK39] when a target dies, the origin stops sending', async () => {
    const { logger, relaySwitch, origin, target, third } = setUp('a', 'b', 'c')
    target.isDead = true

    await relaySwitch.route('lecture', origin, new Set([target, third]))

    assert.equal(relaySwitch.size, 1)
    assert.equal(origin.feeds.get('lecture')?.sinks.length, 1)
    assert.deepEqual(
      logger.lines.map(({ level, message }) => [level, message]),
      [['warn', 'broadcast not relayed']],
    )
  })

  test('[WK40] many changes at once end in the latest', async () => {
    const { relaySwitch, origin, target, third, viewer, high } = setUp('a', 'b', 'c')

    await Promise.all([
      relaySwitch.route('lecture', origin, new Set([target])),
      relaySwitch.route('lecture', origin, new Set([third])),
      relaySwitch.route('lecture', undefined, new Set()),
      relaySwitch.route('lecture', origin, new Set([target])),
    ])
    const group = writeGroup(high)

    assert.equal(relaySwitch.size, 1)
    assert.deepEqual(viewer.packets, group)
  })

  test('[WK41] a feed that is closed and made anew at its origin is relayed anew', async () => {
    const { relaySwitch, origin, target, viewer } = setUp('a', 'b')
    await relaySwitch.route('lecture', origin, new Set([target]))

    await origin.feeds.close('lecture', 'ended')
    const [, video] = origin.feeds.ensure('lecture').publish(new FakeSource(), TRACKS)
    await relaySwitch.route('lecture', origin, new Set([target]))
    const layer = video?.layers[0]
    assert.ok(layer)

    assert.deepEqual(viewer.packets, writeGroup(layer))
  })

  test('[WK42] a feed is forgotten when neither source nor sink uses it', async () => {
    const { relaySwitch, origin, target, source, viewer } = setUp('a', 'b')
    await relaySwitch.route('lecture', origin, new Set([target]))

    viewer.leave()
    await turn()
    assert.equal(target.feeds.size, 1, 'the relay still writes it')
    await relaySwitch.route('lecture', origin, new Set())
    assert.equal(target.feeds.size, 0)

    origin.feeds.get('lecture')?.unpublish(source)
    assert.equal(origin.feeds.size, 0)
  })
})
