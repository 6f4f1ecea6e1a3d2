/**
 * A publisher in a process of its own: H264 and Opus that ffmpeg encoded, over and over, with sender reports.
 * It makes no key frames on demand.
 *
 * node test/support/encoded-publisher.ts <whip url> <stream key> [<width>x<height>]
 */
import process from 'node:process'
import { writeSenderReport } from '../../src/media/rtcp/write.ts'
import { UnitPacketizer } from '../../src/media/rtp/unit-packetizer.ts'
import { transportIn } from '../../src/platform/webrtc/virtual-description.ts'
import { type EncodedMedia, type EncodedPacket, encodeMedia } from './encoded-media.ts'
import { RtcPeer } from './rtc-peer.ts'

const SECONDS = 6
const TICK_MILLISECONDS = 10
const VIDEO = { payloadType: 96, ssrc: 0x2001, rate: 90_000 }
const AUDIO = { payloadType: 111, ssrc: 0x2002, rate: 48_000 }
const MTU = 1200

const [url = '', key = '', size = '320x180'] = process.argv.slice(2)
const [video, audio] = await Promise.all([
  encodeMedia({
    seconds: SECONDS,
    timescale: VIDEO.rate,
    source: `testsrc2=size=${size}:rate=30`,
    encoder: [
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p'],
      ...['-g', '30', '-bf', '0', '-b:v', '400k', '-x264-params', 'repeat-headers=1:scenecut=0'],
    ],
  }),
  encodeMedia({
    seconds: SECONDS,
    timescale: AUDIO.rate,
    source: 'sine=frequency=440:sample_rate=48000',
    encoder: ['-c:a', 'libopus', '-ac', '2', '-b:a', '48k'],
  }),
])

const peer = await RtcPeer.create()
const { iceUfrag, icePwd, fingerprint, setup } = peer.description
const transport = [
  ...['c=IN IP4 0.0.0.0', `a=ice-ufrag:${iceUfrag}`, `a=ice-pwd:${icePwd}`, `a=fingerprint:${fingerprint}`],
  ...[`a=setup:${setup}`, 'a=rtcp-mux', 'a=sendonly'],
]
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/sdp', authorization: `Bearer ${key}` },
  body: [
    ...['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1'],
    ...[`m=audio 9 UDP/TLS/RTP/SAVPF ${AUDIO.payloadType}`, 'a=mid:0', ...transport],
    ...[`a=rtpmap:${AUDIO.payloadType} opus/48000/2`, `a=ssrc:${AUDIO.ssrc} cname:encoded`],
    ...[`m=video 9 UDP/TLS/RTP/SAVPF ${VIDEO.payloadType}`, 'a=mid:1', ...transport],
    ...[`a=rtpmap:${VIDEO.payloadType} H264/90000`, `a=rtcp-fb:${VIDEO.payloadType} nack pli`],
    `a=fmtp:${VIDEO.payloadType} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f`,
    ...[`a=ssrc:${VIDEO.ssrc} cname:encoded`, ''],
  ].join('\r\n'),
})
const answer = await response.text()
if (!response.ok) throw new Error(`${response.status}: ${answer}`)
await peer.connect(transportIn(answer))
process.stdout.write('live\n')

/** One track, sent when it is due. */
class Sender {
  readonly #packets: readonly EncodedPacket[]
  readonly #rate: number
  readonly #ssrc: number
  readonly #packetizer: UnitPacketizer
  #sent = 0
  #packetsSent = 0
  #octets = 0
  #reportAt = 0

  constructor({ packets }: EncodedMedia, track: typeof VIDEO, codec: 'H264' | 'opus') {
    const first = packets[0]?.pts ?? 0
    this.#packets = packets
      .map((packet) => ({ ...packet, pts: packet.pts - first }))
      .filter(({ pts }) => pts < SECONDS * track.rate)
    this.#rate = track.rate
    this.#ssrc = track.ssrc
    this.#packetizer = new UnitPacketizer({
      ...{ codec, mtu: MTU, payloadType: track.payloadType, ssrc: track.ssrc },
      onPacket: (packet) => {
        this.#packetsSent++
        this.#octets += packet.length
        peer.send(packet)
      },
    })
  }

  /** Seconds since the beginning. */
  sendUntil(seconds: number): void {
    for (;;) {
      const packets = this.#packets
      const packet = packets[this.#sent % packets.length]
      if (!packet) return
      const loops = Math.floor(this.#sent / packets.length)
      const timestamp = packet.pts + loops * SECONDS * this.#rate
      if (timestamp > seconds * this.#rate) break
      this.#sent++
      this.#packetizer.push({ timestamp, keyFrame: packet.key, afterLoss: false, data: packet.data })
    }
    if (seconds < this.#reportAt) return
    this.#reportAt = seconds + 1
    const report = Buffer.alloc(64)
    const [at, timestamp] = [startedAt + seconds * 1000, Math.round(seconds * this.#rate)]
    peer.send(
      report.subarray(
        0,
        writeSenderReport(report, this.#ssrc, at, timestamp, this.#packetsSent, this.#octets),
      ),
    )
  }
}

const startedAt = Date.now()
const begun = performance.now()
const senders = [new Sender(video, VIDEO, 'H264'), new Sender(audio, AUDIO, 'opus')]
setInterval(() => {
  const seconds = (performance.now() - begun) / 1000
  for (const sender of senders) sender.sendUntil(seconds)
}, TICK_MILLISECONDS)
process.on('SIGTERM', () => process.exit(0))
