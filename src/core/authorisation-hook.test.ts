import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeLogger } from '../../test/support/fake-logger.ts'
import { AuthorisationHook, type HookAnswer, type HookQuestion } from './authorisation-hook.ts'
import type { Visitor } from './visitor.ts'

const visitor: Visitor = { address: '192.0.2.7', token: 'letmein', foreign: false }

function setUp() {
  const asked: HookQuestion[] = []
  const rig = {
    asked,
    clock: new FakeClock(),
    logger: new FakeLogger(),
    answer: async (): Promise<HookAnswer> => ({ allowed: true, person: { id: '42', name: 'Ada' } }),
  }
  const watch = (question: HookQuestion) => {
    asked.push(question)
    return rig.answer()
  }
  const hook = new AuthorisationHook({ watch, clock: rig.clock, logger: rig.logger })
  return Object.assign(rig, { hook, may: (who = visitor) => hook.mayWatch(who, 'lecture', 'whep') })
}

describe('AuthorisationHook', () => {
  test('[AH1] it is told what is asked for, by whom and where, and says who that is', async () => {
    const { asked, may, hook } = setUp()
    assert.deepEqual(await may(), { verdict: 'allow', person: { id: '42', name: 'Ada' } })
    const person = { id: 'u1', name: 'Zoë', role: 'viewer' } as const
    await hook.mayWatch(
      { ...visitor, token: undefined, identity: { kind: 'session', person, sessionId: 's' } },
      'lecture',
      undefined,
    )
    assert.deepEqual(asked, [
      {
        ...{ action: 'watch', broadcast: 'lecture', door: 'whep', address: '192.0.2.7' },
        token: 'letmein',
      },
      { action: 'watch', broadcast: 'lecture', address: '192.0.2.7', identity: person },
    ])
  })

  test('[AH2] without a hook nothing is decided', async () => {
    const { hook } = setUp()
    assert.deepEqual(await hook.mayPublish(visitor, 'lecture', 'whip'), { verdict: 'undecided' })
    assert.deepEqual([hook.asks('publish'), hook.asks('watch')], [false, true])
  })

  test('[AH3] an answer holds for 10 s and for the same question only; those who ask at once ask once', async () => {
    const rig = setUp()
    await Promise.all([rig.may(), rig.may(), rig.may()])
    await rig.may()
    assert.equal(rig.asked.length, 1)
    await rig.may({ ...visitor, token: 'another' })
    await rig.may({ ...visitor, address: '192.0.2.8' })
    assert.equal(rig.asked.length, 3)

    rig.answer = async () => ({ allowed: false })
    rig.clock.advance(9_999)
    assert.equal((await rig.may()).verdict, 'allow')
    rig.clock.advance(1)
    assert.equal((await rig.may()).verdict, 'deny')
    assert.equal((await rig.may()).verdict, 'deny')
    assert.equal(rig.asked.length, 4)
  })

  test('[AH4] without an answer nobody may, which is not kept and complained about now and then', async () => {
    const rig = setUp()
    rig.answer = () => Promise.reject(new Error('down'))
    for (let time = 0; time < 5; time++) assert.deepEqual(await rig.may(), { verdict: 'deny' })
    assert.equal(rig.logger.lines.length, 1)
    rig.answer = async () => ({ allowed: true })
    assert.equal((await rig.may()).verdict, 'allow')
  })

  test('[AH5] one that hangs is asked a hundred questions at once, and 5 000 answers are kept', async () => {
    const rig = setUp()
    const { promise, resolve } = Promise.withResolvers<HookAnswer>()
    rig.answer = () => promise
    const waiting = Array.from({ length: 150 }, (_, index) => rig.may({ ...visitor, token: `t${index}` }))
    assert.equal(rig.asked.length, 100)
    resolve({ allowed: true })
    const verdicts = (await Promise.all(waiting)).map(({ verdict }) => verdict)
    assert.equal(verdicts.filter((verdict) => verdict === 'deny').length, 50)

    for (let index = 0; index < 5_000; index++) await rig.may({ ...visitor, token: `more ${index}` })
    const before = rig.asked.length
    await rig.may({ ...visitor, token: 'more 4999' })
    assert.equal(rig.asked.length, before)
    await rig.may({ ...visitor, token: 't0' })
    assert.equal(rig.asked.length, before + 1)
    assert.equal((await rig.may({ ...visitor, token: 'x'.repeat(4097) })).verdict, 'deny')
    assert.equal(rig.asked.length, before + 1)
  })
})
