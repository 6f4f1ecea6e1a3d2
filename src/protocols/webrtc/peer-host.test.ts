import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isVideo, peerRig, picture, sequences, settled, timestamps } from '../../../test/support/peer-rig.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { OBS } from '../../media/sdp/fixtures/offers.ts'
import {
  blockLastReport,
  mediaSsrc,
  packetLength,
  packetType,
  rembBitrate,
  reportBlock,
} from '../../media/rtcp/read.ts'
import { writeNack, writePli, writeReceiverReport, writeSenderReport } from '../../media/rtcp/write.ts'

/** RTCP packets of one kind among what was sent. */
const rtcp = (sent: readonly Buffer[], type: number, format?: number) =>
  sent.filter((packet) => packet[1] === type && (format === undefined || ((packet[0] ?? 0) & 31) === format))
const written = (write: (target: Buffer) => number) => {
  const target = Buffer.alloc(256)
  return target.subarray(0, write(target))
}
const videoSsrc = (sent: readonly Buffer[]) => sent.find(isVideo)?.readUInt32BE(8) ?? 0
const gaps = (values: readonly number[]) =>
  values.slice(1).map((value, index) => (value - (values[index] ?? 0)) & 0xffff)

describe('a publisher', () => {
  test('[PUB1] its packets reach every viewer under that viewer’s own SSRC, with nothing lost', async () => {
    const { publish, watch } = peerRig()
    const publisher = await publish()
    const viewers = [await watch('one'), await watch('two')]
    for (let sequence = 1; sequence <= 20; sequence++)
      publisher.receive(picture(sequence, { key: sequence === 1 }))

    for (const { sent } of viewers) {
      const video = sent.filter(isVideo)
      assert.equal(video.length, 20)
      assert.deepEqual(new Set(gaps(sequences(video))), new Set([1]))
      assert.equal(new Set(video.map((packet) => packet.readUInt32BE(8))).size, 1)
    }
    assert.notEqual(videoSsrc(viewers[0]?.sent ?? []), videoSsrc(viewers[1]?.sent ?? []))
  })

  test('[PUB2] layers are told apart by RID, and the best is named first once its size is known', async () => {
    const { publish, clock, latest, feeds } = peerRig()
    const publisher = await publish('p', { simulcast: true })
    publisher.receive(picture(1, { key: true, ssrc: 11, rid: 'q' }))
    publisher.receive(picture(1, { key: true, ssrc: 13, rid: 'f' }))
    publisher.receive(picture(2, { ssrc: 13 })) // later packets carry no RID

    const video = feeds.get('b')?.tracks.find(({ info }) => info.kind === 'video')
    assert.deepEqual(
      video?.layers.map(({ rid, history }) => [rid, history.next]),
      [
        ['q', 1],
        ['h', 0],
        ['f', 2],
      ],
    )
    clock.advance(1100)
    const layers = latest('tracksChanged')?.tracks.find(({ kind }) => kind === 'video')?.layers
    assert.equal(layers?.at(-1)?.rid, 'h', 'the one without a picture is last')
  })

  test('[PUB3] a missing packet is asked for, a few times, and no more once it came', async () => {
    const { publish, clock } = peerRig()
    const publisher = await publish()
    publisher.receive(picture(1, { key: true }))
    publisher.receive(picture(3))
    assert.deepEqual(
      rtcp(publisher.sent, 205).map((nack) => nack.readUInt16BE(12)),
      [2],
    )
    clock.advance(2000)
    const asked = rtcp(publisher.sent, 205).length
    assert.ok(asked > 1 && asked <= 4, `${asked} times`)
    clock.advance(2000)
    assert.equal(rtcp(publisher.sent, 205).length, asked)
  })

  test('[PUB4] it hears at once that it may send at full rate, and receives reports each second', async () => {
    const { publish, clock } = peerRig()
    const publisher = await publish()
    publisher.receive(picture(1, { key: true }))
    assert.equal(rembBitrate(rtcp(publisher.sent, 206, 15)[0] ?? Buffer.alloc(0), 0) > 7_900_000, true)

    publisher.receive(written((target) => writeSenderReport(target, 2001, clock.now(), 3000, 1, 1)))
    clock.advance(1100)
    const report = rtcp(publisher.sent, 201).at(-1) ?? Buffer.alloc(0)
    assert.notEqual(blockLastReport(report, reportBlock(report, 0, 0)), 0)
  })

  test('[PUB5] key-frame requests are merged: one per 500 ms and layer, the last one is not lost', async () => {
    const { publish, watch, clock } = peerRig()
    const publisher = await publish()
    publisher.receive(picture(1, { key: true }))
    const viewer = await watch()
    const ssrc = videoSsrc(viewer.sent)
    const before = rtcp(publisher.sent, 206, 1).length
    for (let i = 0; i < 10; i++) viewer.receive(written((target) => writePli(target, 1, ssrc)))
    assert.equal(rtcp(publisher.sent, 206, 1).length, before + 1)
    assert.equal(mediaSsrc(rtcp(publisher.sent, 206, 1)[0] ?? Buffer.alloc(12), 0), 2001)
    clock.advance(700)
    assert.equal(rtcp(publisher.sent, 206, 1).length, before + 2)
  })

  test('[PUB6] silence of 5 s, a BYE and the end of its pipe each end it', async () => {
    const { publish, clock, latest } = peerRig()
    const quiet = await publish('quiet')
    clock.advance(4900)
    assert.equal(quiet.state, 'connected')
    clock.advance(300)
    await settled()
    assert.deepEqual(latest('sessionClosed'), { sessionId: 'quiet', reason: 'timeout' })

    const polite = await publish('polite')
    polite.receive(picture(1, { key: true }))
    polite.receive(Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 1]))
    await settled()
    assert.deepEqual(latest('sessionClosed'), { sessionId: 'polite', reason: 'ended' })
  })

  test('[PUB7] an encoder that is deaf to key-frame requests is warned about, one that answers is not', async () => {
    const { publish, clock, latest } = peerRig()
    const publisher = await publish()
    let sequence = 1
    let answering = true
    let answered = 0
    publisher.receive(picture(sequence, { key: true }))
    const second = () => {
      for (let i = 0; i < 10; i++) {
        clock.advance(100)
        const asked = rtcp(publisher.sent, 206, 1).length
        publisher.receive(picture(++sequence, { key: answering && asked > answered }))
        answered = asked
      }
    }
    for (let i = 0; i < 12; i++) second()
    assert.deepEqual(latest('publisherReported')?.warnings, [])

    answering = false
    for (let i = 0; i < 7; i++) second()
    assert.deepEqual(latest('publisherReported')?.warnings, ['long-key-frame-interval'])
  })

  test('[PUB8] garbage from it hurts nobody', async () => {
    const { publish, watch } = peerRig()
    const publisher = await publish()
    const viewer = await watch()
    for (const bytes of [[], [0x80], [0x80, 200, 0xff, 0xff], [0xbf, 96, 0, 0], Array<number>(40).fill(0xff)])
      publisher.receive(Buffer.from(bytes))
    publisher.receive(rtpPacket({ payloadType: 77, ssrc: 99 }))
    publisher.receive(picture(1, { key: true }))
    assert.equal(viewer.sent.filter(isVideo).length, 1)
  })
})

