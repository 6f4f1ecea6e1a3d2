import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BroadcastError } from '../../src/core/errors.ts'
import type { MediaPipe, TransportDescription, WebRtcTransport } from '../../src/core/webrtc-transport.ts'
import { rtpPacket } from './rtp-packets.ts'

/** The other end of a pipe. */
export type RemotePeer = {
  readonly description: TransportDescription
  /** Packets it received, oldest first. */
  readonly received: readonly Buffer[]
  /** Resolves once media can flow to and from the pipe. */
  connect(pipe: MediaPipe): Promise<void>
  send(packet: Buffer): void
}

export type TransportRig = AsyncDisposable & {
  readonly transport: WebRtcTransport
  createPeer(options?: { setup?: TransportDescription['setup'] }): Promise<RemotePeer>
  /** Resolves once `condition` holds; rejects after a while. */
  until(condition: () => boolean): Promise<void>
}

const PLI = Buffer.from('81ce000200000001000000aa', 'hex')

/** What every `WebRtcTransport` does. */
export function webRtcTransportContract(name: string, setUp: () => Promise<TransportRig>): void {
  async function connectedPair(rig: TransportRig): Promise<{ pipe: MediaPipe; peer: RemotePeer }> {
    const peer = await rig.createPeer()
    const pipe = await rig.transport.accept(peer.description)
    await peer.connect(pipe)
    assert.equal(await pipe.connected, true)
    return { pipe, peer }
  }

  describe(name, () => {
    test('[TR1] a new pipe is connecting and knows all that the answer needs', async () => {
      await using rig = await setUp()
      const { description } = await rig.createPeer()

      const { state, local } = await rig.transport.accept(description)

      assert.equal(state, 'connecting')
      assert.match(local.iceUfrag, /^[\w+/]{4,}$/)
      assert.match(local.icePwd, /^[\w+/]{22,}$/)
      assert.match(local.fingerprint, /^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
      assert.ok(local.candidates.length > 0)
      for (const candidate of local.candidates)
        assert.match(candidate, /^\S+ 1 udp \d+ [\d.:a-f]+ \d+ typ host/i)
    })

    test('[TR2] it is the DTLS server wherever the peer allows', async () => {
      await using rig = await setUp()
      const answerTo = async (setup: TransportDescription['setup']) => {
        const { description } = await rig.createPeer({ setup })
        return (await rig.transport.accept(description)).local.setup
      }

      assert.equal(await answerTo('actpass'), 'passive')
      assert.equal(await answerTo('active'), 'passive')
      assert.equal(await answerTo('passive'), 'active')
    })

    test('[TR3] connected settles true once media can flow, whoever is the DTLS server', async () => {
      await using rig = await setUp()
      for (const setup of ['actpass', 'passive'] as const) {
        const peer = await rig.createPeer({ setup })
        const pipe = await rig.transport.accept(peer.description)
        await peer.connect(pipe)

        assert.equal(await pipe.connected, true)
        assert.equal(pipe.state, 'connected')
      }
    })

    test('[TR4] packets of any SSRC and payload type, and RTCP, pass both ways unchanged', async () => {
      await using rig = await setUp()
      const { pipe, peer } = await connectedPair(rig)
      const received: Buffer[] = []
      pipe.onPacket = (packet) => received.push(packet)
      const packets = [
        rtpPacket({ ssrc: 7, payloadType: 111, sequence: 1, payload: Buffer.alloc(120, 5) }),
        rtpPacket({ ssrc: 8, payloadType: 45, sequence: 9, payload: Buffer.alloc(1150, 7), marker: true }),
        rtpPacket({ ssrc: 0xffff_fffe, payloadType: 96, sequence: 65_535, payload: Buffer.alloc(1400, 8) }),
        PLI,
      ]

      for (const packet of packets) {
        assert.equal(pipe.send(packet), true)
        peer.send(packet)
      }
      await rig.until(() => received.length === packets.length && peer.received.length === packets.length)

      assert.deepEqual(received, packets)
      assert.deepEqual(peer.received, packets)
    })

    test('[TR5] a buffer that was sent may be rewritten at once', async () => {
      await using rig = await setUp()
      const { pipe, peer } = await connectedPair(rig)
      const scratch = rtpPacket({ ssrc: 1, payload: Buffer.alloc(1000, 1) })

      for (let sequence = 0; sequence < 3; sequence++) {
        scratch.writeUInt16BE(sequence, 2)
        pipe.send(scratch)
      }
      await rig.until(() => peer.received.length === 3)

      assert.deepEqual(
        peer.received.map((packet) => packet.readUInt16BE(2)),
        [0, 1, 2],
      )
    })

    test('[TR6] send returns false before the connection, after it, and for what is no packet', async () => {
      await using rig = await setUp()
      const peer = await rig.createPeer()
      const pipe = await rig.transport.accept(peer.description)

      assert.equal(pipe.send(rtpPacket()), false)
      await peer.connect(pipe)
      await pipe.connected
      assert.equal(pipe.send(Buffer.alloc(0)), false)
      assert.equal(pipe.send(Buffer.alloc(4)), false)
      assert.equal(pipe.send(rtpPacket()), true)
      const closing = pipe.close()
      assert.equal(pipe.send(rtpPacket()), false)
      await closing
      assert.equal(pipe.send(rtpPacket()), false)
    })

    test('[TR7] every close waits for the same end, and the first reason counts', async () => {
      await using rig = await setUp()
      const { pipe } = await connectedPair(rig)

      await Promise.all([pipe.close('kicked'), pipe.close('ended')])
      await pipe.close('replaced')

      assert.equal(await pipe.closed, 'kicked')
      assert.equal(pipe.state, 'closed')
    })

    test('[TR8] a pipe that is closed before it connected settles connected with false', async () => {
      await using rig = await setUp()
      const { description } = await rig.createPeer()
      const pipe = await rig.transport.accept(description)

      await pipe.close()

      assert.equal(await pipe.connected, false)
      assert.equal(await pipe.closed, 'ended')
    })

    test('[TR9] a transport description that cannot be used is a bad offer', async () => {
      await using rig = await setUp()
      const { description } = await rig.createPeer()
      const wrong: Partial<TransportDescription>[] = [
        { iceUfrag: '' },
        { iceUfrag: 'abc' },
        { iceUfrag: 'abcd\r\na=x' },
        { icePwd: 'tooshort' },
        { icePwd: 'x'.repeat(257) },
        { fingerprint: '' },
        { fingerprint: 'sha-256 AB:CD' },
        { fingerprint: `md5 ${Array<string>(16).fill('AB').join(':')}` },
      ]

      for (const fields of wrong)
        await assert.rejects(
          rig.transport.accept({ ...description, ...fields }),
          (error) => error instanceof BroadcastError && error.code === 'bad-offer',
          JSON.stringify(fields),
        )
    })

    test('[TR10] a fingerprint may be written in any case, with SHA-256, SHA-384 or SHA-512', async () => {
      await using rig = await setUp()
      const { description } = await rig.createPeer()
      const ofBytes = (bytes: number) => Array<string>(bytes).fill('ab').join(':')

      for (const fingerprint of [
        `sha-256 ${ofBytes(32)}`,
        `SHA-256 ${ofBytes(32)}`,
        `sha-384 ${ofBytes(48)}`,
        `sha-512 ${ofBytes(64)}`,
      ])
        assert.equal((await rig.transport.accept({ ...description, fingerprint })).state, 'connecting')
    })

    test('[TR11] candidates that cannot be used are ignored, early and late', async () => {
      await using rig = await setUp()
      const peer = await rig.createPeer()
      const useless = [
        '',
        'garbage',
        '1 1 udp 2113937151 4f2c7a1e-0d1b.local 50000 typ host',
        '1 1 udp 2113937151 dead.beef.cafe 50000 typ host',
        '1 1 tcp 2113937151 127.0.0.1 9 typ host tcptype active',
        '1 2 udp 2113937151 127.0.0.1 50000 typ host',
        '1 1 udp 2113937151 127.0.0.1 99999 typ host',
        '1 1 udp 99999999999 127.0.0.1 50000 typ host',
        '1 1 udp 2113937151 256.0.0.1 50000 typ host',
        '1 1 udp 2113937151 127.0.0.1 50000 typ host\r\na=setup:active',
        `1 1 udp 2113937151 127.0.0.1 50000 typ host ${'x'.repeat(9000)}`,
      ]
      const pipe = await rig.transport.accept({
        ...peer.description,
        candidates: [...useless, ...peer.description.candidates],
      })
      for (const candidate of useless) pipe.addRemoteCandidate(candidate)

      await peer.connect(pipe)
      for (const candidate of useless) pipe.addRemoteCandidate(candidate)

      assert.equal(await pipe.connected, true)
      await pipe.close()
      pipe.addRemoteCandidate(peer.description.candidates[0] ?? '')
    })

    test('[TR12] a listener that throws ends its own pipe only', async () => {
      await using rig = await setUp()
      const broken = await connectedPair(rig)
      const sound = await connectedPair(rig)
      const received: Buffer[] = []
      broken.pipe.onPacket = () => {
        throw new Error('no good')
      }
      sound.pipe.onPacket = (packet) => received.push(packet)

      broken.peer.send(rtpPacket())
      assert.equal(await broken.pipe.closed, 'failed')
      sound.peer.send(rtpPacket())
      await rig.until(() => received.length === 1)
    })

    test('[TR13] a transport that is disposed closes its pipes and makes no more', async () => {
      await using rig = await setUp()
      const { pipe } = await connectedPair(rig)
      const late = await rig.createPeer()

      await rig.transport[Symbol.asyncDispose]()

      assert.equal(await pipe.closed, 'shutdown')
      await assert.rejects(
        rig.transport.accept(late.description),
        (error) => error instanceof BroadcastError && error.code === 'overloaded',
      )
    })
  })
}
