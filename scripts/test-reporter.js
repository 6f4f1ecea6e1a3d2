// One dot a test, every failure in full at the end, what took longest, and a last line that says how many.
import process from 'node:process'

/** How many of the slowest tests are named, if they took more than so many seconds. */
const [SLOWEST, SLOW] = [25, 5]

/** @param {AsyncIterable<{ type: string, data: any }>} events */
export default async function* report(events) {
  const failures = []
  const slow = []
  let [passed, column] = [0, 0]
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') continue
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite' && type === 'test:pass') continue
    if (data.details?.type !== 'suite')
      slow.push({ name: data.name, seconds: data.details.duration_ms / 1000 })
    if (type === 'test:pass') passed++
    else failures.push(data)
    yield type === 'test:pass' ? '.' : 'X'
    if (++column % 80 === 0) yield '\n'
  }
  yield '\n'
  const real = failures.filter(({ details }) => details?.error?.failureType !== 'subtestsFailed')
  for (const { name, file, line, details } of real) {
    const error = details?.error?.cause ?? details?.error
    yield `\n✖ ${name}\n  ${file}:${line}\n${String(error?.stack ?? error).replaceAll(/^/gm, '    ')}\n`
  }
  slow.sort((a, b) => b.seconds - a.seconds)
  for (const { name, seconds } of slow.slice(0, SLOWEST).filter(({ seconds }) => seconds > SLOW))
    yield `\n${seconds.toFixed(1).padStart(6)} s  ${name}`
  yield `\n${passed} passed, ${real.length} failed\n`
  if (real.length > 0) process.exitCode = 1
}
