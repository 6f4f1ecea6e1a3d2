/** CPU per forwarded packet, loss and event-loop lag with hundreds of viewers of one broadcast. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeNamespace, NAMESPACE, removeNamespace } from './janus-server.ts'
import { KliegServer } from './klieg-server.ts'
import { residentBytes, treeSeconds } from './processor-time.ts'
import { printTable, type Row } from './table.ts'
import { compiled } from './viewers/compiled.ts'
import { ViewerSwarm } from './viewers/viewer-swarm.ts'

const PROFILES = { 'AES-CM': 'SRTP_AES128_CM_SHA1_80', 'AES-GCM': 'SRTP_AEAD_AES_128_GCM' } as const
const CONNECTING_AT_ONCE = 8
const PACKETS_PER_SECOND = 310

/** Adds viewers, a few at a time, until all are up. */
async function fill(swarm: ViewerSwarm, viewers: number, add: () => Promise<void>): Promise<void> {
  let left = viewers
  await Promise.all(
    Array.from({ length: CONNECTING_AT_ONCE }, async () => {
      while (left-- > 0) await add()
    }),
  )
  for (let i = 0; i < 100 && swarm.upAfter.length < viewers; i++) await sleep(100)
}

/** Largest of the workers' 99th percentiles of event-loop delay, in milliseconds. */
function lagOf(metrics: string): number {
  const values = [...metrics.matchAll(/^klieg_worker_event_loop_lag_p99_seconds\{[^}]*\} (\S+)$/gm)].map(
    (match) => Number(match[1]),
  )
  return Math.max(...values) * 1000
}

async function measure(
  profile: keyof typeof PROFILES,
  viewers: number,
  workers: number,
  seconds: number,
): Promise<Row> {
  await using server = await KliegServer.start({ workers })
  await using swarm = new ViewerSwarm({ profile: PROFILES[profile] })
  const broadcast = await server.createBroadcast()
  await server.publish(broadcast)
  const memoryBefore = server.workers.reduce((sum, pid) => sum + residentBytes(pid), 0)
  await fill(swarm, viewers, () => swarm.add((offer) => server.watch(broadcast, offer)))
  await sleep(3000)

  const memory = server.workers.reduce((sum, pid) => sum + residentBytes(pid), 0) - memoryBefore
  swarm.reset()
  await sleep(200)
  const before = { cpu: treeSeconds(server.pid), counts: await swarm.counts(), at: performance.now() }
  await sleep(seconds * 1000)
  const after = { cpu: treeSeconds(server.pid), counts: await swarm.counts(), at: performance.now() }
  const packets = after.counts.received - before.counts.received
  const expected = after.counts.expected - before.counts.expected
  const elapsed = (after.at - before.at) / 1000
  return {
    server: `klieg, ${workers} worker${workers > 1 ? 's' : ''}`,
    cipher: profile,
    viewers: after.counts.up,
    'packets/s': Math.round(packets / elapsed),
    'Mbit/s': Math.round(((after.counts.bytes - before.counts.bytes) * 8) / elapsed / 1e6),
    'loss %': (((expected - packets) / expected) * 100).toFixed(4),
    'µs CPU/packet': (((after.cpu - before.cpu) / packets) * 1e6).toFixed(2),
    'core %': (((after.cpu - before.cpu) / elapsed) * 100).toFixed(0),
    'lag p99 ms': lagOf(await server.metrics()).toFixed(1),
    'KB/viewer': Math.round(memory / viewers / 1024),
  }
}

/** The same packets, protected and sent by a loop in C that does nothing else. */
function measureFloor(profile: keyof typeof PROFILES, viewers: number, seconds: number): Row {
  const command = [String(viewers), String(PACKETS_PER_SECOND), String(seconds), profile]
  const result = JSON.parse(execFileSync(compiled('send-floor'), command, { encoding: 'utf8' })) as {
    sent: number
    cpuSeconds: number
  }
  return {
    server: 'floor: srtp_protect + sendto',
    cipher: profile,
    viewers,
    'packets/s': Math.round(result.sent / seconds),
    'µs CPU/packet': ((result.cpuSeconds / result.sent) * 1e6).toFixed(2),
    'core %': ((result.cpuSeconds / seconds) * 100).toFixed(0),
  }
}

/** The same load on Janus, or nothing where it cannot run. */
function measureJanus(profile: keyof typeof PROFILES, viewers: number, seconds: number): Row[] {
  if (!existsSync('/usr/bin/janus') || process.getuid?.() !== 0) {
    console.error(
      "No comparison with Janus: it needs Debian's janus package, and root for a network namespace.",
    )
    return []
  }
  makeNamespace()
  try {
    const script = path.join(import.meta.dirname, 'janus-fan-out.ts')
    const command = [
      'netns',
      'exec',
      NAMESPACE,
      process.execPath,
      script,
      PROFILES[profile],
      String(viewers),
      String(seconds),
    ]
    const result = JSON.parse(execFileSync('ip', command, { encoding: 'utf8', timeout: 300_000 })) as {
      up: number
      elapsed: number
      received: number
      expected: number
      bytes: number
      cpu: number
    }
    return [
      {
        server: 'janus 1.1.2',
        cipher: profile,
        viewers: result.up,
        'packets/s': Math.round(result.received / result.elapsed),
        'Mbit/s': Math.round((result.bytes * 8) / result.elapsed / 1e6),
        'loss %': (((result.expected - result.received) / result.expected) * 100).toFixed(4),
        'µs CPU/packet': ((result.cpu / result.received) * 1e6).toFixed(2),
        'core %': ((result.cpu / result.elapsed) * 100).toFixed(0),
      },
    ]
  } finally {
    removeNamespace()
  }
}

const seconds = Number(process.argv[2] ?? 15)
const rows: Row[] = []
for (const profile of ['AES-CM', 'AES-GCM'] as const) {
  rows.push(await measure(profile, 300, 1, seconds), measureFloor(profile, 300, seconds))
  rows.push(...measureJanus(profile, 300, seconds))
}
rows.push(await measure('AES-GCM', 200, 1, seconds))
rows.push(await measure('AES-GCM', 400, 2, seconds))
const processor =
  /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor'
printTable(`Fan-out of 2.5 Mbit/s (${processor})`, rows)
