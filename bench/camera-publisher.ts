/**
 * Cameras of 720p30, in a process of their own: real H264 with a key frame every two seconds, encoded once and sent
 * again and again, packets of the size of Opus, and sender reports.
 *
 * node bench/camera-publisher.ts <video bits per second> (<whip url> <stream key>)…
 */
import { PeerConnection, Video } from 'node-datachannel'
import process from 'node:process'
import { UnitPacketizer } from '../src/media/rtp/unit-packetizer.ts'
import { encodeMedia } from '../test/support/encoded-media.ts'
import { answerFor, offerOf } from './raw-session.ts'

const SECONDS = 10
const FRAMES_PER_SECOND = 30
const VIDEO = { rate: 90_000, payloadType: 96 }
const AUDIO = { rate: 48_000, payloadType: 111, samples: 960, bytes: 120 }
/** Opus: 20 ms of stereo by CELT, one frame (RFC 6716 §3.1). */
const OPUS_TOC = 0xfc
/** Between the epochs of NTP and Unix. */
const NTP_SECONDS = 2_208_988_800
const REPORT_EVERY = 1000
const MTU = 1200

/** Each frame's packets, ready but for sequence number, time stamp and source. */
async function encodedFrames(bitsPerSecond: number): Promise<Buffer[][]> {
  const kilobits = `${Math.round(bitsPerSecond / 1000)}k`
  const rate = ['-b:v', kilobits, '-minrate', kilobits, '-maxrate', kilobits, '-bufsize', kilobits]
  const { packets } = await encodeMedia({
    seconds: SECONDS,
    timescale: VIDEO.rate,
    source: `testsrc2=size=1280x720:rate=${FRAMES_PER_SECOND},noise=alls=12:allf=t`,
    encoder: [
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-profile:v',
        'baseline',
        '-pix_fmt',
        'yuv420p',
        ...rate,
      ],
      ...['-g', '60', '-bf', '0', '-x264-params', 'repeat-headers=1:nal-hrd=cbr:force-cfr=1'],
    ],
  })
  return packets.map(({ key, data }) => {
    const frame: Buffer[] = []
    const { payloadType } = VIDEO
    const packetizer = new UnitPacketizer({
      ...{ codec: 'H264', mtu: MTU, payloadType },
      onPacket: (packet) => void frame.push(packet),
    })
    packetizer.push({ timestamp: 0, keyFrame: key, afterLoss: false, data })
    return frame
  })
}

/** A connection that has been published to. */
async function publish(url: string, key: string, ssrc: number) {
  const connection = new PeerConnection('camera', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    disableAutoNegotiation: true,
    forceMediaTransport: true,
  })
  const media = new Video('0', 'SendRecv')
  media.addVP8Codec(VIDEO.payloadType) // opaque to it
  media.addSSRC(ssrc, 'camera')
  const track = connection.addTrack(media)
  await new Promise<void>((resolve) => {
    connection.onGatheringStateChange((state) => state === 'complete' && resolve())
    connection.setLocalDescription('offer')
  })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', ...(key && { authorization: `Bearer ${key}` }) },
    body: offerOf(connection.localDescription()?.sdp ?? '', 'sendonly', ssrc, 'H264'),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${answer}`)
  await new Promise<void>((resolve) => {
    track.onOpen(resolve)
    connection.setRemoteDescription(answerFor(answer), 'answer')
  })
  return { connection, track }
}

/** One camera and its microphone. */
class Camera {
  readonly #send: (packet: Buffer) => void
  readonly #frames: readonly Buffer[][]
  readonly #videoSource: number
  readonly #audioSource: number
  readonly #startedAt: number
  readonly #audio = Buffer.alloc(12 + AUDIO.bytes, 5)
  readonly #report = Buffer.alloc(28)
  #framesSent = 0
  #videoSequence = 0
  #audioSent = 0
  #reportedAt = -Infinity

  constructor(send: (packet: Buffer) => void, frames: readonly Buffer[][], place: number) {
    this.#send = send
    this.#frames = frames
    this.#videoSource = 0x1000 + place
    this.#audioSource = 0x2000 + place
    this.#startedAt = performance.now() + place * 3 // no two send their frames in the same moment
    this.#audio[0] = 0x80
    this.#audio[1] = AUDIO.payloadType
    this.#audio.writeUInt32BE(this.#audioSource, 8)
    this.#audio[12] = OPUS_TOC
    this.#report[0] = 0x80
    this.#report[1] = 200
    this.#report.writeUInt16BE(6, 2)
  }

  /** Sends what is due. Frames leave in bursts, as an encoder makes them. */
  tick(now: number): void {
    const elapsed = (now - this.#startedAt) / 1000
    while (this.#framesSent < elapsed * FRAMES_PER_SECOND) this.#sendFrame()
    while (this.#audioSent < (elapsed * AUDIO.rate) / AUDIO.samples) this.#sendSound()
    if (now - this.#reportedAt < REPORT_EVERY || elapsed < 0) return
    this.#reportedAt = now
    this.#sendReport(this.#videoSource, elapsed * VIDEO.rate)
    this.#sendReport(this.#audioSource, elapsed * AUDIO.rate)
  }

  #sendFrame(): void {
    const frame = this.#frames[this.#framesSent % this.#frames.length] ?? []
    const timestamp = (this.#framesSent * VIDEO.rate) / FRAMES_PER_SECOND
    for (const packet of frame) {
      packet.writeUInt16BE(this.#videoSequence++ & 0xffff, 2)
      packet.writeUInt32BE(timestamp >>> 0, 4)
      packet.writeUInt32BE(this.#videoSource, 8)
      this.#send(packet)
    }
    this.#framesSent++
  }

  #sendSound(): void {
    this.#audio.writeUInt16BE(this.#audioSent & 0xffff, 2)
    this.#audio.writeUInt32BE((this.#audioSent * AUDIO.samples) >>> 0, 4)
    this.#send(this.#audio)
    this.#audioSent++
  }

  #sendReport(source: number, timestamp: number): void {
    const now = Date.now() / 1000
    this.#report.writeUInt32BE(source, 4)
    this.#report.writeUInt32BE((Math.floor(now) + NTP_SECONDS) >>> 0, 8)
    this.#report.writeUInt32BE(Math.floor((now % 1) * 2 ** 32), 12)
    this.#report.writeUInt32BE(Math.floor(timestamp) >>> 0, 16)
    this.#send(this.#report)
  }
}

const [bitsPerSecond = '', ...places] = process.argv.slice(2)
const frames = await encodedFrames(Number(bitsPerSecond))
const cameras: Camera[] = []
setInterval(() => {
  const now = performance.now()
  for (const camera of cameras) camera.tick(now)
}, 5)
for (let i = 0; i < places.length; i += 2) {
  const place = i / 2
  const { track } = await publish(places[i] ?? '', places[i + 1] ?? '', 0x1000 + place)
  track.onClosed(() => process.exit(1))
  const send = (packet: Buffer) => {
    if (track.isOpen()) track.sendMessageBinary(packet)
  }
  cameras.push(new Camera(send, frames, place)) // at once: one that sends nothing is given up
}
console.log('live')
process.on('SIGTERM', () => process.exit(0))
