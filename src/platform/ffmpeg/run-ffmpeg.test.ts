import assert from 'node:assert/strict'
import process from 'node:process'
import { describe, test } from 'node:test'
import { OneAtATime } from './one-at-a-time.ts'
import { FfmpegError, type FfmpegRun, runFfmpeg } from './run-ffmpeg.ts'

/** A program that does what the test needs, in ffmpeg's place. */
const node = (script: string, ...rest: string[]): FfmpegRun => ({
  binary: process.execPath,
  args: ['-e', script, ...rest],
  timeout: 20_000,
  maxOutput: 1000,
})
const FOR_EVER = 'process.stderr.write("about to wait"); setInterval(() => {}, 1000)'

const failsFor = (reason: string) => (error: unknown) =>
  error instanceof FfmpegError && error.reason === reason

describe('a child that works on media', () => {
  test('[LB1] arguments arrive as they are, whatever a shell would make of them', async () => {
    const strange = ['$(id)', '; rm -rf /', "a'b", 'two words', '*', '%PATH%']
    const output = await runFfmpeg(
      node('process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', ...strange),
    )
    assert.deepEqual(JSON.parse(output.toString()), strange)
  })

  test('[LB1] one that takes too long is killed, and the end of what it said is kept', async () => {
    await assert.rejects(runFfmpeg({ ...node(FOR_EVER), timeout: 1500 }), (error) => {
      assert.ok(error instanceof FfmpegError)
      assert.equal(error.reason, 'timeout')
      assert.equal(error.stderr, 'about to wait')
      return true
    })
  })

  test('[LB1] one that nobody wants any more is killed, or does not begin', async () => {
    const wanted = new AbortController()
    const running = runFfmpeg({ ...node(FOR_EVER), signal: wanted.signal })
    wanted.abort()
    await assert.rejects(running, failsFor('aborted'))
    await assert.rejects(runFfmpeg({ ...node(FOR_EVER), signal: wanted.signal }), failsFor('aborted'))
  })

  test('[LB1] one that writes too much is killed; stderr keeps its end only', async () => {
    await assert.rejects(
      runFfmpeg(node('process.stdout.write("x".repeat(2000)); setInterval(() => {}, 1000)')),
      failsFor('too-much'),
    )
    await assert.rejects(
      runFfmpeg(node('process.stderr.write("x".repeat(100_000) + "the end", () => process.exit(3))')),
      (error) => {
        assert.ok(error instanceof FfmpegError)
        assert.match(error.message, /ended with 3/)
        assert.equal(error.stderr.length, 4096)
        assert.ok(error.stderr.endsWith('the end'))
        return true
      },
    )
  })

  test('[LB1] a program that is not there is named', async () => {
    await assert.rejects(runFfmpeg({ ...node(''), binary: '/nonexistent/ffmpeg' }), failsFor('missing'))
  })
})

describe('the queue for ffmpeg', () => {
  test('[LB2] one job runs at a time, in order, whether or not the one before failed', async () => {
    const queue = new OneAtATime(3)
    const happened: string[] = []
    const job = (name: string, fails = false) =>
      queue.run(async () => {
        happened.push(`${name} begins`)
        await new Promise((later) => setImmediate(later))
        happened.push(`${name} ends`)
        if (fails) throw new Error(name)
      })
    const [first] = await Promise.allSettled([job('a', true), job('b'), job('c')])

    assert.equal(first.status, 'rejected')
    assert.deepEqual(happened, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  test('[LB2] one job too many is refused, and there is room again afterwards', async () => {
    const queue = new OneAtATime(1)
    const first = queue.run(async () => 1)
    await assert.rejects(
      queue.run(async () => 2),
      failsFor('busy'),
    )
    assert.equal(await first, 1)
    assert.equal(await queue.run(async () => 3), 3)
  })
})
