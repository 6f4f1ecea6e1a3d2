import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { startScriptedPool } from '../../../test/support/scripted-pool.ts'
import { Feeds } from '../../core/feeds.ts'
import type { TrackInfo } from '../../core/track-info.ts'

const H264: TrackInfo = { kind: 'video', codec: 'H264', clockRate: 90_000, layers: [{ rid: '' }] }

describe('media of the main process', () => {
  test('[FR45] reaches the viewers of every worker, and stops when it is withdrawn', async () => {
    const feeds = new Feeds()
    await using pool = await startScriptedPool({ workers: 2, feeds })
    const packets = new Map<string, number>()
    pool.on('viewerReported', ({ sessionId, bitrate }) => packets.set(sessionId, bitrate))
    const source = { requestKeyFrame: () => undefined }
    const [track] = feeds.ensure('lecture').publish(source, [H264])
    const withdraw = pool.publishHere('lecture')
    const stopBringing = pool.bring('lecture') // what is here already is not brought

    for (const sessionId of ['a', 'b'])
      await pool.forViewer().watch({ sessionId, broadcastId: 'lecture', offer: 'v=0', tracks: [H264] })
    let sent = 0
    await eventually(
      () => {
        const data = Buffer.from('00000003650102', 'hex')
        track?.layers[0]?.writeUnit({ timestamp: 3000 * sent++, keyFrame: true, afterLoss: false, data })
        return (packets.get('a') ?? 0) > 0 && (packets.get('b') ?? 0) > 0
      },
      () => `packets: ${JSON.stringify([...packets])}`,
    )
    assert.equal(feeds.get('lecture')?.source, source)
    stopBringing()
    withdraw()
    await eventually(
      () => feeds.get('lecture')?.sinks.length === 0,
      () => 'it is still read',
    )
  })
})
