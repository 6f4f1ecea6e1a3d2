// One dot a test, every failure in full at the end, and a last line that says how many.
import process from 'node:process'

/** @param {AsyncIterable<{ type: string, data: any }>} events */
export default async function* report(events) {
  const failures = []
  let [passed, column] = [0, 0]
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') continue
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite' && type === 'test:pass') continue
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
  yield `\n${passed} passed, ${real.length} failed\n`
  if (real.length > 0) process.exitCode = 1
}
