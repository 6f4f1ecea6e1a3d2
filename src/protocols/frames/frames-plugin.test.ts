import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { madeJpeg } from '../../../test/support/made-jpeg.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { until, VP8 } from '../../../test/support/webrtc-door.ts'
import type { Broadcast } from '../../core/broadcast.ts'
import { FramePublisher } from './frame-publisher.ts'
import { FrameRooms } from './frame-rooms.ts'
import { framesPlugin } from './frames-plugin.ts'

const FRAME = madeJpeg()

async function setUp(t: TestContext) {
  const rig = await restRig({ open: false })
  const rooms = new FrameRooms({ ...rig, logger: { error: () => undefined } as never })
  await rig.fastify.register(framesPlugin, { ...rig, rooms })
  await rig.fastify.listen({ host: '127.0.0.1', port: 0 })
  t.after(async () => {
    rooms.close()
    await rig.fastify.close()
  })
  const { port } = rig.fastify.server.address() as AddressInfo

  function publish(broadcast: Broadcast): FramePublisher {
    const publisher = new FramePublisher({
      ...{ id: 'p', address: '192.0.2.1', broadcast, clock: rig.clock },
      tell: () => undefined,
      hangUp: () => undefined,
    })
    rooms.publish(broadcast, publisher)
    publisher.receive(FRAME)
    return publisher
  }
  async function watch(path: string): Promise<{ answer: IncomingMessage; text: () => string }> {
    const request = get(`http://127.0.0.1:${port}${path}`)
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    let bytes = Buffer.alloc(0)
    answer.on('data', (piece: Buffer) => (bytes = Buffer.concat([bytes, piece])))
    answer.on('error', () => undefined)
    return { answer, text: () => bytes.toString('latin1') }
  }
  const ask = async (path: string) => {
    const answer = await rig.fastify.inject(path)
    return [answer.statusCode, answer.statusCode === 200 ? 'ok' : answer.json<{ code: string }>().code]
  }
  return { ...rig, rooms, publish, watch, ask }
}

const partsIn = (text: string) => text.split('Content-Type: image/jpeg').length - 1

