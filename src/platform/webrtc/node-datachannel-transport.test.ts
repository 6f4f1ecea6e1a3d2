import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { freeUdpPort } from '../../../test/support/free-port.ts'
import { RtcPeer } from '../../../test/support/rtc-peer.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { webRtcTransportContract } from '../../../test/support/webrtc-transport-contract.ts'
import { BroadcastError } from '../../core/errors.ts'
import { NodeDataChannelTransport, type TransportOptions } from './node-datachannel-transport.ts'

const HOST = '127.0.0.1'
/** Bytes. Now and then the native module's own threads call in, so that the heap grows a little in any case. */
const SMALLEST_OBJECT = 12

async function isTaken(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  socket.bind(port, HOST)
  const taken = await once(socket, 'listening').then(
    () => false,
    () => true,
  )
  socket.close()
  return taken
}

async function openTransport(options: Partial<TransportOptions> = {}): Promise<NodeDataChannelTransport> {
  return NodeDataChannelTransport.open({
    host: HOST,
    port: await freeUdpPort(),
    addresses: [],
    logger: new FakeLogger(),
    ...options,
  })
}

// The native module keeps its threads, and so the process, until it is told to leave.
after(() => setImmediate(() => process.exit()))

webRtcTransportContract('NodeDataChannelTransport', async () => {
  const transport = await openTransport()
  const peers: RtcPeer[] = []
  return {
    transport,
    until: (condition) => eventually(condition, () => `not in time: ${String(condition)}`),
    async createPeer({ setup = 'actpass' } = {}) {
      const peer = await RtcPeer.create()
      peers.push(peer)
      const received: Buffer[] = []
      peer.onPacket = (packet) => received.push(packet)
      return {
        description: { ...peer.description, setup },
        received,
        connect: (pipe) => peer.connect(pipe.local),
        send: (packet) => peer.send(packet),
      }
    },
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.close()
      await transport[Symbol.asyncDispose]()
    },
  }
})

