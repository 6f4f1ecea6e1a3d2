import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, request, type RequestListener } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { KliegProcess } from '../support/klieg-process.ts'
import { setUpAdmin, Tab } from '../support/klieg-people.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const FOUND = /^Parameter: (.*)$/gm
const CLEAN = /all tested parameters do not appear to be injectable/g
const FAILURES = /\b(5\d\d) \([\w ]+\) - \d+ times/

/** What sqlmap finds without waiting for slow answers: those say little on a busy machine. */
async function sqlmap(
  home: string,
  ...args: string[]
): Promise<{ found: string[]; clean: number; failures: string }> {
  const attack = run(
    'sqlmap',
    [
      ...['--batch', '--flush-session', '--disable-coloring', '--output-dir', `${home}/out`],
      ...['--results-file', `${home}/results.csv`, '--level=2', '--risk=1', '--technique=BEUS'],
      ...['--dbms=SQLite', '--threads=4', '--timeout=10', '--ignore-code=*', ...args],
    ],
    { env: { ...process.env, HOME: home }, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
  )
  attack.child.stdin?.end() // else it waits there for targets
  const { stdout } = await attack
  return {
    found: [...stdout.matchAll(FOUND)].map(([, parameter = '']) => parameter),
    clean: stdout.match(CLEAN)?.length ?? 0,
    failures: FAILURES.exec(stdout)?.[0] ?? '',
  }
}

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    [Symbol.dispose]: () => void server.close(),
  }
}

/** What nobody should write: sqlmap finds it, or finds nothing anywhere. */
function injectable() {
  const database = new DatabaseSync(':memory:')
  database.exec("CREATE TABLE flower (name TEXT); INSERT INTO flower VALUES ('rose'), ('tulip')")
  return listen((request, response) => {
    const wanted = new URL(request.url ?? '', 'http://localhost').searchParams.get('q')
    try {
      const rows = database.prepare(`SELECT name FROM flower WHERE name LIKE '%${wanted}%'`).all()
      response.end(JSON.stringify(rows))
    } catch {
      response.writeHead(500).end()
    }
  })
}

/** Each request from another address, as if there were no limit to guessing. */
function manyAddresses(target: KliegProcess) {
  let count = 0
  return listen((incoming, outgoing) => {
    count++
    const { method = 'GET', url = '/', headers } = incoming
    const forwarded = `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`
    const onward = request(target.url + url, {
      method,
      headers: { ...headers, 'x-forwarded-for': forwarded },
    })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
}

describe('sqlmap', () => {
  test('[THR25] it finds no injection in searches, ids and sign-in, and does find one where there is one', async () => {
    using home = temporaryFolder()
    await using server = await KliegProcess.start({
      args: ['serve'],
      env: { KLIEG_TRUST_PROXY: '127.0.0.1' },
    })
    using proxy = await manyAddresses(server)
    using flawed = await injectable()
    const admin = await setUpAdmin(server)
    const { id } = await admin.get<{ id: string }>('POST', '/api/broadcasts', { title: 'Roses' })
    const attack = (...args: string[]) => sqlmap(home.path, ...args)
    /** Addresses that work, in what follows `=` and where `*` stands. */
    const attackAll = async (tab: Tab, ...addresses: string[]) => {
      for (const address of addresses)
        assert.equal((await tab.ask('GET', address.replace('*', ''))).status, 200, address)
      const file = home.file('targets')
      writeFileSync(file, addresses.map((address) => `${proxy.url}${address}\n`).join(''))
      return attack('-m', file, ...(tab.cookie === '' ? [] : ['--cookie', tab.cookie]))
    }

    assert.deepEqual((await attack('-u', `${flawed.url}/?q=rose`)).found, ['q (GET)'])

    assert.deepEqual(
      await attackAll(
        admin,
        '/api/library?q=a',
        '/api/broadcasts?of=all&q=Rose',
        '/api/users?q=root',
        '/api/audit-log?q=root',
        '/api/viewings?q=Rose',
      ),
      { found: [], clean: 5, failures: '' },
    )
    assert.deepEqual(
      await attackAll(new Tab(server), `/api/recordings?broadcast=${id}`, `/api/broadcasts/${id}*`),
      { found: [], clean: 2, failures: '' },
    )
    const credentials = JSON.stringify({ email: 'root@example.org', password: 'not the password' })
    const json = '--headers=content-type: application/json'
    assert.deepEqual(await attack('-u', `${proxy.url}/api/auth/sign-in`, '--data', credentials, json), {
      ...{ found: [], clean: 1, failures: '' },
    })

    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
    assert.equal((await admin.get<{ total: number }>('GET', '/api/users')).total, 1)
  })
})