describe('motion JPEG', () => {
  test('[FR30] begins with the newest frame, is a viewing, and ends with the broadcast', async (t) => {
    const { broadcasts, publish, watch } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room' })
    const publisher = publish(broadcast)

    const { answer, text } = await watch('/frames/room.mjpeg')
    assert.equal(answer.headers['content-type'], 'multipart/x-mixed-replace; boundary=frame')
    await until(() => partsIn(text()) === 1)
    assert.ok(text().startsWith('--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 400\r\n\r\n'))
    assert.ok(text().endsWith('\r\n--frame\r\n'))
    assert.equal(broadcast.viewers, 1)

    publisher.receive(madeJpeg({ fill: 2 }))
    await until(() => partsIn(text()) === 2)
    const over = once(answer, 'close')
    await broadcast.stop()
    await over
    assert.equal(broadcast.viewers, 0)
  })

  test('[FR30] whoever hangs up watches no longer', async (t) => {
    const { broadcasts, publish, watch, rooms } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room' })
    publish(broadcast)
    const { answer } = await watch('/frames/room.mjpeg')
    answer.destroy()
    await until(() => broadcast.viewers === 0)
    assert.equal(rooms.get('room')?.outlets.length, 0)
  })

  test('[FR30] one that does not read is dropped soon after the end', async (t) => {
    const { broadcasts, publish, watch, clock, fastify } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room' })
    const publisher = publish(broadcast)
    const { answer } = await watch('/frames/room.mjpeg')
    answer.pause()
    for (let number = 0; number < 40; number++) {
      publisher.receive(madeJpeg({ bytes: 500_000 }))
      await new Promise((resolve) => setImmediate(resolve))
    }

    await broadcast.stop()
    const connections = promisify(fastify.server.getConnections.bind(fastify.server))
    assert.equal(await connections(), 1)
    clock.advance(2_000)
    await eventually(
      async () => (await connections()) === 0,
      () => 'it is still there',
    )
  })

  test('[FR31] is limited by fps', async (t) => {
    const { broadcasts, publish, watch, clock, ask } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room' })
    const publisher = publish(broadcast)
    const free = await watch('/frames/room.mjpeg')
    const { text } = await watch('/frames/room.mjpeg?fps=5')
    await until(() => partsIn(text()) === 1 && partsIn(free.text()) === 1)
    for (let index = 1; index <= 30; index++) {
      clock.advance(1000 / 30)
      publisher.receive(FRAME)
      await until(() => partsIn(free.text()) === 1 + index)
    }
    await until(() => partsIn(text()) >= 6)
    assert.ok(partsIn(text()) <= 7)

    for (const wrong of ['0', '0.0', '241', '1e3', '-1', 'fast', ''])
      assert.deepEqual(await ask(`/frames/room.mjpeg?fps=${wrong}`), [400, 'bad-request'], wrong)
  })

  test('[FR34] what runs through another door, or does not run, is refused with the cure', async (t) => {
    const { broadcasts, ask, fastify } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room' })
    assert.deepEqual(await ask('/frames/room.mjpeg'), [409, 'broadcast-not-live'])
    const camera = new FakeSession('camera')
    broadcast.attachPublisher(camera)
    broadcast.tracksChanged(camera, [VP8])
    broadcast.publisherConnected(camera)

    assert.deepEqual(await ask('/frames/room.mjpeg'), [422, 'unsupported-media'])
    assert.match((await fastify.inject('/frames/room.mjpeg')).body, /VP8.*WHEP or HLS.*room\.jpg/)
    await broadcasts.create({ id: 'direct', delivery: 'p2p' })
    assert.deepEqual(await ask('/frames/direct.mjpeg'), [409, 'peer-to-peer-only'])
  })

  test('[FR33] a private broadcast is for those who may watch it', async (t) => {
    const { broadcasts, publish, ask, viewerToken, watch } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room', visibility: 'private' })
    publish(broadcast)
    for (const file of ['room.mjpeg', 'room.jpg', 'nowhere.mjpeg', 'nowhere.jpg'])
      assert.deepEqual(await ask(`/frames/${file}`), [404, 'broadcast-not-found'])
    const { token } = await viewerToken('room')
    const { answer } = await watch(`/frames/room.mjpeg?token=${token}`)
    assert.equal(answer.statusCode, 200)
    assert.deepEqual(await ask(`/frames/room.jpg?token=${token}`), [200, 'ok'])
  })
})

describe('the newest picture', () => {
  test('[FR32] is the newest frame', async (t) => {
    const { broadcasts, publish, fastify, ask } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room' })
    assert.deepEqual(await ask('/frames/room.jpg'), [409, 'broadcast-not-live'])
    const publisher = publish(broadcast)
    const next = madeJpeg({ fill: 2 })
    publisher.receive(next)

    const { rawPayload, headers } = await fastify.inject('/frames/room.jpg')
    assert.deepEqual(rawPayload, next)
    assert.equal(headers['content-type'], 'image/jpeg')
    assert.equal(headers['cache-control'], 'private, no-store')
    await broadcast.stop()
    assert.deepEqual(await ask('/frames/room.jpg'), [409, 'broadcast-ended'])
  })

  test('[FR32] is the picture of the list through other doors, or a problem with the cure', async (t) => {
    const { broadcasts, fastify } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'room' })
    const camera = new FakeSession('camera')
    broadcast.attachPublisher(camera)
    broadcast.tracksChanged(camera, [VP8])
    broadcast.publisherConnected(camera)
    const refused = await fastify.inject('/frames/room.jpg')
    assert.equal(refused.statusCode, 422)
    assert.match(refused.json<{ detail: string }>().detail, /VP8.*\/api\/broadcasts\/room\/thumbnail/)

    broadcast.setThumbnail(FRAME)
    assert.deepEqual((await fastify.inject('/frames/room.jpg')).rawPayload, FRAME)
  })
})