describe('NodeDataChannelTransport', () => {
  test('[TR14] a UDP port that is taken is named when the transport opens', async () => {
    const taken = createSocket('udp4')
    taken.bind(0, HOST)
    await once(taken, 'listening')
    const { port } = taken.address()

    await assert.rejects(openTransport({ port }), (error: Error) =>
      error.message.includes(`${port} on ${HOST}`),
    )
    taken.close()
  })

  test('[TR15] the UDP port stays open while there are no peers', async () => {
    const port = await freeUdpPort()
    await using transport = await openTransport({ port })
    assert.equal(await isTaken(port), true)
    const peer = await RtcPeer.create()
    const pipe = await transport.accept(peer.description)
    await pipe.close()
    await sleep(50)

    assert.equal(await isTaken(port), true)
    peer.close()
  })

  test('[TR16] all peers share the port, and host candidates are the bound address with it', async () => {
    const port = await freeUdpPort()
    await using transport = await openTransport({ port })
    const peers = await Promise.all(Array.from({ length: 5 }, () => RtcPeer.create()))
    for (const peer of peers) {
      const { local } = await transport.accept(peer.description)
      assert.deepEqual(
        local.candidates.map((candidate) => candidate.split(' ').slice(4, 6)),
        [[HOST, String(port)]],
      )
      await peer.connect(local)
    }
    assert.equal(transport.size, 5)
    for (const peer of peers) peer.close()
  })

  test('[TR17] announced addresses come first, each once', async () => {
    const port = await freeUdpPort()
    await using transport = await openTransport({ port, addresses: ['203.0.113.7', '2001:db8::7', HOST] })
    const peer = await RtcPeer.create()

    const { local } = await transport.accept(peer.description)

    const priorities = local.candidates.map((candidate) => Number(candidate.split(' ')[3]))
    assert.deepEqual(
      local.candidates.map((candidate) => candidate.split(' ').slice(4, 6).join(' ')),
      [`203.0.113.7 ${port}`, `2001:db8::7 ${port}`, `${HOST} ${port}`],
    )
    assert.deepEqual(
      priorities,
      priorities.toSorted((a, b) => b - a),
    )
    await peer.connect({ ...local, candidates: local.candidates.slice(2) })
    peer.close()
  })

  test('[TR18] a peer that never connects is given up and forgotten', async () => {
    await using transport = await openTransport({ connectTimeout: 50 })
    const peer = await RtcPeer.create()

    const pipe = await transport.accept(peer.description)

    assert.equal(await pipe.closed, 'timeout')
    assert.equal(await pipe.connected, false)
    assert.equal(transport.size, 0)
    peer.close()
  })

  test('[TR19] too many peers on their way in are refused as overload until some have come in or gone', async () => {
    await using transport = await openTransport({ maxConnecting: 2 })
    const peers = await Promise.all(Array.from({ length: 3 }, () => RtcPeer.create()))
    const [first, second, third] = peers.map(({ description }) => description)
    assert.ok(first && second && third)
    const [pipe] = await Promise.all([transport.accept(first), transport.accept(second)])

    await assert.rejects(
      transport.accept(third),
      (error) => error instanceof BroadcastError && error.code === 'overloaded',
    )
    await pipe.close()
    assert.equal((await transport.accept(third)).state, 'connecting')
    for (const peer of peers) peer.close()
  })

  test('[TR20] peers are told apart by random user names that do not collide', async () => {
    await using transport = await openTransport()
    const { description } = await RtcPeer.create()

    const pipes = await Promise.all(Array.from({ length: 50 }, () => transport.accept(description)))

    const names = new Set(pipes.map(({ local }) => local.iceUfrag))
    assert.equal(names.size, 50)
    for (const name of names) assert.equal(name.length, 16)
  })

  test('[TR21] sending allocates nothing', async () => {
    await using transport = await openTransport()
    const peer = await RtcPeer.create()
    const pipe = await transport.accept(peer.description)
    await peer.connect(pipe.local)
    await pipe.connected
    const packet = rtpPacket({ payload: Buffer.alloc(100) })
    let sequence = 0
    const sent = allocatedBytesPerCall(() => {
      packet.writeUInt16BE(sequence++ & 0xffff, 2)
      return pipe.send(packet)
    })

    assert.ok(sent < SMALLEST_OBJECT, `${sent} bytes per packet`)
    assert.ok(transport.traffic.packetsOut > 1000)
    peer.close()
  })

  test('[TR22] peers that come and go leave no descriptors, and a pipe that is opened during disposal is closed', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length
    const transport = await openTransport()
    const { description } = await RtcPeer.create()
    await (await transport.accept(description)).close()
    await sleep(50)
    const before = descriptors()
    for (let round = 0; round < 50; round++) await (await transport.accept(description)).close()
    await eventually(
      () => descriptors() <= before,
      () => `${before} descriptors before, ${descriptors()} after`,
    )
    assert.equal(transport.size, 0)

    const opening = transport.accept(description)
    const disposed = transport[Symbol.asyncDispose]()
    const pipe = await opening
    await disposed
    assert.equal(await pipe.closed, 'shutdown')
  })

  test('[TR23] a peer that comes by itself is never checked from here; one that does not is, after a while', async () => {
    const bystander = createSocket('udp4')
    bystander.bind(0, HOST)
    await once(bystander, 'listening')
    let packets = 0
    bystander.on('message', () => packets++)
    const candidate = `1 1 udp 2113937151 ${HOST} ${bystander.address().port} typ host`
    await using transport = await openTransport({ checkAfter: 300 })
    const peer = await RtcPeer.create()
    const pipe = await transport.accept({ ...peer.description, candidates: [candidate] })
    await peer.connect(pipe.local)
    assert.equal(await pipe.connected, true)
    await sleep(500)
    assert.equal(packets, 0)

    const silent = await RtcPeer.create()
    await transport.accept({ ...silent.description, candidates: [candidate] })
    await eventually(
      () => packets > 0,
      () => 'its candidate was not checked',
    )
    bystander.close()
    for (const each of [peer, silent]) each.close()
  })
})
