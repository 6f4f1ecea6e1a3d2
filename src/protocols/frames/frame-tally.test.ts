import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { framesRig } from '../../../test/support/frames-rig.ts'
import { madeJpeg } from '../../../test/support/made-jpeg.ts'
import { until } from '../../../test/support/webrtc-door.ts'

describe('counts', () => {
  test('[FR16] what came, what went and what was left out is counted, of those that left too', async (t) => {
    const { live, viewer, publisher, rooms, clock, route } = await framesRig(t)
    const bytes = 1000
    const { sender, streamKey } = await live(madeJpeg({ bytes }))
    const watcher = await viewer('room')
    await watcher.gotFrames(1)
    watcher.say({ type: 'limit', maxFps: 0.1 })
    watcher.say({ type: 'limit', maxFps: 0 })
    await watcher.heard('error') // so the limit before it holds
    sender.socket.send(madeJpeg({ bytes, fill: 1 })) // the limit leaves the first
    sender.socket.send(madeJpeg({ bytes, fill: 2 }))
    await until(() => rooms.get('room')?.received === 3)
    assert.deepEqual(rooms.viewers, { websocket: 1, http: 0 })

    watcher.socket.terminate()
    await until(() => rooms.viewers.websocket === 0)
    for (let count = 0; count < 300; count++) sender.socket.send(madeJpeg({ bytes }))
    await until(() => rooms.get('room')?.flood === 63)
    clock.advance(1000)
    sender.socket.send(Buffer.from('no JPEG'))
    await sender.closed()
    await until(() => route.size === 0)
    await (await publisher('room', streamKey)).heard('state')

    assert.deepEqual(
      { ...rooms.counts },
      {
        ...{ received: 240, receivedBytes: 240 * bytes, sent: 2, sentBytes: 2 * bytes },
        dropped: { slow: 0, limit: 1, flood: 63, invalid: 1 },
      },
    )
  })
})
