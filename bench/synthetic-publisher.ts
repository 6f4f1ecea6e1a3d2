/**
 * A publisher in a process of its own: the RTP of a 2.5 Mbit/s camera without an encoder behind it.
 * 260 video packets of 1150 bytes in 30 frames and 50 audio packets of 120 bytes a second; every video packet ends
 * with the monotonic time at which it was sent, so that a viewer on the same machine can tell the delay.
 *
 * node bench/synthetic-publisher.ts <whip url> <stream key> [frames per second]
 */
import { PeerConnection, Video } from 'node-datachannel'
import process from 'node:process'
import { answerFor, offerOf } from './raw-session.ts'

const KEY_FRAME_EVERY = 60
const VIDEO = { bytes: 1150, payloadType: 96, ssrc: 0x1001 }
const AUDIO = { bytes: 120, payloadType: 111, ssrc: 0x1002 }
const VP8_START = 0x10
const VP8_KEY_FRAME_TAG = 0x00
const VP8_DELTA_FRAME_TAG = 0x01

const [url = '', key = '', framesPerSecond = '30'] = process.argv.slice(2)
const FRAMES_PER_SECOND = Number(framesPerSecond)
const VIDEO_PACKETS_PER_SECOND = (260 / 30) * FRAMES_PER_SECOND
const AUDIO_PACKETS_PER_SECOND = (50 / 30) * FRAMES_PER_SECOND
const connection = new PeerConnection('publisher', {
  iceServers: [],
  bindAddress: '127.0.0.1',
  disableAutoNegotiation: true,
  forceMediaTransport: true,
})
const media = new Video('0', 'SendRecv')
media.addVP8Codec(VIDEO.payloadType)
media.addSSRC(VIDEO.ssrc, 'synthetic')
const track = connection.addTrack(media)

await new Promise<void>((resolve) => {
  connection.onGatheringStateChange((state) => state === 'complete' && resolve())
  connection.setLocalDescription('offer')
})
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/sdp', ...(key && { authorization: `Bearer ${key}` }) },
  body: offerOf(connection.localDescription()?.sdp ?? '', 'sendonly', VIDEO.ssrc),
})
const answer = await response.text()
if (!response.ok) throw new Error(`${response.status}: ${answer}`)
await new Promise<void>((resolve) => {
  track.onOpen(resolve)
  connection.setRemoteDescription(answerFor(answer), 'answer')
})
console.log('live')

const video = Buffer.alloc(VIDEO.bytes, 7)
const audio = Buffer.alloc(AUDIO.bytes, 5)
video[0] = audio[0] = 0x80
audio[1] = AUDIO.payloadType
video.writeUInt32BE(VIDEO.ssrc, 8)
audio.writeUInt32BE(AUDIO.ssrc, 8)
let videoSent = 0
let audioSent = 0
const startedAt = performance.now()

function sendVideo(): void {
  const frame = Math.floor((videoSent * FRAMES_PER_SECOND) / VIDEO_PACKETS_PER_SECOND)
  const first =
    videoSent === 0 || frame !== Math.floor(((videoSent - 1) * FRAMES_PER_SECOND) / VIDEO_PACKETS_PER_SECOND)
  const last = frame !== Math.floor(((videoSent + 1) * FRAMES_PER_SECOND) / VIDEO_PACKETS_PER_SECOND)
  video[1] = VIDEO.payloadType | (last ? 0x80 : 0)
  video.writeUInt16BE(videoSent & 0xffff, 2)
  video.writeUInt32BE(((frame * 90_000) / FRAMES_PER_SECOND) >>> 0, 4)
  video[12] = first ? VP8_START : 0
  video[13] = first && frame % KEY_FRAME_EVERY === 0 ? VP8_KEY_FRAME_TAG : VP8_DELTA_FRAME_TAG
  video.writeBigUInt64BE(process.hrtime.bigint(), VIDEO.bytes - 8)
  track.sendMessageBinary(video)
  videoSent++
}

function sendAudio(): void {
  audio.writeUInt16BE(audioSent & 0xffff, 2)
  audio.writeUInt32BE((audioSent * 960) >>> 0, 4)
  track.sendMessageBinary(audio)
  audioSent++
}

/** Frames leave in bursts, as an encoder makes them. */
setInterval(() => {
  const elapsed = (performance.now() - startedAt) / 1000
  const videoDue = (Math.floor(elapsed * FRAMES_PER_SECOND) * VIDEO_PACKETS_PER_SECOND) / FRAMES_PER_SECOND
  while (videoSent < videoDue) sendVideo()
  while (audioSent < elapsed * AUDIO_PACKETS_PER_SECOND) sendAudio()
}, 5)
process.on('SIGTERM', () => process.exit(0))
