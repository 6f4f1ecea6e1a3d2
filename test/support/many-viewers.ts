/**
 * WHEP viewers in a process of their own, so that a test can end them without a goodbye. Prints one line of JSON a
 * second: how many are connected, and how many RTP packets the least lucky of them has received.
 *
 * node test/support/many-viewers.ts <whep url> <count>
 */
import { PeerConnection, Video } from 'node-datachannel'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerFor, offerOf } from '../../bench/raw-session.ts'

const [url = '', count = '1'] = process.argv.slice(2)
const CONNECTING_AT_ONCE = 8
/** Connections and tracks are held: the native module forgets what nobody holds. */
const viewers: { packets: number; open: boolean; held: unknown[] }[] = []

async function watch(index: number): Promise<void> {
  const connection = new PeerConnection(`viewer-${index}`, {
    iceServers: [],
    bindAddress: '127.0.0.1',
    disableAutoNegotiation: true,
    forceMediaTransport: true,
  })
  const media = new Video('0', 'SendRecv')
  media.addVP8Codec(96)
  media.addSSRC(0x2001, 'viewer')
  const track = connection.addTrack(media)
  const viewer = { packets: 0, open: false, held: [connection, media, track] }
  track.onMessage((packet) => {
    const second = packet[1] ?? 0
    if (second < 192 || second > 223) viewer.packets++
  })
  await new Promise<void>((resolve) => {
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve()
    })
    connection.setLocalDescription('offer')
  })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: offerOf(connection.localDescription()?.sdp ?? '', 'recvonly'),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${answer}`)
  const opened = new Promise<void>((resolve) => track.onOpen(resolve))
  connection.setRemoteDescription(answerFor(answer), 'answer')
  await Promise.race([opened, sleep(5000).then(() => Promise.reject(new Error('it did not come up')))])
  viewer.open = true
  viewers.push(viewer)
  const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0x20, 1])
  setInterval(() => {
    if (viewer.open) track.sendMessageBinary(report)
  }, 1000)
}

/** A connection of ours sometimes fails before it begins; the next one does not. */
async function persistently(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await attempt()
      return
    } catch (error) {
      if (tries === 8) throw error
      await sleep(50 * tries)
    }
  }
}

let next = 0
await Promise.all(
  Array.from({ length: CONNECTING_AT_ONCE }, async () => {
    while (next < Number(count)) {
      const index = next++
      await persistently(() => watch(index))
    }
  }),
)
setInterval(() => {
  const connected = viewers.filter(({ open }) => open).length
  const fewest = Math.min(...viewers.map(({ packets }) => packets))
  process.stdout.write(`${JSON.stringify({ connected, fewest })}\n`)
}, 500)
