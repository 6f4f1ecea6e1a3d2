import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { startScriptedPool } from '../../../test/support/scripted-pool.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { MediaHostEvents } from '../../core/media-host.ts'
import type { WorkerPool } from './worker-pool.ts'

const isOverload = (error: unknown) => error instanceof BroadcastError && error.code === 'overloaded'
const watching = (sessionId: string, offer = 'v=0') => ({
  sessionId,
  broadcastId: 'lecture',
  offer,
  tracks: [],
})
const publishing = (sessionId: string, offer = 'v=0') => ({ sessionId, broadcastId: 'lecture', offer })

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Resolves with the workers' process ids once all have reported. */
async function pidsOf(pool: WorkerPool, workers: number): Promise<number[]> {
  await eventually(
    () => pool.stats().length === workers,
    () => `${pool.stats().length} of ${workers} workers reported`,
  )
  return pool.stats().map(({ pid }) => pid)
}

/** The latest fact about each session. */
function latest<Name extends 'viewerReported' | 'publisherReported'>(pool: WorkerPool, name: Name) {
  const facts = new Map<string, MediaHostEvents[Name]>()
  pool.on(name, (fact) => facts.set(fact.sessionId, fact))
  return facts
}

function closedSessions(pool: WorkerPool) {
  const closed = new Map<string, string>()
  pool.on('sessionClosed', ({ sessionId, reason }) => closed.set(sessionId, reason))
  return closed
}

function group(packets: number, bytes = 1000, firstSequence = 0): Buffer[] {
  return Array.from({ length: packets }, (_, index) =>
    rtpPacket({
      sequence: firstSequence + index,
      timestamp: 3000 * index,
      payload: Buffer.concat([Buffer.from([0x10, index === 0 ? 0 : 1]), Buffer.alloc(bytes, index)]),
    }),
  )
}

const asCandidates = (packets: readonly Buffer[]) => packets.map((packet) => `0 ${packet.toString('base64')}`)
const digestOf = (packets: readonly Buffer[]) =>
  createHash('sha256').update(Buffer.concat(packets)).digest('hex')

