// The programs that tests use as real peers, from the distribution's packages.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fail } from './setup.js'

/** Debian package → a file that it brings; `*` stands for any one folder. */
const NEEDED = {
  chromium: '/usr/bin/chromium',
  ffmpeg: '/usr/bin/ffmpeg',
  curl: '/usr/bin/curl',
  python3: '/usr/bin/python3',
  'python3-opencv': '/usr/share/doc/python3-opencv/copyright',
  'python3-websockets': '/usr/lib/python3/dist-packages/websockets/__init__.py',
  'python3-aiortc': '/usr/lib/python3/dist-packages/aiortc/__init__.py',
  sqlmap: '/usr/bin/sqlmap',
  postgresql: '/usr/lib/postgresql/*/bin/initdb',
  'ceph-mon': '/usr/bin/ceph-mon',
  'ceph-osd': '/usr/bin/ceph-osd',
  'ceph-common': '/usr/bin/radosgw-admin',
  radosgw: '/usr/bin/radosgw',
}

function isThere(file) {
  const [before = '', after] = file.split('*')
  if (after === undefined) return existsSync(file)
  return (
    existsSync(before) && readdirSync(before).some((folder) => existsSync(path.join(before, folder + after)))
  )
}

/** Installs what is missing as root on a Debian-like system; otherwise says what to install and stops. */
export function installSystemPackages() {
  const missing = Object.keys(NEEDED).filter((name) => !isThere(NEEDED[name]))
  if (missing.length === 0) return
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    fail(`The tests need these programs. Run this once, then again npm test:\n\n  sudo ${line}\n`)
  process.stdout.write(`Installing ${missing.join(', ')} …\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const command of ['apt-get update -qq', `${line} -qq`]) {
    const [program, ...args] = command.split(' ')
    const result = spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    if (result.status !== 0) fail(`"${command}" failed; see above.`)
  }
}
