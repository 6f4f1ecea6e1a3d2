import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { parameterSetsOf } from './parameter-sets.ts'

const setsOf = (...payload: number[]) =>
  parameterSetsOf(rtpPacket({ payload: Buffer.from(payload), padding: 3 })).map((set) => set.toString('hex'))

test('[H264R6] parameter sets are found alone and among others', () => {
  assert.deepEqual(setsOf(0x67, 1, 2), ['670102'])
  assert.deepEqual(setsOf(0x68, 3), ['6803'])
  assert.deepEqual(setsOf(0x78, 0, 2, 0x09, 0x10, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3, 0, 2, 0x65, 0x88), [
    '670102',
    '6803',
  ])
  assert.deepEqual(setsOf(0x65, 0x88), [])
  assert.deepEqual(setsOf(0x78, 0, 3, 0x65, 1, 2), [])
  assert.deepEqual(setsOf(0x78, 0, 2, 0x67, 1, 0, 9, 0x68), ['6701'], 'those before a cut')
  assert.deepEqual(setsOf(), [])
})

test('[H264R6] they are copies', () => {
  const packet = rtpPacket({ payload: Buffer.from([0x67, 1, 2]) })
  const [set] = parameterSetsOf(packet)
  packet.fill(0)

  assert.equal(set?.toString('hex'), '670102')
})
