import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, test } from 'node:test'
import { replayRig } from '../../../test/support/replay-rig.ts'
import type { RecordingView } from './recording-view.ts'

type List = { items: RecordingView[]; total: number; page: number; pageSize: number }
type Problem = { code: string; status: number }

async function json(url: string) {
  const response = await fetch(url)
  return { status: response.status, body: (await response.json()) as RecordingView & List & Problem }
}

describe('/api/recordings', () => {
  test('[RC60] a recording is told with its state, duration, size and addresses', async () => {
    await using rig = await replayRig()
    const { status, body } = await json(`${rig.url}/api/recordings/${rig.id}`)
    assert.equal(status, 200)
    const { duration, size, startedAt, endedAt, urls, ...rest }: RecordingView = body
    assert.deepEqual(rest, {
      ...{ id: rig.id, broadcastId: 'b1', title: 'A talk', state: 'ready', truncated: false },
      codecs: ['avc1.42c015', 'opus'],
    })
    assert.ok(Math.abs(duration - 5) < 0.3 && size > 300_000)
    assert.ok(startedAt === new Date(startedAt).toISOString() && endedAt !== null)
    assert.deepEqual(urls, {
      playlist: `https://live.example/recordings/${rig.id}/index.m3u8`,
      video: `https://live.example/recordings/${rig.id}/video.mp4`,
      poster: `https://live.example/recordings/${rig.id}/poster.jpg`,
    })
  })

  test('[RC61] lists hold what is public, in pages; those of one broadcast are for whoever may watch it', async () => {
    await using rig = await replayRig()
    await rig.broadcasts.create({ id: 'hidden', visibility: 'unlisted' })
    const row = rig.store.records.get(rig.id)
    assert.ok(row)
    await rig.store.save({ ...row, id: '000000000-hidden', broadcastId: 'hidden' })
    const everything = await json(`${rig.url}/api/recordings?pageSize=10`)
    assert.deepEqual(
      everything.body.items.map(({ id }) => id),
      [rig.id],
    )
    assert.deepEqual([everything.body.total, everything.body.page, everything.body.pageSize], [1, 1, 10])
    const ofOne = await json(`${rig.url}/api/recordings?broadcast=hidden&state=ready`)
    assert.equal(ofOne.body.total, 1)
    assert.equal((await json(`${rig.url}/api/recordings?state=recording`)).body.total, 0)
    assert.equal((await json(`${rig.url}/api/recordings?broadcast=nobody`)).status, 404)
    assert.equal((await json(`${rig.url}/api/recordings?page=0`)).status, 400)
  })

  test('[RC62] only whoever may change its broadcast removes it; then it is gone with its files', async () => {
    await using rig = await replayRig({ open: false })
    const url = `${rig.url}/api/recordings/${rig.id}`
    const remove = (key?: string) =>
      fetch(url, { method: 'DELETE', headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
    assert.equal((await remove()).status, 401)
    assert.equal((await remove('wrong')).status, 401)
    assert.ok(existsSync(rig.file('v0-0.mp4')))

    assert.equal((await remove(rig.streamKey)).status, 403, 'a stream key publishes, and no more')
    assert.ok(existsSync(rig.file('v0-0.mp4')))

    await using open = await replayRig()
    const its = `${open.url}/api/recordings/${open.id}`
    assert.equal((await fetch(its, { method: 'DELETE' })).status, 204)
    assert.ok(!existsSync(open.file('.')))
    assert.equal((await json(its)).body.code, 'recording-not-found')
    assert.equal((await fetch(its, { method: 'DELETE' })).status, 404)
  })

  test('[RC63] what is still being recorded is told as it is now, and not removed', async () => {
    await using rig = await replayRig({ live: true })
    const { body } = await json(`${rig.url}/api/recordings/${rig.id}`)
    assert.equal(body.state, 'recording')
    assert.ok(body.duration >= 4)
    const { items } = (await json(`${rig.url}/api/recordings`)).body
    assert.ok((items[0]?.duration ?? 0) >= 4)
    const refused = await fetch(`${rig.url}/api/recordings/${rig.id}`, { method: 'DELETE' })
    assert.equal(refused.status, 409)
  })

  test('[RC64] whoever guesses ids is not answered for a while', async () => {
    await using rig = await replayRig()
    const statuses: number[] = []
    for (let guess = 0; guess < 22; guess++)
      statuses.push((await fetch(`${rig.url}/recordings/00000000${guess}-x/index.m3u8`)).status)
    assert.deepEqual([...new Set(statuses)], [404, 429])
    assert.equal((await fetch(rig.address('index.m3u8'))).status, 429)
  })
})
