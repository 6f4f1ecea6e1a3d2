import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { KliegProcess } from '../support/klieg-process.ts'
import { strangersOffer } from '../support/offers.ts'
import { syntheticPublisher } from '../support/synthetic-peers.ts'

const COMMAND = path.join(import.meta.dirname, '../../bin/klieg.ts')

/** Runs the command to its end. */
function klieg(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 20_000,
  })
}

describe('klieg serve', () => {
  test('[SRV1] after a crash what was live is ended, and its stream key still works', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'klieg-restart-'))
    try {
      const first = await KliegProcess.start({ dataDir })
      const { id, streamKey, urls } = await first.createBroadcast({ title: 'Survives' })
      await using _publisher = await syntheticPublisher(urls.whip, streamKey)
      await first.untilBroadcast(id, ({ state }) => state === 'live')
      first.kill('SIGKILL')
      await first.exited()

      await using second = await KliegProcess.start({ dataDir })
      assert.equal((await second.broadcast(id)).state, 'ended')
      const again = await syntheticPublisher(`${second.url}/whip/${id}`, streamKey)
      await second.untilBroadcast(id, ({ state }) => state === 'live')
      await again.kill()
      const wrong = await fetch(`${second.url}/whip/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', authorization: 'Bearer sk_wrong' },
        body: strangersOffer('sendonly'),
      })
      assert.equal(wrong.status, 401)
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  test('[SRV2] SIGTERM ends it within seconds, with its workers, whoever is connected', async () => {
    const server = await KliegProcess.start()
    const { id, streamKey, urls } = await server.createBroadcast()
    await using _publisher = await syntheticPublisher(urls.whip, streamKey)
    await server.untilBroadcast(id, ({ state }) => state === 'live')
    const list = new WebSocket(`${server.url.replace('http', 'ws')}/ws/streams/`)
    await once(list, 'message')
    const events = await fetch(`${server.url}/api/events`)
    const { workers } = server

    const listClosed = once(list, 'close')
    server.kill('SIGTERM')
    await server.exited()

    assert.deepEqual(await listClosed.then(([code]) => code as number), 1012)
    await events.body?.cancel().catch(() => undefined)
    for (const pid of workers) assert.throws(() => process.kill(pid, 0), `worker ${pid} is left behind`)
    await server[Symbol.asyncDispose]()
  })

  test('[SRV3] a client that is slow with its headers is cut off, others are served meanwhile', async () => {
    await using server = await KliegProcess.start()
    const { hostname, port } = new URL(server.url)
    const slow = connect(Number(port), hostname)
    await once(slow, 'connect')
    slow.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
    const drip = setInterval(() => slow.write('x'), 500)
    slow.on('error', () => undefined)

    const closed = once(slow, 'close')
    slow.resume()
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
    await closed
    clearInterval(drip)
  })

  test('[SRV4] the interface description names every door', async () => {
    await using server = await KliegProcess.start()
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      openapi: string
      paths: Record<string, Record<string, unknown>>
    }
    assert.equal(document.openapi, '3.1.0')
    const described = Object.entries(document.paths).flatMap(([route, methods]) =>
      Object.keys(methods).map((method) => `${method} ${route}`),
    )
    for (const route of [
      'post /api/broadcasts',
      'get /api/broadcasts',
      'get /api/broadcasts/{id}',
      'patch /api/broadcasts/{id}',
      'delete /api/broadcasts/{id}',
      'post /api/broadcasts/{id}/stop',
      'post /api/broadcasts/{id}/stream-key',
      'get /api/events',
      'get /api/server',
      'get /api/time',
      'post /whip/{id}',
      'patch /whip/{id}/{session}',
      'delete /whip/{id}/{session}',
      'post /whep/{id}',
      'patch /whep/{id}/{session}',
      'delete /whep/{id}/{session}',
      'post /start_broadcast/',
      'post /stop_broadcast/',
      'get /api/get-stream-id/',
      'get /streams/',
      'get /healthz',
      'get /readyz',
      'get /metrics',
    ])
      assert.ok(described.includes(route), `${route} is not described`)
    assert.equal((await fetch(`${server.url}/docs`)).status, 200)
  })

  test('[SRV5] without --open nobody makes a broadcast, and nothing is told about what exists', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    const made = await fetch(`${server.url}/api/broadcasts`, { method: 'POST' })
    assert.equal(made.status, 401)
    const whip = (id: string) =>
      fetch(`${server.url}/whip/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', authorization: 'Bearer sk_guess' },
        body: strangersOffer('sendonly'),
      })
    assert.equal((await whip('nobody')).status, 401)
    assert.equal((await fetch(`${server.url}/view/anything/`)).status, 200)
  })

  test('[SRV6] mistakes are told in one line that helps, with a code of their own', async () => {
    await using server = await KliegProcess.start()
    const { port } = new URL(server.url)
    const taken = klieg(['serve', '--open'], {
      KLIEG_PORT: port,
      KLIEG_ICE_PORT: '19999',
      KLIEG_DATA_DIR: server.dataDir,
    })
    assert.deepEqual(
      [taken.status, /Port \d+ on 127\.0\.0\.1 is taken/.test(taken.stderr)],
      [1, true],
      taken.stderr,
    )

    const exposed = klieg(['serve', '--open', '--host', '0.0.0.0'])
    assert.deepEqual([exposed.status, /KLIEG_HOST/.test(exposed.stderr)], [2, true], exposed.stderr)

    const unknown = klieg(['serve'], { KLIEG_PROT: '1' })
    assert.deepEqual(
      [unknown.status, /Did you mean KLIEG_PORT/.test(unknown.stderr)],
      [2, true],
      unknown.stderr,
    )
  })

  test('[SRV7] the doctor finds a taken port and says what to set; config shows no secret', async () => {
    await using server = await KliegProcess.start()
    const { port } = new URL(server.url)
    const doctor = klieg(['doctor'], { KLIEG_PORT: port, KLIEG_DATA_DIR: server.dataDir })
    assert.equal(doctor.status, 1)
    assert.match(doctor.stdout, new RegExp(`✖ TCP port ${port}.*\\n.*KLIEG_PORT`))

    const config = klieg(['config'], { KLIEG_TURN_SECRET: 'planted-secret' })
    assert.ok(!config.stdout.includes('planted-secret'))
  })

  test('[SRV8] a stream key never reaches the log, an error or a metric', async () => {
    await using server = await KliegProcess.start({ env: { KLIEG_LOG_LEVEL: 'debug' } })
    const { id, streamKey, urls } = await server.createBroadcast()
    await using _publisher = await syntheticPublisher(urls.whip, streamKey)
    await server.untilBroadcast(id, ({ state }) => state === 'live')
    const told = await Promise.all(
      ['/metrics', `/api/broadcasts/${id}`, '/api/broadcasts', '/openapi.json', `/whip/${id}`].map(
        async (route) => (await fetch(server.url + route)).text(),
      ),
    )
    for (const text of [server.log, ...told]) assert.ok(!text.includes(streamKey))
  })
})
