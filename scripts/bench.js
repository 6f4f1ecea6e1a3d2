// `npm run bench [-- name …]`: every figure that the documentation states, measured on this machine.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { buildWeb, fail, installPackages, nodeEnvironment, ROOT } from './setup.js'

const FOLDER = path.join(ROOT, 'bench')
const all = readdirSync(FOLDER).flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? [])
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all
const unknown = wanted.filter((name) => !all.includes(name))
if (unknown.length > 0) fail(`No such benchmark: ${unknown.join(', ')}. There are ${all.join(', ')}.`)

installPackages()
const env = nodeEnvironment()
buildWeb(env)
for (const name of wanted) {
  const { status } = spawnSync('node', [path.join(FOLDER, `${name}.bench.ts`)], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
