import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openLogger } from './logger.ts'

function setUp(logFormat: 'json' | 'text', logLevel = 'info') {
  const lines: string[] = []
  const output = { write: (line: string) => void lines.push(line) }
  return { logger: openLogger({ logLevel, logFormat, base: { worker: 'worker-0' }, output }), lines }
}

describe('the log', () => {
  test('[LOG1] one line of JSON per event, with the cause of a failure', () => {
    const { logger, lines } = setUp('json')
    logger.error({ error: new Error('no room'), broadcast: 'a' }, 'not saved')
    logger.debug({}, 'not wanted')

    assert.equal(lines.length, 1)
    const { msg, worker, broadcast, error } = JSON.parse(lines[0] ?? '') as Record<string, unknown>
    assert.deepEqual([msg, worker, broadcast], ['not saved', 'worker-0', 'a'])
    const { message, stack } = error as { message: string; stack: string }
    assert.equal(message, 'no room')
    assert.match(stack, /logger\.test\.ts/)
  })

  test('[LOG2] what lets somebody in is left out, wherever it stands', () => {
    for (const format of ['json', 'text'] as const) {
      const { logger, lines } = setUp(format)
      logger.info({ token: 'planted', peer: { streamKey: 'planted' } }, 'joined')
      logger.info({ req: { headers: { authorization: 'Bearer planted', cookie: 'planted' } } }, 'asked')
      assert.equal(lines.length, 2)
      assert.ok(!lines.join('').includes('planted'))
    }
  })

  test('[LOG3] text is for people: time, severity, sentence and fields, the stack below', () => {
    const { logger, lines } = setUp('text')
    logger.warn({ broadcast: 'a', title: 'My show' }, 'session closed')
    logger.error({ error: new Error('no room') }, 'not saved')

    assert.match(
      lines[0] ?? '',
      /^\d{4}-\d\d-\d\dT\S+Z warn {2}session closed worker=worker-0 broadcast=a title="My show"\n$/,
    )
    assert.match(lines[1] ?? '', /^\S+ ERROR not saved worker=worker-0 error="no room"\n {4}at .*\n/)
  })

  test('[LOG4] what strangers write neither begins a line of its own nor moves the cursor', () => {
    const { logger, lines } = setUp('text')
    logger.info({ title: 'a\nERROR forged\u001b[2J\u202e\u2028x', other: 'b c=d' }, 'created')

    assert.equal(lines[0]?.split('\n').length, 2)
    assert.doesNotMatch(lines[0], /[\u001b\u202e\u2028]/)
    assert.match(lines[0], /other="b c=d"/)
  })
})
