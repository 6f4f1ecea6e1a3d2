import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { FakePipe, FakeTransport } from './fake-transport.ts'
import { webRtcTransportContract } from './webrtc-transport-contract.ts'

const DESCRIPTION = {
  iceUfrag: 'test',
  icePwd: 'testtesttesttesttesttest',
  fingerprint: `sha-256 ${Array<string>(32).fill('AB').join(':')}`,
  setup: 'actpass',
  candidates: ['1 1 UDP 2114977791 127.0.0.1 50000 typ host'],
} as const

webRtcTransportContract('FakeTransport', async () => {
  const transport = new FakeTransport()
  return {
    transport,
    async createPeer({ setup = 'actpass' } = {}) {
      let end: FakePipe | undefined
      return {
        description: { ...DESCRIPTION, setup },
        get received() {
          return end?.sent ?? []
        },
        async connect(pipe) {
          assert.ok(pipe instanceof FakePipe)
          end = pipe
          end.connect()
        },
        send: (packet) => end?.receive(packet),
      }
    },
    async until(condition) {
      await turn()
      assert.ok(condition())
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
})
