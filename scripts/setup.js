// Brings a plain clone to the point where Node 24 can run it. Plain JavaScript without packages: any Node ≥ 20
// may start it, before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

export const ROOT = path.join(import.meta.dirname, '..')
const BIN = path.join(ROOT, 'node_modules/.bin')

/** Prints and stops: for failures that the reader can mend. */
export function fail(message) {
  process.stderr.write(`\n${message}\n`)
  process.exit(1)
}

const modified = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0)

/** Runs `npm ci` in `folder` when its node_modules is missing or older than its lockfile. */
export function installPackages(folder = ROOT) {
  const installed = modified(path.join(folder, 'node_modules/.package-lock.json'))
  if (installed >= modified(path.join(folder, 'package-lock.json'))) return
  process.stdout.write(`Installing packages in ${path.relative(process.cwd(), folder) || '.'} …\n`)
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (npm.status !== 0) fail('npm ci failed; see above.')
}

/** The environment in which `node` is the Node 24 that package.json asks for. */
export function nodeEnvironment() {
  const env = { ...process.env, PATH: `${BIN}${path.delimiter}${process.env.PATH ?? ''}` }
  const version = spawnSync('node', ['--version'], { env, encoding: 'utf8' }).stdout?.trim() ?? 'none'
  if (Number(/^v(\d+)/.exec(version)?.[1] ?? 0) < 24)
    fail(`Node 24 is needed, found ${version}. Install it, or allow the "node" package its install script.`)
  return env
}

function newestIn(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) newest = Math.max(newest, modified(path.join(entry.parentPath, entry.name)))
  return newest
}

/** Builds the web interface when a source file is newer than the last build. */
export function buildWeb(env) {
  const sources = Math.max(newestIn(path.join(ROOT, 'web')), newestIn(path.join(ROOT, 'client')))
  if (modified(path.join(ROOT, 'dist/web/index.html')) >= sources) return
  process.stdout.write('Building the web interface …\n')
  const vite = spawnSync(
    'node',
    [path.join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'web', '--logLevel', 'warn'],
    {
      cwd: ROOT,
      env,
      stdio: 'inherit',
    },
  )
  if (vite.status !== 0) fail('The web interface could not be built; see above.')
}

/** Runs Node 24 with these arguments in this terminal; signals reach it, and its exit code becomes ours. */
export function handOver(args, env) {
  const child = spawn('node', args, { cwd: ROOT, env, stdio: 'inherit' })
  // Ctrl+C reaches the child by the terminal; it decides when to leave, and this process leaves with it.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
