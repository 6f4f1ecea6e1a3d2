import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { memoryOfBuffers } from '../../../test/support/allocation.ts'
import { framesRig } from '../../../test/support/frames-rig.ts'
import { madeJpeg } from '../../../test/support/made-jpeg.ts'
import { settled, until } from '../../../test/support/webrtc-door.ts'

const FRAME = madeJpeg()

describe('coming in', () => {
  test('[FR1] whoever joins is welcomed and told the state, now and when it changes', async (t) => {
    const { broadcasts, publisher, viewer, clock } = await framesRig(t)
    const { streamKey } = await broadcasts.create({ id: 'room' })

    const sender = await publisher('room', streamKey)
    const watcher = await viewer('room')
    const [welcome, state] = watcher.messages
    assert.deepEqual([welcome?.['role'], welcome?.['state']], ['viewer', 'created'])
    assert.deepEqual(state, { type: 'state', state: 'created', viewers: 0 })

    sender.socket.send(FRAME)
    await until(() => watcher.messages.some((message) => message['state'] === 'live'))
    clock.advance(1000)
    await until(() => sender.messages.some((message) => message['viewers'] === 1))
  })

  test('[FR2] a stream key in the header lets the first frame publish', async (t) => {
    const { broadcasts, connect } = await framesRig(t)
    const { broadcast, streamKey } = await broadcasts.create({ id: 'room' })

    const sender = await connect('room', { headers: { authorization: `Bearer ${streamKey}` } })
    sender.socket.send(FRAME)
    await until(() => broadcast.state === 'live')

    assert.equal((await sender.heard('welcome'))['role'], 'publisher')
    assert.equal(broadcast.publisher?.door, 'frames')
  })

  test('[FR3] in open mode the first frame is enough; otherwise it is not', async (t) => {
    const open = await framesRig(t, { open: true })
    const sender = await open.connect('anything')
    sender.socket.send(FRAME)
    await until(() => open.broadcasts.loaded('anything')?.state === 'live')

    const strict = await framesRig(t)
    await strict.broadcasts.create({ id: 'anything' })
    const stranger = await strict.connect('anything')
    stranger.socket.send(FRAME)
    assert.equal(await stranger.closed(), 4401)
    assert.equal(strict.rooms.size, 0)
  })

  test('[FR4] a refusal is told, and closes with its code', async (t) => {
    const { broadcasts, connect, live } = await framesRig(t)
    const { streamKey, broadcast } = await live(FRAME)
    const other = await broadcasts.create({ id: 'other' })
    await broadcasts.create({ id: 'private', visibility: 'private' })
    await broadcasts.create({ id: 'p2p', delivery: 'p2p' })
    const refused = async (id: string, message: object): Promise<[unknown, number]> => {
      const client = await connect(id)
      client.say(message)
      const code = await client.closed()
      return [client.messages.find(({ type }) => type === 'error')?.['code'], code]
    }
    const publish = (token?: string) => ({ type: 'join', role: 'publisher', ...(token && { token }) })
    const watch = { type: 'join', role: 'viewer' }

    assert.deepEqual(await refused('room', publish()), ['unauthenticated', 4401])
    assert.deepEqual(await refused('room', publish(other.streamKey)), ['unauthenticated', 4401])
    assert.deepEqual(await refused('nowhere', publish('wrong')), ['unauthenticated', 4401])
    assert.deepEqual(await refused('nowhere', watch), ['broadcast-not-found', 4404])
    assert.deepEqual(await refused('private', watch), ['broadcast-not-found', 4404])
    assert.deepEqual(await refused('room', publish(streamKey)), ['broadcast-taken', 4409])
    assert.deepEqual(await refused('p2p', watch), ['peer-to-peer-only', 1008])
    await broadcast.stop()
    assert.deepEqual(await refused('room', watch), ['broadcast-ended', 4410])
  })

  test('[FR4] what makes no sense is told; before a join it is no way to stay', async (t) => {
    const { connect, clock } = await framesRig(t)
    for (const text of [
      '{',
      '[]',
      '7',
      '{"type":"offer"}',
      '{"type":"join","role":"admin"}',
      '{"type":"limit"}',
    ]) {
      const client = await connect('room')
      client.socket.send(text)
      assert.equal((await client.heard('error'))['code'], 'bad-request')
      clock.advance(10_000)
      assert.equal(await client.closed(), 1008)
    }
  })

  test('[FR5] a viewer sends nothing, and nobody joins twice', async (t) => {
    const { live, viewer } = await framesRig(t)
    const { sender } = await live(FRAME)
    const watcher = await viewer('room')
    const intruder = await viewer('room')

    intruder.socket.send(madeJpeg({ fill: 9 }))
    assert.equal(await intruder.closed(), 4403)
    sender.say({ type: 'join', role: 'viewer' })
    assert.equal(await sender.closed(), 4403)
    assert.deepEqual(await watcher.gotFrames(1), [FRAME])
  })

  test('[FR6] live with the first frame, waiting while the publisher is away, over for everybody at its end', async (t) => {
    const { broadcasts, publisher, viewer, clock } = await framesRig(t)
    const { broadcast, streamKey } = await broadcasts.create({ id: 'room' })
    const sender = await publisher('room', streamKey)
    await settled()
    assert.equal(broadcast.state, 'created')
    sender.socket.send(FRAME)
    await until(() => broadcast.state === 'live')
    const watcher = await viewer('room')

    sender.socket.terminate()
    await until(() => broadcast.state === 'reconnecting')
    const again = await publisher('room', streamKey)
    again.socket.send(FRAME)
    await until(() => broadcast.state === 'live')
    assert.equal(watcher.closedWith, undefined)

    again.socket.terminate()
    await until(() => broadcast.state === 'reconnecting')
    for (let second = 0; second < 30; second++) {
      clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 5)) // for the pongs
    }
    assert.equal(await watcher.closed(), 4410)
    assert.equal(broadcast.state, 'ended')
  })

  test('[FR6] a stopped broadcast closes its publisher, and its key is good for the next run', async (t) => {
    const { live, publisher } = await framesRig(t)
    const { broadcast, streamKey, sender } = await live(FRAME)

    await broadcast.stop()
    assert.equal(await sender.closed(), 4410)
    const again = await publisher('room', streamKey)
    again.socket.send(FRAME)
    await until(() => broadcast.state === 'live')
  })

  test('[FR7] each viewer counts as one', async (t) => {
    const { live, viewer, broadcasts } = await framesRig(t)
    const joined: string[] = []
    broadcasts.on('viewerJoined', ({ viewer: session }) => joined.push(session.door))
    const { broadcast } = await live(FRAME)
    const [first] = [await viewer('room'), await viewer('room')]
    assert.equal(broadcast.viewers, 2)
    assert.deepEqual(joined, ['frames', 'frames'])

    first.socket.close()
    await until(() => broadcast.viewers === 1)
  })

  test('[FR8] a viewer token that is taken back ends the watching', async (t) => {
    const { broadcasts, publisher, viewer, viewerToken, shares } = await framesRig(t)
    const { streamKey } = await broadcasts.create({ id: 'room', visibility: 'private' })
    const sender = await publisher('room', streamKey)
    sender.socket.send(FRAME)
    const { id, token } = await viewerToken('room')
    const watcher = await viewer('room', token)
    await watcher.gotFrames(1)

    await shares.revoke('room', id)
    assert.equal(await watcher.closed(), 4403)
  })
})

