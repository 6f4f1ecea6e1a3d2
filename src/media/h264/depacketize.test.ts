import assert from 'node:assert/strict'
import { test } from 'node:test'
import { depacketizeH264 } from './depacketize.ts'

const hexOf = (...payloads: string[]) => {
  const unit = depacketizeH264(payloads.map((payload) => Buffer.from(payload, 'hex')))
  return unit && Buffer.from(unit.data).toString('hex')
}

test('[RTP11] single units, aggregates and fragments lie behind their lengths', () => {
  assert.equal(hexOf('41aabb'), '0000000341aabb')
  assert.equal(
    hexOf('78000167000168', '7c8588', '7c0599', '7c45aa'),
    '00000001670000000168000000046588' + '99aa',
  )
  assert.equal(hexOf('7cc588'), '000000026588', 'a fragment that is both first and last')
})

test('[H264R2] forms that are never negotiated make no unit', () => {
  for (const type of ['19', '1a', '1b', '1d', '1e', '1f', '00'])
    assert.equal(hexOf('41aabb', `${type}00000341aabb`), undefined)
})

test('[JIT12] what does not fit together makes no unit', () => {
  const broken = [
    ['7c0588'], // no first fragment
    ['7c8588'], // no last fragment
    ['7c8588', '7c8588', '7c4588'], // a first one twice
    ['7c8588', '4199', '7c4588'], // something in between
    ['7c85'], // an empty fragment
    ['7c9c88', '7c5c88'], // a fragment of a fragment
    ['78000567'], // an aggregate that lies
    ['78000167ff'], // an aggregate with a rest
    ['780000'], // an empty unit in an aggregate
    ['78'],
    [''],
    [],
  ]
  for (const payloads of broken) assert.equal(hexOf(...payloads), undefined, payloads.join())
})
