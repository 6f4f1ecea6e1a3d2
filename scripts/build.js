// `npm run build`: what is published. Plain tsc for the server and the client, Vite for the interface.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { buildWeb, installPackages, nodeEnvironment, ROOT } from './setup.js'

installPackages()
const env = nodeEnvironment()
buildWeb(env)
const { status } = spawnSync(
  'node',
  [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  },
)
process.exit(status ?? 1)
