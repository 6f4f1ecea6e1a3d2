import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** Where Debian and its like keep the programs of each version. */
const VERSIONS = '/usr/lib/postgresql'
const PASSWORD = 'p@ss/word'
/** PostgreSQL refuses to run as root; the package makes this user. */
const USER = 'postgres'

type Owner = { uid?: number; gid?: number }

/** A PostgreSQL of its own: an empty folder, a free port of 127.0.0.1, nothing that survives it. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string
  readonly #port: number
  readonly #owner: Owner
  #process: ChildProcess | undefined
  #made = 0

  /** Resolves when it takes connections. `ssl_key` and `ssl_cert` are in PEM. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort())
    try {
      server.#initialise(settings)
      await server.start()
      return server
    } catch (error) {
      await server[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(port: number) {
    this.#port = port
    this.#owner = process.getuid?.() === 0 ? ownerOf(USER) : {}
    this.#folder = mkdtempSync(path.join(tmpdir(), 'klieg-pg-'))
    const { uid, gid } = this.#owner
    if (uid !== undefined && gid !== undefined) chownSync(this.#folder, uid, gid)
    process.once('exit', this.#abandon)
  }

  /** For a database of this name; the first one that is there is "postgres". */
  url(database = 'postgres', parameters = ''): string {
    return `postgres://klieg:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.#port}/${database}${parameters}`
  }

  /** Of a new database, empty or as `template` is. */
  async createDatabase(template = 'template1'): Promise<string> {
    const name = `test_${++this.#made}`
    await this.query(`create database ${name} template ${template}`)
    return this.url(name)
  }

  async query(text: string, database?: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url(database) })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  /** Again, after `stop`. */
  async start(): Promise<void> {
    const postgres = spawn(program('postgres'), ['-D', path.join(this.#folder, 'data')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: this.#folder,
      ...this.#owner,
    })
    this.#process = postgres
    let log = ''
    postgres.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    for (let attempt = 0; attempt < 400; attempt++) {
      if (log.includes('ready to accept connections')) return
      if (postgres.exitCode !== null) break
      await sleep(25)
    }
    throw new Error(`PostgreSQL did not start:\n${log}`)
  }

  /** At once, as if the machine had failed. */
  async stop(): Promise<void> {
    const postgres = this.#process
    this.#process = undefined
    if (!postgres || postgres.exitCode !== null || postgres.signalCode !== null) return
    const gone = once(postgres, 'exit')
    postgres.kill('SIGQUIT')
    await gone
  }

  /** Holds its breath: connections stay open, and nothing answers. */
  freeze(): void {
    this.#signal('SIGSTOP')
  }

  thaw(): void {
    this.#signal('SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process) this.thaw()
    await this.stop()
    process.off('exit', this.#abandon)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** The test was interrupted: nothing can be waited for any more. */
  readonly #abandon = (): void => {
    if (this.#process) this.thaw()
    this.#process?.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }

  /** To the server, then its children. */
  #signal(name: NodeJS.Signals): void {
    const pid = this.#process?.pid ?? 0
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    for (const each of [pid, ...children.trim().split(' ').filter(Boolean).map(Number)])
      try {
        process.kill(each, name)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // a child that ended meanwhile
      }
  }

  #initialise(settings: Readonly<Record<string, string>>): void {
    const password = path.join(this.#folder, 'password')
    writeFileSync(password, PASSWORD)
    chmodSync(password, 0o644)
    const result = spawnSync(
      program('initdb'),
      [
        ...['--pgdata', path.join(this.#folder, 'data'), '--username', 'klieg', '--pwfile', password],
        // A locale of people: our columns must not care.
        ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-sync', '--no-locale'],
        ...['--locale-provider', 'icu', '--icu-locale', 'en-US'],
      ],
      { encoding: 'utf8', cwd: this.#folder, ...this.#owner },
    )
    if (result.status !== 0) throw new Error(`initdb failed: ${reasonOf(result)}`)
    const { ssl_key: key, ssl_cert: certificate, ...rest } = settings
    if (key !== undefined) this.#keep('server.key', key)
    if (certificate !== undefined) this.#keep('server.crt', certificate)
    const own = {
      listen_addresses: '127.0.0.1',
      port: String(this.#port),
      unix_socket_directories: this.#folder,
      fsync: 'off',
      shared_buffers: '16MB',
      max_connections: '40',
      ...rest,
    }
    const lines = Object.entries(own).map(([name, value]) => `${name} = '${value}'\n`)
    this.#keep('postgresql.auto.conf', lines.join(''))
  }

  #keep(name: string, content: string): void {
    const file = path.join(this.#folder, 'data', name)
    writeFileSync(file, content, { mode: 0o600 })
    const { uid, gid } = this.#owner
    if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid)
  }
}

function reasonOf({ stderr, error }: SpawnSyncReturns<string>): string {
  return error?.message ?? stderr
}

function program(name: string): string {
  const versions = readdirSync(VERSIONS)
    .map(Number)
    .sort((a, b) => b - a)
  return path.join(VERSIONS, String(versions[0]), 'bin', name)
}

function ownerOf(user: string): Owner {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`there is no user "${user}"`)
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
