import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { bringsParameterSets, ParameterSetMemory } from './parameter-set-memory.ts'

const held = (memory: ParameterSetMemory) => memory.payload?.toString('hex')
const packet = (hex: string) => rtpPacket({ payload: Buffer.from(hex, 'hex') })

test('[H264R8] the latest parameter sets are kept as one aggregate, whichever way they came', () => {
  const memory = new ParameterSetMemory()
  memory.look(packet('670102'))
  assert.equal(held(memory), undefined, 'one alone is of no use')
  memory.look(packet('6803'))
  const first = memory.payload
  assert.equal(held(memory), '78' + '0003670102' + '00026803')

  memory.look(packet('78' + '0003670102' + '00026803'))
  assert.equal(memory.payload, first, 'the same object while nothing changed')
  memory.look(packet('78' + '0003670109' + '00026803'))
  assert.equal(held(memory), '78' + '0003670109' + '00026803')
})

test('[H264R8] a packet tells whether a decoder finds a sequence parameter set in it', () => {
  assert.equal(bringsParameterSets(packet('670102')), true)
  assert.equal(bringsParameterSets(packet('78' + '0003670102' + '00026803')), true)
  for (const other of ['6803', '6588', '7c85', '78' + '00036501' + '02'])
    assert.equal(bringsParameterSets(packet(other)), false, other)
})

test('[H264R8] packets without sets cost nothing', () => {
  const memory = new ParameterSetMemory()
  const slice = packet('7c8588')
  assert.ok(allocatedBytesPerCall(() => memory.look(slice)) < 1)
})
