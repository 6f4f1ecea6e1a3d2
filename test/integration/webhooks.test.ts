import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { strangersOffer } from '../support/offers.ts'
import { syntheticPublisher } from '../support/synthetic-peers.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const env = { KLIEG_WEBHOOK_ALLOW: '127.0.0.1' }
/** What the example lets in. */
const TOKEN = 'letmein-to-theirs'

type Told = { type: string; timestamp: string; data: { id: string; subject?: { id: string } } }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** examples/webhook-receiver, as it is. */
class Receiver implements AsyncDisposable {
  readonly events: Told[] = []
  /** What it refused. */
  readonly refused: string[] = []
  readonly #process: ChildProcess

  static async start(options: { port: number; secret: string }): Promise<Receiver> {
    const receiver = new Receiver(options)
    await eventually(
      () => receiver.#listens,
      () => 'the example does not listen',
    )
    return receiver
  }

  #listens = false

  private constructor({ port, secret }: { port: number; secret: string }) {
    this.#process = spawn(process.execPath, ['examples/webhook-receiver/receiver.ts'], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port), SECRET: secret, HOOK_SECRET: secret, TOKEN },
    })
    const { stdout, stderr } = this.#process
    if (stdout)
      createInterface(stdout).on('line', (line) => {
        if (line.startsWith('http')) this.#listens = true
        else this.events.push(JSON.parse(line) as Told)
      })
    if (stderr) createInterface(stderr).on('line', (line) => this.refused.push(line))
  }

  has(type: string, id: string): boolean {
    return this.events.some((event) => event.type === type && (event.data.subject ?? event.data).id === id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL')
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit')
  }
}

async function ask<Answer>(url: string, method = 'GET', body?: object): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  assert.ok(answer.ok, `${url}: ${answer.status}`)
  return (await answer.json()) as Answer
}

/** A webhook for everything, to a port where nobody listens yet. */
async function subscribe(server: KliegProcess, port: number): Promise<{ id: string; secret: string }> {
  const { events } = await ask<{ events: string[] }>(`${server.url}/api/webhooks`)
  return ask(`${server.url}/api/webhooks`, 'POST', { url: `http://127.0.0.1:${port}/hook`, events })
}

describe('webhooks of the real server', () => {
  test('[WH80] the example receives every event, and refuses what somebody else signed', async () => {
    await using server = await KliegProcess.start({ env })
    const port = await freePort()
    const { id: webhook, secret } = await subscribe(server, port)
    await using receiver = await Receiver.start({ port, secret })
    mkdirSync(path.join(server.dataDir, 'videos'), { recursive: true })
    writeFileSync(path.join(server.dataDir, 'videos/film.mp4'), Buffer.alloc(1000))

    const { id, streamKey, urls } = await server.createBroadcast({ title: 'Told' })
    const publisher = await syntheticPublisher(urls.whip, streamKey)
    await eventually(
      () => receiver.has('broadcast.live', id),
      () => JSON.stringify(receiver.events) + server.log,
    )
    await publisher.kill()
    await ask(`${server.url}/api/broadcasts/${id}/stop`, 'POST')
    await fetch(`${server.url}/api/stream/?path=film.mp4`)
    await eventually(
      () => receiver.has('broadcast.ended', id) && receiver.has('viewing.started', 'film.mp4'),
      () => JSON.stringify(receiver.events) + server.log,
    )
    const types = receiver.events.filter(({ data }) => data.id === id).map(({ type }) => type)
    assert.deepEqual(types.slice(0, 2), ['broadcast.created', 'broadcast.live'])
    assert.equal(types.at(-1), 'broadcast.ended')
    assert.ok(!JSON.stringify(receiver.events).includes(streamKey))
    assert.deepEqual(receiver.refused, [])

    const forged = await fetch(`http://127.0.0.1:${port}/hook`, {
      method: 'POST',
      headers: {
        'webhook-id': 'msg_forged',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': 'v1,AAAA',
      },
      body: '{}',
    })
    assert.equal(forged.status, 401)
    const { items } = await ask<{ items: { state: string }[] }>(
      `${server.url}/api/webhooks/${webhook}/deliveries`,
    )
    assert.ok(items.length >= 4 && items.every(({ state }) => state === 'delivered'))
    assert.ok(!server.log.includes(secret))
  })

  test('[WH81] after kill -9 what had not arrived does, once, and what was live is told to be over', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    const first = await KliegProcess.start({ env, dataDir: folder.path })
    const { id: webhook, secret } = await subscribe(first, port)
    const { id, streamKey, urls } = await first.createBroadcast({ title: 'Cut off' })
    await using _publisher = await syntheticPublisher(urls.whip, streamKey)
    await first.untilBroadcast(id, ({ state }) => state === 'live')
    const log = `/api/webhooks/${webhook}/deliveries`
    await eventually(
      async () => {
        const { items } = await ask<{ items: { attempts: object[] }[] }>(first.url + log)
        return items.some(({ attempts }) => attempts.length > 0)
      },
      () => first.log,
    )
    first.kill('SIGKILL')
    await first.exited()

    await using receiver = await Receiver.start({ port, secret })
    await using second = await KliegProcess.start({ env, dataDir: folder.path })
    await eventually(
      () => receiver.has('broadcast.ended', id),
      () => JSON.stringify(receiver.events) + second.log,
      40,
    )
    assert.deepEqual(
      receiver.events.map(({ type }) => type),
      ['broadcast.created', 'broadcast.live', 'broadcast.ended'],
    )
    assert.deepEqual(receiver.refused, [])
  })

  test('[WH82] without KLIEG_WEBHOOK_ALLOW no webhook goes to this machine', async () => {
    await using server = await KliegProcess.start()
    const answer = await fetch(`${server.url}/api/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'http://localhost:9/', events: ['broadcast.live'] }),
    })
    assert.equal(answer.status, 400)
    assert.match(((await answer.json()) as { detail: string }).detail, /inside a network/)
  })
})

describe('authorisation hooks of the real server', () => {
  test('[AH16] the example decides who publishes by WHIP and who watches by HLS', async () => {
    const port = await freePort()
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const may = `http://127.0.0.1:${port}/may`
    await using receiver = await Receiver.start({ port, secret })
    await using server = await KliegProcess.start({
      env: { KLIEG_PUBLISH_HOOK: may, KLIEG_WATCH_HOOK: may, KLIEG_HOOK_SECRET: secret },
    })
    const whip = `${server.url}/whip/theirs`
    const refused = await fetch(whip, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: 'Bearer wrong' },
      body: strangersOffer('sendonly'),
    })
    assert.equal(refused.status, 403)
    await using _publisher = await syntheticPublisher(whip, TOKEN)
    await server.untilBroadcast('theirs', ({ state }) => state === 'live')

    const playlist = async (token: string) =>
      (await fetch(`${server.url}/hls/theirs/index.m3u8${token}`)).status
    assert.equal(await playlist(''), 401)
    assert.equal(await playlist('?token=wrong'), 403)
    assert.ok(![401, 403].includes(await playlist(`?token=${TOKEN}`)))
    assert.deepEqual(receiver.refused, [])
    assert.ok(!server.log.includes(secret) && !server.log.includes(TOKEN))
  })
})
