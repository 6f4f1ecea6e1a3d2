import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ListChange } from '../live/on-air.ts'
import { followList, waitAfter } from './list-socket.ts'

/** Remembers the sockets that were opened; the test plays the server. */
class FakeSocket {
  static opened: FakeSocket[] = []
  readonly url: string
  closed = false
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null

  constructor(url: string | URL) {
    this.url = String(url)
    FakeSocket.opened.push(this)
  }

  close(): void {
    this.closed = true
    this.onclose?.()
  }
}

function setUp(context: TestContext, address = 'http://live.example/ws/streams/') {
  const before = globalThis.WebSocket
  FakeSocket.opened = []
  globalThis.WebSocket = FakeSocket as unknown as typeof WebSocket
  context.after(() => (globalThis.WebSocket = before))
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const changes: ListChange[] = []
  const connected: boolean[] = []
  const stop = followList(new URL(address), {
    onChange: (change) => changes.push(change),
    onConnected: (now) => connected.push(now),
  })
  return { sockets: FakeSocket.opened, changes, connected, stop }
}

describe('the list by WebSocket', () => {
  test('[WEB12] it tells every change', (context) => {
    const { sockets, changes, connected } = setUp(context, 'https://live.example/ws/streams/')
    sockets[0]!.onopen?.()
    sockets[0]!.onmessage?.({ data: '{"type":"list","broadcasts":[]}' })

    assert.equal(sockets[0]!.url, 'wss://live.example/ws/streams/')
    assert.deepEqual(changes, [{ type: 'list', broadcasts: [] }])
    assert.deepEqual(connected, [true])
  })

  test('[WEB12] a lost connection is made again', (context) => {
    const { sockets, connected } = setUp(context)
    sockets[0]!.onclose?.()
    assert.equal(sockets.length, 1)

    context.mock.timers.tick(1000)
    sockets[1]!.onopen?.()

    assert.deepEqual(connected, [false, true])
  })

  test('[WEB12] stopping closes it, and it does not come back', (context) => {
    const { sockets, stop } = setUp(context)
    stop()
    context.mock.timers.tick(60_000)

    assert.equal(sockets.length, 1)
    assert.equal(sockets[0]!.closed, true)
  })

  test('[WEB12] the wait doubles up to its bound and differs between clients', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 10].map((failures) => waitAfter(failures, 1)),
      [1000, 2000, 4000, 8000, 15_000],
    )
    assert.equal(waitAfter(10, 0), 7500)
  })
})
