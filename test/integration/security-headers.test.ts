import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { madeJpeg } from '../support/made-jpeg.ts'
import { makeVideo } from '../support/made-video.ts'
import { strangersOffer } from '../support/offers.ts'
import { encodedPublisher } from '../support/synthetic-peers.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** What must be on an answer, whoever writes it. */
function missingFrom({ headers }: Response): string[] {
  const policy = headers.get('content-security-policy') ?? ''
  const right = {
    'content-security-policy': policy.startsWith("default-src 'self'; ") && !policy.includes('unsafe-'),
    'frame-ancestors': policy.includes("frame-ancestors 'none'"),
    'x-content-type-options': headers.get('x-content-type-options') === 'nosniff',
    'referrer-policy': headers.get('referrer-policy') === 'no-referrer',
    'permissions-policy': headers.get('permissions-policy')?.startsWith('camera=(self), microphone=(self)'),
    'cross-origin-opener-policy': headers.get('cross-origin-opener-policy') === 'same-origin',
  }
  return Object.keys(right).filter((name) => right[name as keyof typeof right] !== true)
}

/** Sends JPEG frames for as long as its scope. */
async function framesPublisher(server: KliegProcess, id: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws/video/${id}/`)
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'join', role: 'publisher' }))
  const timer = setInterval(() => socket.send(madeJpeg()), 100)
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
      socket.terminate()
    },
  }
}

describe('what answers of a running server tell browsers', () => {
  test('[THR24] media, events, files, uploads and refusals have the same headers as pages', async () => {
    using folder = temporaryFolder()
    makeVideo(folder.file('film.mp4'))
    await using server = await KliegProcess.start()
    mkdirSync(path.join(server.dataDir, 'videos'), { recursive: true })
    copyFileSync(folder.file('film.mp4'), path.join(server.dataDir, 'videos/film.mp4'))
    const { id, streamKey, urls } = await server.createBroadcast({ title: 'Headers' })
    await using _publisher = await encodedPublisher(urls.whip, streamKey)
    using _frames = await framesPublisher(server, 'pictures')
    await server.untilBroadcast('pictures', ({ state }) => state === 'live')
    let playlist = ''
    await eventually(
      async () => {
        const answer = await fetch(`${server.url}/hls/${id}/v0/index.m3u8`)
        playlist = await answer.text()
        return answer.ok && playlist.includes('.m4s')
      },
      () => playlist,
    )
    const [init] = /(?<=URI=")[^"]+\.mp4/.exec(playlist) ?? []
    const [segment] = /(?<=URI=")[^"]+\.m4s/.exec(playlist) ?? []
    assert.ok(init !== undefined && segment !== undefined, playlist)

    const wrong: Record<string, string[]> = {}
    const look = async (address: string, statuses: readonly number[], init?: RequestInit) => {
      const answer = await fetch(server.url + address, init)
      await answer.body?.cancel()
      const missing = missingFrom(answer)
      if (!statuses.includes(answer.status)) missing.push(`${answer.status}`)
      if (missing.length > 0) wrong[`${init?.method ?? 'GET'} ${address}`] = missing
      return answer
    }
    const page = await (await fetch(server.url)).text()
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(page) ?? []
    for (const address of [
      ...['/', '/view/x/', '/docs/', script, '/favicon.svg', '/openapi.json', '/metrics', '/healthz'],
      ...[`/api/events`, `/api/events?broadcast=${id}`, '/api/viewings.csv', '/api/library'],
      ...[`/hls/${id}/index.m3u8`, `/hls/${id}/v0/index.m3u8`],
      ...[`/hls/${id}/v0/${init}`, `/hls/${id}/v0/${segment}`],
      ...['/frames/pictures.mjpeg', '/frames/pictures.jpg'],
      '/api/stream/?path=film.mp4',
    ])
      await look(address, [200])
    await look('/api/stream/?path=film.mp4', [206], { headers: { range: 'bytes=0-9,20-29' } })
    await look('/api/stream/?path=film.mp4', [416], { headers: { range: 'bytes=999999999-' } })
    const offer = strangersOffer('recvonly').replace('VP8/', 'H264/')
    const sdp = { method: 'POST', headers: { 'content-type': 'application/sdp' } }
    await look(`/whep/${id}`, [201], { ...sdp, body: offer })
    await look(`/whep/${id}`, [413], { ...sdp, body: 'a'.repeat(200_000) })
    await look(`/whep/${id}`, [200, 204], { method: 'OPTIONS' })
    const upload = await look('/api/uploads', [201], {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '10',
        'upload-metadata': `filename ${Buffer.from('a.mp4').toString('base64')}`,
      },
    })
    const place = new URL(upload.headers.get('location') ?? '', server.url).pathname
    await look(place, [200], { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } })
    await look(place, [204], { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } })
    for (const [address, status] of [
      ['/nothing', 404],
      ['/api/nothing', 404],
      ['/%E0%A4%A', 400],
      [`/view/${'x'.repeat(9000)}`, 414],
      ['/start_broadcast/', 405],
      ['/hls/nobody/index.m3u8', 404],
    ] as const)
      await look(address, [status])

    await look(`/api/broadcasts/${id}/stop`, [200], { method: 'POST' })
    let recording: { id: string; state: string } | undefined
    await eventually(
      async () => {
        const listed = await fetch(`${server.url}/api/recordings?broadcast=${id}`)
        recording = ((await listed.json()) as { items: { id: string; state: string }[] }).items[0]
        return recording?.state === 'ready'
      },
      () => JSON.stringify(recording),
    )
    for (const file of ['index.m3u8', 'video.mp4']) await look(`/recordings/${recording?.id}/${file}`, [200])
    assert.deepEqual(wrong, {})
  })
})