describe('a viewer', () => {
  test('[VIEW1] it begins with the kept group of pictures, squeezed so that the newest shows at once, and goes on live', async () => {
    const { publish, watch } = peerRig()
    const publisher = await publish()
    for (let sequence = 1; sequence <= 30; sequence++)
      publisher.receive(picture(sequence, { key: sequence === 1 }))
    const viewer = await watch()
    publisher.receive(picture(31))
    publisher.receive(picture(32))

    const video = viewer.sent.filter(isVideo)
    assert.equal(video.length, 32)
    assert.deepEqual(new Set(gaps(sequences(video))), new Set([1]))
    const times = timestamps(video)
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    assert.ok(
      steps.slice(0, 29).every((step) => step > 0 && step < 100),
      `old pictures are ${steps.slice(0, 5).join()} apart`,
    )
    assert.deepEqual(steps.slice(-2), [3000, 3000])
  })

  test('[VIEW2] with the key-frame strategy it begins with the next key frame, which is asked for', async () => {
    const { publish, watch } = peerRig({ firstFrame: 'key-frame' })
    const publisher = await publish()
    publisher.receive(picture(1, { key: true }))
    publisher.receive(picture(2))
    const viewer = await watch()
    publisher.receive(picture(3))
    assert.equal(viewer.sent.filter(isVideo).length, 0)
    assert.ok(rtcp(publisher.sent, 206, 1).length > 0)

    publisher.receive(picture(4, { key: true }))
    assert.equal(viewer.sent.filter(isVideo).length, 1)
  })

  test('[VIEW3] when the publisher returns, its stream goes on without a step back', async () => {
    const { publish, watch, clock } = peerRig()
    const first = await publish('first')
    const viewer = await watch()
    for (let sequence = 65_530; sequence <= 65_540; sequence++)
      first.receive(picture(sequence, { key: sequence === 65_530 }))
    await first.close('failed')
    clock.advance(3000)
    const second = await publish('second')
    for (let sequence = 500; sequence < 505; sequence++)
      second.receive(picture(sequence, { key: sequence === 500, ssrc: 7 }))

    const video = viewer.sent.filter(isVideo)
    assert.equal(video.length, 16)
    assert.deepEqual(new Set(gaps(sequences(video))), new Set([1]))
    const pause = (timestamps(video)[11] ?? 0) - (timestamps(video)[10] ?? 0)
    assert.ok(pause > 2.5 * 90_000 && pause < 3.5 * 90_000, `${pause} ticks for 3 s`)
  })

  test('[VIEW4] another codec than it agreed on ends it as incompatible', async () => {
    const { publish, watch, host, latest } = peerRig()
    await publish()
    await watch()
    await host.publish({ sessionId: 'obs', broadcastId: 'b', offer: OBS })
    await settled()
    assert.deepEqual(latest('sessionClosed'), { sessionId: 'viewer', reason: 'incompatible' })
  })

  test('[VIEW5] what it misses is sent again as it was, and not without bound', async () => {
    const { publish, watch } = peerRig()
    const publisher = await publish()
    publisher.receive(picture(1, { key: true }))
    const viewer = await watch()
    for (let sequence = 2; sequence <= 10; sequence++) publisher.receive(picture(sequence))
    const video = viewer.sent.filter(isVideo)
    const wanted = video[4] ?? Buffer.alloc(0)
    const nack = written((target) => writeNack(target, 1, videoSsrc(video), wanted.readUInt16BE(2), 0))

    viewer.receive(nack)
    assert.deepEqual(viewer.sent.at(-1), wanted)
    const before = viewer.sent.length
    for (let i = 0; i < 1000; i++) viewer.receive(nack)
    assert.ok(viewer.sent.length - before <= 200, `${viewer.sent.length - before} resent`)
  })

  test('[VIEW6] one that falls silent is closed after 8 s, one that reports stays', async () => {
    const { publish, watch, clock, latest } = peerRig()
    const publisher = await publish()
    const [silent, reporting] = [await watch('silent'), await watch('reporting')]
    for (let i = 0; i < 9; i++) {
      clock.advance(1000)
      publisher.receive(picture(i, { key: true }))
      reporting.receive(written((target) => writeReceiverReport(target, 1, [])))
    }
    clock.advance(200)
    await settled()
    assert.deepEqual([silent.state, reporting.state], ['closed', 'connected'])
    assert.deepEqual(latest('sessionClosed'), { sessionId: 'silent', reason: 'timeout' })
  })

  test('[VIEW7] it is told when its pictures were taken, in its own timestamps, by the server’s clock', async () => {
    const { publish, watch, clock, host, latest } = peerRig()
    const publisher = await publish()
    await host.setClockOffset('publisher', 5000)
    publisher.receive(picture(1, { key: true }))
    const viewer = await watch()
    const takenAt = clock.now() - 5000
    publisher.receive(written((target) => writeSenderReport(target, 2001, takenAt, 3000, 1, 1)))
    clock.advance(1100)

    const told = latest('captureClock')
    assert.ok(Math.abs((told?.capturedAt ?? 0) - (takenAt + 5000)) < 1)
    assert.equal(told?.rtpTimestamp, timestamps(viewer.sent.filter(isVideo))[0])
    const report = rtcp(viewer.sent, 200).at(-1) ?? Buffer.alloc(0)
    assert.equal(packetLength(report, 0), 28)
    assert.equal(packetType(report, 0), 200)
  })

  test('[VIEW8] layers change at a key frame only, with the numbering unbroken; what it chose is kept', async () => {
    const { publish, watch, clock, host } = peerRig()
    const publisher = await publish('p', { simulcast: true })
    const layers = { q: 11, h: 12, f: 13 }
    let sequence = 0
    const frame = (keyOf = '') => {
      sequence++
      for (const [rid, ssrc] of Object.entries(layers))
        publisher.receive(picture(sequence, { key: sequence === 1 || keyOf === rid, ssrc, rid }))
    }
    frame()
    const viewer = await watch()
    await host.selectLayer('viewer', { rid: 'q' })
    clock.advance(1000)
    frame('q')
    const sent = viewer.sent.filter(isVideo).length
    await host.selectLayer('viewer', { rid: 'f' })
    frame()
    frame()
    assert.equal(viewer.sent.filter(isVideo).length, sent + 2, 'the old layer goes on until then')
    assert.ok(rtcp(publisher.sent, 206, 1).some((pli) => mediaSsrc(pli, 0) === 13))
    frame('f')
    frame()
    const video = viewer.sent.filter(isVideo)
    assert.deepEqual(new Set(gaps(sequences(video))), new Set([1]))
  })
})