describe('frames', () => {
  test('[FR10] everybody gets every frame as it is, and a newcomer the newest at once', async (t) => {
    const { live, viewer } = await framesRig(t)
    const { sender } = await live(FRAME)
    const watchers = [await viewer('room'), await viewer('room')]
    for (const watcher of watchers) await watcher.gotFrames(1)

    const sent = [FRAME, ...[126, 127, 60_000, 66_000].map((bytes) => madeJpeg({ bytes, fill: bytes & 63 }))]
    for (const [index, frame] of sent.entries()) {
      if (index > 0) sender.socket.send(frame)
      for (const watcher of watchers) await watcher.gotFrames(index + 1)
    }

    for (const watcher of watchers) assert.deepEqual(watcher.frames, sent)
  })

  test('[FR11] what is no frame ends its sender and reaches nobody', async (t) => {
    const { live, viewer, publisher, clock } = await framesRig(t)
    const { sender, broadcast, streamKey } = await live(FRAME)
    const watcher = await viewer('room')
    await watcher.gotFrames(1)
    const bad: Record<string, Buffer> = {
      nothing: Buffer.alloc(0),
      truncated: FRAME.subarray(0, FRAME.length - 2),
      'a bomb': madeJpeg({ width: 65_500, height: 65_500 }),
      'a page first': Buffer.concat([Buffer.from('<script>alert(1)</script>'), FRAME]),
      'an archive behind': Buffer.concat([FRAME, Buffer.from('PK\u0003\u0004')]),
      'a GIF': Buffer.concat([Buffer.from('GIF89a'), FRAME]),
      'no size': Buffer.concat([FRAME.subarray(0, 8), Buffer.from([0xff, 0xda]), FRAME.subarray(10)]),
      'too many bytes': madeJpeg({ bytes: 4 * 1024 * 1024 + 1 }),
    }
    sender.socket.terminate()
    await until(() => broadcast.state === 'reconnecting')
    for (const [name, bytes] of Object.entries(bad)) {
      const client = await publisher('room', streamKey)
      client.socket.send(bytes)
      assert.equal(await client.closed(), name === 'too many bytes' ? 1009 : 1008, name)
      await until(() => broadcast.publisher === undefined)
    }
    clock.advance(1000)
    await settled()
    assert.deepEqual(watcher.frames, [FRAME])
  })

  test('[FR13] the newest frame is the picture for lists, now and then', async (t) => {
    const { live, clock } = await framesRig(t)
    const { sender, broadcast } = await live(FRAME)
    assert.deepEqual(broadcast.thumbnail?.jpeg, FRAME)

    const next = madeJpeg({ fill: 2 })
    sender.socket.send(next)
    clock.advance(10_000)
    const last = madeJpeg({ fill: 3 })
    sender.socket.send(last)
    await until(() => broadcast.thumbnail?.version === 2)
  })

  test('[FR14] the API knows codec, size, rate and bitrate', async (t) => {
    const { live, clock, rooms } = await framesRig(t)
    const { sender, broadcast } = await live(madeJpeg({ bytes: 1000 }))
    sender.socket.send(madeJpeg({ width: 800, height: 600, bytes: 1000 }))
    await until(() => rooms.get('room')?.received === 2)
    clock.advance(1000)

    assert.deepEqual(broadcast.tracks, [
      { kind: 'video', codec: 'JPEG', clockRate: 90_000, layers: [{ rid: '', width: 800, height: 600 }] },
    ])
    const [layer] = broadcast.health?.layers ?? []
    assert.deepEqual(layer, { rid: '', bitrate: 16_000, framesPerSecond: 2, width: 800, height: 600 })
  })
})

