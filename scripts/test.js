// `npm test`: everything, from a plain clone. `npm test -- unit` (or check, integration, e2e, long) runs a part.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { check } from './check.js'
import { buildWeb, fail, installPackages, nodeEnvironment, ROOT } from './setup.js'
import { installSystemPackages } from './system-packages.js'

/** WebRTC's native threads outlive the tests that used them; the runner does not wait for those. */
const RUNNER = ['--test', '--test-force-exit', '--test-reporter=./scripts/test-reporter.js']

/** Suite → arguments of node's test runner. Tests with real peers mostly wait, so that two files share two cores. */
const SUITES = {
  unit: [
    '--import=./scripts/let-results-out.js',
    '--test-concurrency=2',
    '--test-timeout=120000',
    'src/**/*.test.ts',
    'client/**/*.test.ts',
    'web/**/*.test.ts',
    'scripts/**/*.test.ts',
    'test/architecture/*.test.ts',
    'test/support/**/*.test.ts',
  ],
  integration: ['--test-concurrency=2', '--test-timeout=120000', 'test/integration/**/*.test.ts'],
  e2e: ['--test-concurrency=2', '--test-timeout=180000', 'test/e2e/**/*.test.ts'],
  long: ['--test-concurrency=1', '--test-timeout=3600000', 'test/long/**/*.test.ts'],
}

const wanted = process.argv.slice(2)
const parts = wanted.length > 0 ? wanted : ['check', 'unit', 'integration', 'e2e']
const unknown = parts.filter((part) => part !== 'check' && !(part in SUITES))
if (unknown.length > 0)
  fail(`No such part: ${unknown.join(', ')}. There are check, ${Object.keys(SUITES).join(', ')}.`)

installPackages()
installPackages(path.join(ROOT, 'tools'))
const env = nodeEnvironment()
if (parts.some((part) => part !== 'check' && part !== 'unit')) installSystemPackages()
if (parts.some((part) => part !== 'check')) buildWeb(env)

const failed = []
for (const part of parts) {
  process.stdout.write(`\n── ${part} ──\n`)
  const passed =
    part === 'check'
      ? check(env)
      : spawnSync('node', [...RUNNER, ...SUITES[part]], {
          cwd: ROOT,
          env,
          stdio: 'inherit',
        }).status === 0
  if (!passed) failed.push(part)
}
process.stdout.write(failed.length > 0 ? `\nfailed: ${failed.join(', ')}\n` : '\nall passed\n')
process.exit(failed.length > 0 ? 1 : 0)
