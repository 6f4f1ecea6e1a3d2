/**
 * One WHEP viewer that decrypts, in a process of its own: prints as JSON the delays in milliseconds between a synthetic
 * publisher's send and its own receipt.
 *
 * node bench/delay-viewer.ts <whep url> <seconds>
 */
import { PeerConnection, Video } from 'node-datachannel'
import process from 'node:process'
import { answerFor, offerOf } from './raw-session.ts'

const VIDEO_BYTES = 1150
const [url = '', seconds = '10'] = process.argv.slice(2)
const connection = new PeerConnection('viewer', {
  iceServers: [],
  bindAddress: '127.0.0.1',
  disableAutoNegotiation: true,
  forceMediaTransport: true,
})
const media = new Video('0', 'SendRecv')
media.addVP8Codec(96)
media.addSSRC(0x2001, 'viewer')
const track = connection.addTrack(media)
const delays: number[] = []
let measuring = false
track.onMessage((packet) => {
  if (measuring && packet.length === VIDEO_BYTES)
    delays.push(Number(process.hrtime.bigint() - packet.readBigUInt64BE(VIDEO_BYTES - 8)) / 1e6)
})
await new Promise<void>((resolve) => {
  connection.onGatheringStateChange((state) => state === 'complete' && resolve())
  connection.setLocalDescription('offer')
})
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/sdp' },
  body: offerOf(connection.localDescription()?.sdp ?? '', 'recvonly'),
})
const answer = await response.text()
if (!response.ok) throw new Error(`${response.status}: ${answer}`)
await new Promise<void>((resolve) => {
  track.onOpen(resolve)
  connection.setRemoteDescription(answerFor(answer), 'answer')
})
// Receiver reports keep the session; what came before the first second is the kept group of pictures.
const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0x20, 1])
setInterval(() => track.sendMessageBinary(report), 1000)
setTimeout(() => (measuring = true), 2000)
setTimeout(
  () => {
    process.stdout.write(`${JSON.stringify(delays)}\n`, () => process.exit(0))
  },
  2000 + Number(seconds) * 1000,
)
