// `npm run check`: types, lint, format, dead code. Takes no input and changes nothing.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { installPackages, nodeEnvironment, ROOT } from './setup.js'

const TOOLS = path.join(ROOT, 'tools')
const at = (file) => path.join(ROOT, file)

const STEPS = [
  ['types', at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'],
  ['types of the tests', at('node_modules/typescript/bin/tsc'), '-p', 'test/tsconfig.json'],
  ['types of the benchmarks', at('node_modules/typescript/bin/tsc'), '-p', 'bench/tsconfig.json'],
  ['types of the client', at('node_modules/typescript/bin/tsc'), '-p', 'client/tsconfig.json'],
  ['types of the web interface', at('node_modules/typescript/bin/tsc'), '-p', 'web/tsconfig.json'],
  [
    'lint',
    at('tools/node_modules/eslint/bin/eslint.js'),
    '-c',
    'tools/eslint.config.js',
    '--max-warnings',
    '0',
    '.',
  ],
  ['format', at('node_modules/prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  ['dead code', at('tools/dead-code.js')],
]

/** Runs every step, so that one run shows all there is to mend. Returns whether all passed. */
export function check(env) {
  let passed = true
  for (const [name, ...command] of STEPS) {
    const started = performance.now()
    const { status } = spawnSync('node', command, { cwd: ROOT, env, stdio: 'inherit' })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(`${status === 0 ? '✔' : '✖'} ${name} (${seconds} s)\n`)
    if (status !== 0) passed = false
  }
  return passed
}

if (process.argv[1] === import.meta.filename) {
  installPackages()
  installPackages(TOOLS)
  process.exit(check(nodeEnvironment()) ? 0 : 1)
}
