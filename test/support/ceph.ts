import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const USER = 'klieg'
const ROLE = 'broadcaster'
const PATIENCE = 30_000

/** What a client of the storage needs to know. */
export type CephAccount = {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Its policy lets everything be done to every bucket; the session policy narrows it. */
  readonly roleArn: string
}

/**
 * Ceph of its own on one node: S3 and STS at free ports of 127.0.0.1, objects in memory, nothing that survives it.
 * It knows AssumeRole with a session policy; no GetFederationToken.
 */
export class CephServer implements AsyncDisposable {
  readonly account: CephAccount
  readonly #folder: string
  readonly #port: number
  readonly #monitorPort: number
  readonly #processes = new Map<string, ChildProcess>()

  /** Resolves when S3 and STS answer. */
  static async start(attempts = 3): Promise<CephServer> {
    const server = new CephServer(await freePort(), await freePort())
    try {
      await server.#begin()
      return server
    } catch (error) {
      const log = server.#log()
      await server[Symbol.asyncDispose]()
      if (attempts > 1) return CephServer.start(attempts - 1) // somebody was faster to take a port
      throw new Error(`Ceph did not start:\n${log}`, { cause: error })
    }
  }

  private constructor(port: number, monitorPort: number) {
    this.#port = port
    this.#monitorPort = monitorPort
    this.#folder = mkdtempSync(path.join(tmpdir(), 'klieg-ceph-'))
    this.account = {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      accessKeyId: 'KLIEGTESTKEY',
      secretAccessKey: 'klieg-test-secret',
      roleArn: `arn:aws:iam:::role/${ROLE}`,
    }
    process.once('exit', this.#abandon)
  }

  /** The gateway again, after `stopGateway`: the objects are still there. */
  async startGateway(): Promise<void> {
    this.#spawn('radosgw', ['-n', 'client.rgw', '-c', this.#conf, '--foreground'])
    await this.#until('radosgw', async () => {
      const answer = await fetch(this.account.endpoint).catch(() => undefined)
      await answer?.body?.cancel()
      return answer !== undefined
    })
  }

  /** Connections are refused. It is not killed: others would wait half a minute for it to answer. */
  stopGateway(): Promise<void> {
    return this.#kill('radosgw', 'SIGTERM')
  }

  /** Holds its breath: connections stay open, and nothing answers. */
  freezeGateway(): void {
    this.#processes.get('radosgw')?.kill('SIGSTOP')
  }

  thawGateway(): void {
    this.#processes.get('radosgw')?.kill('SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((name) => this.#kill(name)))
    process.off('exit', this.#abandon)
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }

  get #conf(): string {
    return path.join(this.#folder, 'ceph.conf')
  }

  async #begin(): Promise<void> {
    const cluster = randomUUID()
    for (const name of ['mon', 'osd', 'run']) mkdirSync(path.join(this.#folder, name))
    writeFileSync(this.#conf, configuration(this.#folder, cluster, this.#port, this.#monitorPort))
    const map = path.join(this.#folder, 'monmap')
    await run('monmaptool', [
      ...['--create', '--addv', 'a', `v1:127.0.0.1:${this.#monitorPort}`, '--fsid', cluster, map],
    ])
    await run('ceph-mon', ['--mkfs', '-i', 'a', '--monmap', map, '-c', this.#conf])
    this.#spawn('ceph-mon', ['-i', 'a', '-c', this.#conf, '--foreground'])
    const disk = randomUUID()
    await this.#ceph('osd', 'new', disk)
    await run('ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', disk, '-c', this.#conf])
    this.#spawn('ceph-osd', ['-i', '0', '-c', this.#conf, '--foreground'])
    await this.#ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=localhost')
    await this.#until('ceph-osd', async () => (await this.#ceph('osd', 'stat')).includes('1 up'))
    await this.startGateway()
    await this.#admin('user', 'create', {
      uid: USER,
      'display-name': USER,
      'access-key': this.account.accessKeyId,
      'secret-key': this.account.secretAccessKey,
    })
    await this.#admin('role', 'create', {
      'role-name': ROLE,
      'assume-role-policy-doc': statement({
        Principal: { AWS: [`arn:aws:iam:::user/${USER}`] },
        Action: ['sts:AssumeRole'],
      }),
    })
    await this.#admin('role-policy', 'put', {
      'role-name': ROLE,
      'policy-name': 's3',
      'policy-doc': statement({ Action: ['s3:*'], Resource: 'arn:aws:s3:::*' }),
    })
  }

  async #ceph(...args: string[]): Promise<string> {
    const { stdout } = await run('ceph', ['-c', this.#conf, '--connect-timeout', '30', ...args], {
      timeout: PATIENCE,
    })
    return stdout
  }

  async #admin(subject: string, verb: string, options: Readonly<Record<string, string>>): Promise<void> {
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    await run('radosgw-admin', ['-c', this.#conf, subject, verb, ...flags], { timeout: PATIENCE })
  }

  async #until(program: string, isReady: () => Promise<boolean>): Promise<void> {
    const until = Date.now() + PATIENCE
    while (!(await isReady())) {
      if (Date.now() > until) throw new Error(`${program} is not ready`)
      if (this.#processes.get(program)?.exitCode !== null) throw new Error(`${program} ended`)
      await sleep(100)
    }
  }

  #spawn(program: string, args: readonly string[]): void {
    const log = openSync(path.join(this.#folder, `${program}.out`), 'a')
    this.#processes.set(program, spawn(program, args, { stdio: ['ignore', log, log], cwd: this.#folder }))
    closeSync(log)
  }

  async #kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#processes.get(name)
    this.#processes.delete(name)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  #log(): string {
    return [...this.#processes.keys()]
      .map((name) => readFileSync(path.join(this.#folder, `${name}.out`), 'utf8').slice(-2000))
      .join('\n')
  }

  /** The test was interrupted: nothing can be waited for any more. */
  readonly #abandon = (): void => {
    for (const child of this.#processes.values()) child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

function statement(body: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...body }] })
}

/** One monitor, one disk in memory, no authentication inside: only the gateway's door is tested. */
function configuration(folder: string, cluster: string, port: number, monitorPort: number): string {
  return `[global]
fsid = ${cluster}
mon host = v1:127.0.0.1:${monitorPort}
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
run dir = ${folder}/run
log file = ${folder}/$name.log
admin socket =
ms bind ipv6 = false
[mon.a]
host = localhost
mon data = ${folder}/mon
mon addr = v1:127.0.0.1:${monitorPort}
[osd.0]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
rgw s3 auth use sts = true
rgw sts min session duration = 1
rgw sts key = abcdefghijklmnop
rgw dns name = 127.0.0.1
`
}

/** Out of the range that the system gives away by itself: seconds pass until it is used. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
