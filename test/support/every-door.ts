import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { WebSocket } from 'ws'
import { strangersOffer } from './offers.ts'

/** What somebody is after: a broadcast, and what it is recording. */
export type Goal = { id: string; recording: string }
/** Who knocks, and from where: each asker has an address of its own, so that nobody pays for another's guesses. */
export type Knocker = { token?: string; address: string }

const SDP = 'application/sdp'
const JOIN_FIRST = { signalling: '/ws/webrtc/:id/', frames: '/ws/video/:id/', chat: '/ws/chat/:id/' }

/** What every door by which something of a broadcast can be had says: an HTTP status, or 200 or the close code of a WebSocket. */
export async function everyDoor(server: string, goal: Goal, who: Knocker): Promise<Record<string, number>> {
  const put = (place: string) => place.replace(':id', goal.id).replace(':recording', goal.recording)
  const said: Record<string, number> = {}
  for (const [door, place] of Object.entries({
    'WHEP, what is there': '/whep/:id',
    HLS: '/hls/:id/index.m3u8',
    'HLS, a rendition': '/hls/:id/v0/index.m3u8',
    'motion JPEG': '/frames/:id.mjpeg',
    'newest picture': '/frames/:id.jpg',
    thumbnail: '/api/broadcasts/:id/thumbnail.jpg',
    broadcast: '/api/broadcasts/:id',
    events: '/api/events?broadcast=:id',
    chat: '/api/broadcasts/:id/chat',
    recordings: '/api/recordings?broadcast=:id',
    recording: '/api/recordings/:recording',
    'chat of the recording': '/api/recordings/:recording/chat',
    'recording by HLS': '/recordings/:recording/index.m3u8',
    'recording as MP4': '/recordings/:recording/video.mp4',
    'poster of the recording': '/recordings/:recording/poster.jpg',
  }))
    said[door] = await statusOf(server + put(place), who)
  const offer = strangersOffer('recvonly').replace('VP8/', 'H264/')
  said['WHEP'] = await statusOf(`${server}${put('/whep/:id')}`, who, offer)
  for (const [door, place] of Object.entries(JOIN_FIRST))
    said[`${door} by WebSocket`] = await joined(server.replace('http', 'ws') + put(place), who)
  return said
}

/** The status alone: what never ends is not waited for. */
async function statusOf(url: string, { token, address }: Knocker, offer?: string): Promise<number> {
  const asking = request(url, {
    method: offer === undefined ? 'GET' : 'POST',
    localAddress: address,
    headers: {
      ...(offer !== undefined && { 'content-type': SDP }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  })
  asking.end(offer)
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  answer.destroy()
  return answer.statusCode ?? 0
}

/** 200 for whoever is let in, else what the server closes with. */
async function joined(url: string, { token, address }: Knocker): Promise<number> {
  const socket = new WebSocket(url, { localAddress: address })
  const answered = new Promise<number>((resolve) => {
    socket.on('close', (code) => resolve(code))
    socket.on('message', (data: Buffer) => {
      if ((JSON.parse(data.toString()) as { type: string }).type === 'welcome') resolve(200)
    })
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'join', role: 'viewer', ...(token !== undefined && { token }) }))
  const said = await answered
  socket.terminate()
  return said
}
