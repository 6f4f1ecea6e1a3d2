import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { uploadRefusal } from './upload-refusal.ts'
import { type Transfer, type TransferListeners, UploadQueue } from './upload-queue.ts'

class FakeTransfer implements Transfer {
  readonly asked: string[] = []
  readonly listeners: TransferListeners

  constructor(listeners: TransferListeners) {
    this.listeners = listeners
  }
  start() {
    this.asked.push('start')
  }
  pause() {
    this.asked.push('pause')
  }
  cancel() {
    this.asked.push('cancel')
  }
}

function setUp(...names: string[]) {
  const transfers: FakeTransfer[] = []
  const clock = { now: 0 }
  const queue = new UploadQueue({
    open: (_file, listeners) => {
      const transfer = new FakeTransfer(listeners)
      transfers.push(transfer)
      return transfer
    },
    now: () => clock.now,
  })
  queue.add(
    names.map((name) => new File(['12345'], name)),
    ({ name }) => (name.endsWith('.exe') ? 'no video' : undefined),
  )
  const transfer = (place: number) => transfers[place] ?? assert.fail('no such transfer')
  const row = (name: string) => queue.rows().find((each) => each.name === name) ?? assert.fail(name)
  const states = () => queue.rows().map(({ state }) => state)
  return { queue, transfer, row, states, clock }
}

describe('the uploads of a page', () => {
  test('[LB44] two run at a time, the next begins when one has ended', () => {
    const { transfer, states, row } = setUp('a.mp4', 'b.mp4', 'c.mp4')
    assert.deepEqual(states(), ['running', 'running', 'waiting'])
    transfer(0).listeners.onDone('item')

    assert.deepEqual(states(), ['done', 'running', 'running'])
    assert.deepEqual(transfer(2).asked, ['start'])
    assert.deepEqual([row('a.mp4').item, row('a.mp4').sent], ['item', 5])
  })

  test('[LB44] one that is paused gives way, and goes on when it is its turn', () => {
    const { queue, transfer, states, row } = setUp('a.mp4', 'b.mp4', 'c.mp4')
    queue.pause(row('a.mp4').key)
    assert.deepEqual(states(), ['paused', 'running', 'running'])
    queue.resume(row('a.mp4').key)
    assert.deepEqual(states(), ['waiting', 'running', 'running'])
    transfer(1).listeners.onDone(undefined)
    assert.deepEqual(states(), ['running', 'done', 'running'])
    assert.deepEqual(transfer(0).asked, ['start', 'pause', 'start'])
  })

  test('[LB44] one that is cancelled is forgotten by the server and the list', () => {
    const { queue, transfer, row } = setUp('a.mp4', 'b.mp4')
    queue.remove(row('a.mp4').key)
    transfer(0).listeners.onFailed('too late')
    assert.deepEqual(
      queue.rows().map(({ name }) => name),
      ['b.mp4'],
    )
    assert.deepEqual(transfer(0).asked, ['start', 'cancel'])
  })

  test('[LB44] what failed says why and can be tried again; what was refused can not', () => {
    const { queue, transfer, row } = setUp('a.mp4', 'virus.exe')
    transfer(0).listeners.onFailed('connection lost')
    assert.deepEqual([row('a.mp4').state, row('a.mp4').problem], ['failed', 'connection lost'])
    queue.resume(row('a.mp4').key)
    queue.resume(row('virus.exe').key)
    assert.deepEqual([row('a.mp4').state, row('a.mp4').problem], ['running', undefined])
    assert.deepEqual([row('virus.exe').state, row('virus.exe').problem], ['failed', 'no video'])
  })

  test('[LB44] clearing keeps what can go on', () => {
    const { queue, transfer, row } = setUp('done.mp4', 'failed.mp4', 'virus.exe', 'running.mp4')
    transfer(0).listeners.onDone('item')
    transfer(1).listeners.onFailed('connection lost')
    queue.clear()
    assert.deepEqual(
      queue.rows().map(({ name }) => name),
      ['failed.mp4', 'running.mp4'],
    )
    assert.equal(row('running.mp4').state, 'running')
  })

  test('[LB44] the rate is measured while it runs, and rows change only when something does', () => {
    const { queue, transfer, row, clock } = setUp('a.mp4')
    const before = queue.rows()
    assert.equal(queue.rows(), before)
    transfer(0).listeners.onProgress(0)
    clock.now = 1000
    transfer(0).listeners.onProgress(4)
    assert.deepEqual([row('a.mp4').sent, row('a.mp4').rate], [4, 4])
    assert.notEqual(queue.rows(), before)
    queue.pause(row('a.mp4').key)
    transfer(0).listeners.onProgress(5)
    assert.equal(row('a.mp4').sent, 4)
  })

  test('[LB44] what is no video, empty or too large is refused before it is sent', () => {
    const rules = { maxSize: 1000, extensions: ['mp4', 'webm'] }
    assert.equal(uploadRefusal({ name: 'A.MP4', size: 1000 }, rules), undefined)
    for (const [name, size] of [
      ['a.txt', 5],
      ['mp4', 5],
      ['a.mp4', 0],
      ['a.webm', 1001],
    ] as const)
      assert.ok(uploadRefusal({ name, size }, rules), name)
  })
})
