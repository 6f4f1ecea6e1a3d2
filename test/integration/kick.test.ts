import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { KliegProcess } from '../support/klieg-process.ts'
import { madeJpeg } from '../support/made-jpeg.ts'
import { encodedPublisher } from '../support/synthetic-peers.ts'

const WITHIN = 5_000

async function kickAll(server: KliegProcess, id: string): Promise<void> {
  const route = `${server.url}/api/admin/broadcasts/${id}`
  const { items } = (await (await fetch(`${route}/audience`)).json()) as { items: { id: string }[] }
  assert.ok(items.length > 0)
  for (const viewer of items)
    assert.equal((await fetch(`${route}/viewers/${viewer.id}/kick`, { method: 'POST' })).status, 204)
}

test('[AD49] a player over HLS that is sent away gets nothing new', async () => {
  await using server = await KliegProcess.start()
  const { id, streamKey, urls } = await server.createBroadcast()
  await using _publisher = await encodedPublisher(urls.whip, streamKey)
  await server.untilBroadcast(id, ({ state }) => state === 'live')
  const master = await (await fetch(`${server.url}/hls/${id}/index.m3u8`)).text()
  const [playlist = ''] = /^[^#].*$/m.exec(master) ?? []
  const reload = () => fetch(new URL(playlist, `${server.url}/hls/${id}/index.m3u8`))
  assert.equal((await reload()).status, 200)
  await server.untilBroadcast(id, ({ viewers }) => viewers === 1)

  await kickAll(server, id)
  assert.equal((await reload()).status, 403)
  assert.equal((await server.broadcast(id)).viewers, 0)
})

test('[AD49] whoever watches frames is cut off when sent away, and the publisher too', async () => {
  await using server = await KliegProcess.start()
  const { id, streamKey } = await server.createBroadcast()
  const publisher = new WebSocket(`${server.url.replace('http', 'ws')}/ws/video/${id}/`, {
    headers: { authorization: `Bearer ${streamKey}` },
  })
  await new Promise((resolve) => publisher.once('open', resolve))
  const sending = setInterval(() => publisher.send(madeJpeg()), 50)
  try {
    await server.untilBroadcast(id, ({ state }) => state === 'live')
    const stream = await fetch(`${server.url}/frames/${id}.mjpeg`)
    const over = stream.body?.pipeTo(new WritableStream()).then(
      () => 'over',
      () => 'over',
    )
    await server.untilBroadcast(id, ({ viewers }) => viewers === 1)

    await kickAll(server, id)
    assert.equal(await Promise.race([over, sleep(WITHIN, 'late', { ref: false })]), 'over')
    assert.equal((await fetch(`${server.url}/frames/${id}.mjpeg`)).status, 403)

    const closed = new Promise((resolve) => publisher.once('close', () => resolve('closed')))
    const route = `${server.url}/api/admin/broadcasts/${id}/publisher/kick`
    assert.equal((await fetch(route, { method: 'POST' })).status, 204)
    assert.equal(await Promise.race([closed, sleep(WITHIN, 'late', { ref: false })]), 'closed')
    assert.equal((await server.broadcast(id)).state, 'ended')
  } finally {
    clearInterval(sending)
    publisher.terminate()
  }
})
