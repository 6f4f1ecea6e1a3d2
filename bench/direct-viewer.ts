/**
 * The other end of a synthetic publisher without a server between: prints the URL that takes its offer, then the delays
 * in milliseconds between send and receipt as JSON.
 *
 * node bench/direct-viewer.ts <seconds>
 */
import { PeerConnection, Video } from 'node-datachannel'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { answerFor } from './raw-session.ts'

const VIDEO_BYTES = 1150
const seconds = Number(process.argv[2] ?? '10')
const connection = new PeerConnection('viewer', {
  iceServers: [],
  bindAddress: '127.0.0.1',
  disableAutoNegotiation: true,
  forceMediaTransport: true,
})
const media = new Video('0', 'SendRecv')
media.addVP8Codec(96)
media.addSSRC(0x2001, 'viewer')
const delays: number[] = []
let measuring = false

const server = createServer((request, response) => {
  void text(request).then(async (offer) => {
    connection.setRemoteDescription(answerFor(offer, 'actpass'), 'offer')
    const track = connection.addTrack(media)
    track.onMessage((packet) => {
      if (measuring && packet.length === VIDEO_BYTES)
        delays.push(Number(process.hrtime.bigint() - packet.readBigUInt64BE(VIDEO_BYTES - 8)) / 1e6)
    })
    await new Promise<void>((resolve) => {
      connection.onGatheringStateChange((state) => state === 'complete' && resolve())
      connection.setLocalDescription('answer')
    })
    response.writeHead(201, { 'content-type': 'application/sdp' }).end(connection.localDescription()?.sdp)
    setTimeout(() => (measuring = true), 2000)
    setTimeout(
      () => process.stdout.write(`${JSON.stringify(delays)}\n`, () => process.exit(0)),
      2000 + seconds * 1000,
    )
  })
}).listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
})