describe('latency', () => {
  test('[FR15] a viewer hears when a frame was taken', async (t) => {
    const { live, viewer, clock } = await framesRig(t)
    const { sender } = await live(FRAME)
    clock.advance(300)
    const watcher = await viewer('room')
    await watcher.gotFrames(1)
    assert.deepEqual(await watcher.heard('clock'), { type: 'clock', capturedAt: clock.now() - 300 })

    clock.advance(1000)
    sender.say({ type: 'clock', capturedAt: clock.now() - 70 })
    sender.socket.send(FRAME)
    await watcher.gotFrames(2)
    assert.equal((await watcher.heard('clock'))['capturedAt'], clock.now() - 70)
    assert.equal(watcher.messages.filter(({ type }) => type === 'clock').length, 2)
  })
})

describe('limits of a connection', () => {
  test('[FR23] a limit is kept, and one that is no number is refused', async (t) => {
    const { live, viewer, clock } = await framesRig(t)
    const { sender } = await live(FRAME)
    const watcher = await viewer('room')
    await watcher.gotFrames(1)
    const free = await viewer('room')
    await free.gotFrames(1)
    for (const maxFps of [0, -1, 'all', []]) watcher.say({ type: 'limit', maxFps })
    await until(() => watcher.messages.filter(({ type }) => type === 'error').length === 4)
    watcher.say({ type: 'limit', maxFps: 10 })
    watcher.say({ type: 'limit', maxFps: 10, maxBytesPerSecond: 1e6 })
    await settled()
    await settled()

    for (let number = 1; number <= 30; number++) {
      clock.advance(33.4)
      sender.socket.send(madeJpeg({ fill: number }))
      await free.gotFrames(1 + number)
    }
    await until(() => watcher.frames.length >= 11)
    assert.ok(watcher.frames.length <= 12, `${watcher.frames.length} frames`)
  })

  test('[FR24] a publisher is told that nobody takes so much, and when somebody does', async (t) => {
    const { live, viewer, clock, rooms } = await framesRig(t)
    const { sender } = await live(FRAME)
    const send = async (count: number) => {
      const before = rooms.get('room')?.received ?? 0
      for (let index = 0; index < count; index++) sender.socket.send(FRAME)
      await until(() => rooms.get('room')?.received === before + count)
      clock.advance(1000)
    }
    await send(20)
    await send(20)
    assert.deepEqual(await sender.heard('pace'), { type: 'pace', tooFast: true, sent: 20, taken: 0 })

    await viewer('room')
    await until(() => sender.messages.some((message) => message['tooFast'] === false))
  })

  test('[FR25] who talks too much or too long is closed', async (t) => {
    const { live, viewer } = await framesRig(t)
    await live(FRAME)
    const chatterer = await viewer('room')
    for (let count = 0; count < 60; count++) chatterer.say({ type: 'limit', maxFps: 10 })
    assert.equal(await chatterer.closed(), 1008)

    const novelist = await viewer('room')
    novelist.socket.send('x'.repeat(64 * 1024 + 1))
    assert.equal(await novelist.closed(), 1009)
  })

  test('[FR21] [FR22] a viewer that stops reading holds one frame, delays nobody, and is closed with 1013', async (t) => {
    const { live, viewer, clock, rooms, sockets } = await framesRig(t)
    const { sender, broadcast } = await live(FRAME)
    const reader = await viewer('room')
    const stuck = await viewer('room')
    await stuck.gotFrames(1)
    stuck.socket.pause()
    const bytes = 500_000
    for (let number = 0; number < 60; number++) {
      sender.socket.send(madeJpeg({ bytes, fill: number }))
      await until(() => rooms.get('room')?.received === number + 2)
      await until(() => reader.frames.at(-1)?.[100] === number)
    }

    const held = [...sockets.clients].map((socket) => socket.bufferedAmount)
    assert.ok(Math.max(...held) <= bytes + 1000, `${Math.max(...held)} bytes are held`)
    const { slow } = rooms.counts.dropped
    assert.ok(slow > 10, `${slow} dropped`)
    for (let second = 0; second < 11; second++) {
      clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 5)) // for the pongs of the others
    }
    await until(() => broadcast.viewers === 1)
    stuck.socket.resume()
    assert.equal(await stuck.closed(), 1013)
    assert.equal(reader.closedWith, undefined)
  })

  test('[FR26] who does not join, does not answer or sends nothing is closed', async (t) => {
    const { live, viewer, connect, clock } = await framesRig(t)
    const nobody = await connect('room')
    clock.advance(10_000)
    assert.equal(await nobody.closed(), 1008)

    const { sender, broadcast } = await live(FRAME)
    const silent = await viewer('room')
    silent.socket.pong = () => undefined
    Object.assign(silent.socket, { _autoPong: false })
    for (let second = 0; second < 60; second++) {
      clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 5)) // for the pongs of the other
    }
    assert.equal(await silent.closed(), 1006)
    assert.equal(await sender.closed(), 1008)
    await until(() => broadcast.state !== 'live')
  })

  test('[FR27] a thousand rooms that open and close leave nothing', async (t) => {
    const { connect, rooms, route, broadcasts, clock } = await framesRig(t, { open: true })
    const timers = clock.pending
    const frame = madeJpeg({ bytes: 60_000 })
    const before = memoryOfBuffers()
    for (let hundred = 0; hundred < 10; hundred++) {
      const ids = Array.from({ length: 100 }, (_, index) => `room-${hundred}-${index}`)
      const clients = await Promise.all(ids.map((id) => connect(id)))
      for (const { socket } of clients) socket.send(frame)
      await until(() => ids.every((id) => broadcasts.loaded(id)?.state === 'live'))
      for (const { socket } of clients) socket.terminate()
      await until(() => route.size === 0)
    }
    assert.equal(rooms.size, 1000) // waiting for their publishers
    clock.advance(30_000)
    await until(() => rooms.size === 0)
    assert.ok(clock.pending <= timers + 1, `${clock.pending} timers`)
    const kept = (memoryOfBuffers() - before) / frame.length
    assert.ok(kept < 150, `${kept} frames are kept`) // a hundred are pictures of broadcasts that are over
  })
})