describe('the worker pool', () => {
  test('[WK6] places each session on the worker with the fewest, and says what its workers do', async () => {
    await using pool = await startScriptedPool({ workers: 2 })

    const answers: string[] = []
    for (const session of ['a', 'b', 'c', 'd']) {
      const host = session === 'a' ? pool.forPublisher() : pool.forViewer()
      const { sdp } = await (session === 'a'
        ? pool.forPublisher().publish(publishing(session))
        : pool.forViewer().watch(watching(session)))
      answers.push(sdp)
      assert.match(host.id, /^worker-[01]$/)
    }
    const pids = await pidsOf(pool, 2)

    assert.deepEqual(answers, [
      'worker-0 publishes',
      'worker-1 watches',
      'worker-0 watches',
      'worker-1 watches',
    ])
    assert.equal(new Set(pids).size, 2)
    for (const stats of pool.stats()) {
      assert.equal(stats.sessions, 2)
      assert.deepEqual([stats.packetsIn, stats.packetsOut], [3, 5])
      assert.ok(stats.residentBytes > 1e6 && stats.processorSeconds > 0 && stats.eventLoopLag >= 0)
    }
  })

  test('[WK7] a refused session takes no place', async () => {
    await using pool = await startScriptedPool()
    const host = pool.forPublisher()

    await assert.rejects(
      host.publish(publishing('s', 'refuse')),
      (error) =>
        error instanceof BroadcastError && error.code === 'no-common-codec' && error.retryAfter === 7,
    )
    await assert.rejects(host.watch(watching('t', 'break')), /a mistake in the host/)

    await pidsOf(pool, 1)
    assert.equal(pool.stats()[0]?.sessions, 0)
  })

  test('[WK8] a session that is answered too late is closed', async () => {
    await using pool = await startScriptedPool({ callTimeout: 100 })
    const host = pool.forPublisher()
    const closed: string[] = []
    host.on('sessionClosed', ({ sessionId, reason }) => closed.push(`${sessionId} ${reason}`))

    await assert.rejects(host.publish(publishing('s', 'late')), isOverload)
    await eventually(
      () => closed.length > 0,
      () => 'it was never closed',
    )

    assert.deepEqual(closed, ['s failed'])
  })

  test('[WK9] a worker that is killed loses its own sessions only, and is replaced', async () => {
    const logger = new FakeLogger()
    await using pool = await startScriptedPool({ workers: 2, logger })
    const closed = closedSessions(pool)
    const [first, second] = await pidsOf(pool, 2)
    await pool.forPublisher().publish(publishing('a'))
    await pool.forViewer().watch(watching('b'))

    process.kill(first ?? 0, 'SIGKILL')
    await eventually(
      () => closed.size > 0,
      () => 'no session was closed',
    )
    assert.deepEqual([...closed], [['a', 'failed']])
    assert.equal(pool.forViewer().id, 'worker-1')

    await eventually(
      () => pool.stats().length === 2,
      () => 'it was not replaced',
    )
    assert.ok(!pool.stats().some(({ pid }) => pid === first))
    assert.ok(pool.stats().some(({ pid }) => pid === second))
    assert.equal((await pool.forPublisher().publish(publishing('c'))).sdp, 'worker-0 publishes')
    assert.ok(logger.lines.some(({ message }) => message === 'media worker lost'))
  })

  test('[WK10] a worker that hangs is ended and replaced', async () => {
    const logger = new FakeLogger()
    await using pool = await startScriptedPool({ logger })
    const closed = closedSessions(pool)
    const [pid = 0] = await pidsOf(pool, 1)
    await pool.forPublisher().publish(publishing('a'))

    process.kill(pid, 'SIGSTOP')
    await eventually(
      () => closed.get('a') === 'failed',
      () => 'its session was not closed',
    )

    assert.equal(isRunning(pid), false)
    assert.ok(logger.lines.some(({ message }) => message === 'media worker hangs and is ended'))
    await eventually(
      () => pool.stats().length === 1 && pool.stats()[0]?.pid !== pid,
      () => 'it was not replaced',
    )
  })

  test('[WK11] while no worker runs, sessions are refused as overload', async () => {
    await using pool = await startScriptedPool()
    const host = pool.forPublisher()
    const [pid = 0] = await pidsOf(pool, 1)

    const pending = host.publish(publishing('s', 'silence'))
    process.kill(pid, 'SIGKILL')

    await assert.rejects(pending, isOverload)
    assert.throws(() => pool.forPublisher(), isOverload)
    assert.throws(() => pool.forViewer(), isOverload)
    await assert.rejects(host.publish(publishing('t')), isOverload)
  })

  test('[WK12] a pool with a worker that cannot begin does not start, says why, and leaves no process', async () => {
    const logger = new FakeLogger()
    const starting = startScriptedPool({
      workers: 2,
      logger,
      env: (index) => ({
        SCRIPTED_WORKER: JSON.stringify({
          id: `worker-${index}`,
          ...(index === 1 && { fault: 'UDP port 8190 on 127.0.0.1 cannot be opened' }),
        }),
      }),
    })

    await assert.rejects(starting, /worker-1 did not start: UDP port 8190 on 127\.0\.0\.1 cannot be opened/)
    const started = logger.lines.map(({ fields }) => (fields as { pid?: number }).pid ?? 0).filter(Boolean)
    for (const pid of started) assert.equal(isRunning(pid), false)
  })

  test('[WK13] disposal closes all sessions with shutdown and leaves no process, however often it is called', async () => {
    const pool = await startScriptedPool({ workers: 2 })
    const closed = closedSessions(pool)
    const pids = await pidsOf(pool, 2)
    await pool.forPublisher().publish(publishing('a'))
    await pool.forViewer().watch(watching('b'))

    await Promise.all([pool[Symbol.asyncDispose](), pool[Symbol.asyncDispose]()])

    assert.deepEqual([...closed].toSorted(), [
      ['a', 'shutdown'],
      ['b', 'shutdown'],
    ])
    for (const pid of pids) assert.equal(isRunning(pid), false)
    assert.throws(() => pool.forViewer(), isOverload)
  })

  test('[WK14] a worker that is being replaced when the pool is disposed is not left behind', async () => {
    const logger = new FakeLogger()
    const pool = await startScriptedPool({ logger })
    const [pid = 0] = await pidsOf(pool, 1)
    process.kill(pid, 'SIGKILL')
    await sleep(300) // the replacement is on its way

    await pool[Symbol.asyncDispose]()

    const pids = logger.lines.map(({ fields }) => (fields as { pid?: number }).pid ?? 0).filter(Boolean)
    for (const each of pids) assert.equal(isRunning(each), false)
  })

  test('[WK15] workers leave when the main process dies without a word', async () => {
    const parent: ChildProcess = spawn(
      process.execPath,
      [path.join(import.meta.dirname, '../../../test/support/scripted-pool-process.ts')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    assert.ok(parent.stdout)
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string]
    const pids = JSON.parse(line) as number[]
    assert.equal(pids.length, 2)
    assert.ok(pids.every(isRunning))

    parent.kill('SIGKILL')

    await eventually(
      () => !pids.some(isRunning),
      () => `still there: ${pids.filter(isRunning).join()}`,
    )
  })

  test('[WK16] SIGINT and SIGTERM do not end a worker: the main process decides', async () => {
    await using pool = await startScriptedPool()
    const [pid = 0] = await pidsOf(pool, 1)

    process.kill(pid, 'SIGINT')
    process.kill(pid, 'SIGTERM')
    await sleep(200)

    assert.equal((await pool.forPublisher().publish(publishing('s'))).sdp, 'worker-0 publishes')
    assert.equal(isRunning(pid), true)
  })

  test('[WK17] a viewer on another worker gets every packet, the current group of pictures first, and can ask for key frames', async () => {
    await using pool = await startScriptedPool({ workers: 2 })
    const viewers = latest(pool, 'viewerReported')
    const publishers = latest(pool, 'publisherReported')
    const publisher = pool.forPublisher()
    await publisher.publish(publishing('p'))
    const before = group(50)
    await publisher.addCandidates('p', asCandidates(before))

    const viewer = pool.forViewer()
    assert.notEqual(viewer.id, publisher.id)
    await viewer.watch(watching('v'))
    const arrived = (count: number) =>
      eventually(
        () => viewers.get('v')?.bitrate === count,
        () => `${viewers.get('v')?.bitrate ?? 0} of ${count} packets`,
      )
    await arrived(50)
    const after = group(400, 1180, 50)
    await publisher.addCandidates('p', asCandidates(after))
    await arrived(450)
    assert.equal(viewers.get('v')?.rid, digestOf([...before, ...after]))

    await viewer.selectLayer('v', { rid: 'l' })
    await eventually(
      () => publishers.get('p')?.bitrate === 1,
      () => 'the request did not arrive',
    )
  })

  test('[WK18] the relay stops with the last viewer of a worker, and starts again with the next', async () => {
    await using pool = await startScriptedPool({ workers: 2 })
    const viewers = latest(pool, 'viewerReported')
    const publisher = pool.forPublisher()
    await publisher.publish(publishing('p'))
    const relayedBy = () => pool.stats().find(({ id }) => id === publisher.id)?.relayed ?? 0
    await pidsOf(pool, 2)
    const viewer = pool.forViewer()
    await viewer.watch(watching('v'))
    await viewer.closeSession('v', 'ended')
    await sleep(1500)
    const before = relayedBy()
    await publisher.addCandidates('p', asCandidates(group(100)))
    await sleep(1500)
    assert.equal(relayedBy(), before)

    await viewer.watch(watching('w'))
    await eventually(
      () => viewers.get('w')?.bitrate === 100,
      () => `${viewers.get('w')?.bitrate ?? 0} packets`,
    )
  })

  test('[WK19] a worker that takes nothing makes the relay drop and count, and holds up nobody', async () => {
    await using pool = await startScriptedPool({ workers: 2, heartbeatTimeout: 60_000 })
    await pidsOf(pool, 2)
    const publisher = pool.forPublisher()
    await publisher.publish(publishing('p'))
    const deaf = pool.forViewer()
    await deaf.watch(watching('v'))
    const pid = pool.stats().find(({ id }) => id === deaf.id)?.pid ?? 0
    await sleep(200)

    process.kill(pid, 'SIGSTOP')
    for (let megabyte = 0; megabyte < 12; megabyte++)
      await publisher.addCandidates('p', asCandidates(group(900, 1180, megabyte * 900)))

    const dropped = () => pool.stats().find(({ id }) => id === deaf.id)?.relayDropped ?? 0
    await eventually(
      () => dropped() > 0,
      () => 'nothing was dropped',
    )
    assert.ok(dropped() < 12 * 900)
    process.kill(pid, 'SIGCONT')
  })
})
