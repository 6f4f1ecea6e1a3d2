import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { connectionBytes } from './connection-bytes.ts'

test('[AD14] bytes of connections are counted while they are open and after', () => {
  const server = new EventEmitter()
  const read = connectionBytes(server)
  const socket = Object.assign(new EventEmitter(), { bytesRead: 1, bytesWritten: 10 })
  const other = Object.assign(new EventEmitter(), { bytesRead: 2, bytesWritten: 20 })
  server.emit('connection', socket)
  server.emit('connection', other)
  assert.deepEqual(read(), { bytesIn: 3, bytesOut: 30 })
  socket.bytesWritten = 15
  socket.emit('close')
  assert.deepEqual(read(), { bytesIn: 3, bytesOut: 35 })
})
