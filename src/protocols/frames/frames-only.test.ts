import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'
import { OFFER, SDP_TYPE } from '../../../test/support/webrtc-door.ts'

describe('frames that nobody encodes', () => {
  test('[FR42] are refused by WHEP with the cure, and no host is asked', async () => {
    await using server = await wholeServer()
    const { broadcast } = await server.broadcasts.create({ id: 'room' })
    const camera = new FakeSession('camera', 'frames')
    broadcast.attachPublisher(camera)
    const track = { kind: 'video', codec: 'JPEG', clockRate: 90_000, layers: [{ rid: '' }] } as const
    broadcast.tracksChanged(camera, [track])
    broadcast.publisherConnected(camera)

    const answer = await server.fastify.inject({
      method: 'POST',
      url: '/whep/room',
      payload: OFFER,
      headers: SDP_TYPE,
      remoteAddress: '127.0.0.1',
    })
    assert.equal(answer.statusCode, 422)
    assert.match(answer.json<{ detail: string }>().detail, /JPEG frames.*ffmpeg/)
  })
})