test('[HOST1] an offer that cannot be taken leaves no session and no connection', async () => {
  const { host, transport, publish } = peerRig()
  await publish()
  const connections = transport.pipes.length
  const viewer = {
    sessionId: 'v',
    broadcastId: 'b',
    tracks: [{ kind: 'video', codec: 'AV1', clockRate: 90_000, layers: [{ rid: '' }] }],
  } as const

  await assert.rejects(host.publish({ sessionId: 'x', broadcastId: 'b', offer: 'nonsense' }), {
    code: 'bad-offer',
  })
  await assert.rejects(host.watch({ ...viewer, offer: OBS.replaceAll('sendonly', 'recvonly') }), {
    code: 'no-common-codec',
  })
  assert.equal(transport.pipes.length, connections)
})

test('[HOST2] closing a broadcast ends its publisher and all its viewers, each told once', async () => {
  const { host, publish, watch, told } = peerRig()
  await publish()
  await watch('one')
  await watch('two')
  await host.closeBroadcast('b', 'ended')
  await settled()
  assert.deepEqual(
    told
      .flatMap(({ name, fact }) => (name === 'sessionClosed' ? [fact] : []))
      .map((fact) => (fact as { sessionId: string }).sessionId)
      .sort(),
    ['one', 'publisher', 'two'],
  )
})
