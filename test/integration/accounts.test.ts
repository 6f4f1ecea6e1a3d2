import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { KliegProcess } from '../support/klieg-process.ts'
import { wholeServer } from '../support/whole-server.ts'

const SETUP_LINK = /(http:\S+)\/setup\?token=([\w-]{43})\s/
const RESET_LINK = /^http:\/\/127\.0\.0\.1:8000\/reset\?token=([\w-]{43})$/m
const PASSWORD = 'a calm sentence'

const send = (url: string, body: object) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** `klieg …` on a data folder. */
function command(dataDir: string, ...args: string[]) {
  const file = path.join(import.meta.dirname, '../../bin/klieg.ts')
  const env = { ...process.env, KLIEG_DATA_DIR: dataDir, KLIEG_PORT: '8000' }
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', env })
}

describe('accounts of a server', () => {
  test('[AC100] the first start prints a link to the first administrator, until there is one', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'klieg-accounts-'))
    try {
      {
        await using server = await KliegProcess.start({ args: ['serve'], dataDir })
        const [, base, token] = SETUP_LINK.exec(server.log) ?? []
        assert.equal(base, server.url)
        assert.equal((await fetch(`${server.url}/setup?token=${token}`)).status, 200)
        const account = { email: 'root@example.org', name: 'Root', password: PASSWORD }
        assert.equal(
          (await send(`${server.url}/api/setup`, { token: 'x'.repeat(43), ...account })).status,
          410,
        )
        assert.equal((await send(`${server.url}/api/setup`, { token, ...account })).status, 201)
      }
      await using again = await KliegProcess.start({ args: ['serve'], dataDir })
      assert.doesNotMatch(again.log, SETUP_LINK)
      const signIn = (password: string) =>
        send(`${again.url}/api/auth/sign-in`, { email: 'root@example.org', password })
      assert.deepEqual([(await signIn(PASSWORD)).status, (await signIn('admin')).status], [200, 401])
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  test('[AC101] the command line makes administrators and lets them in again, by links', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'klieg-accounts-'))
    try {
      const made = command(dataDir, 'admin', 'create', '--email', 'Root@example.org', '--name', 'Root')
      const [, first] = RESET_LINK.exec(made.stdout) ?? []
      assert.equal(made.status, 0, made.stderr)
      const reset = command(dataDir, 'admin', 'reset', '--email', 'root@example.org', '--second-factor')
      const [, second] = RESET_LINK.exec(reset.stdout) ?? []
      const twice = command(dataDir, 'admin', 'create', '--email', 'root@example.org', '--name', 'Root')
      assert.deepEqual([twice.status, twice.stdout], [1, ''])
      const unknown = command(dataDir, 'admin', 'reset', '--email', 'eve@example.org')
      assert.deepEqual([unknown.status, unknown.stderr.split('\n').length], [1, 2])

      await using server = await KliegProcess.start({ args: ['serve'], dataDir })
      assert.doesNotMatch(server.log, SETUP_LINK)
      const use = (token = '') => send(`${server.url}/api/auth/reset`, { token, password: PASSWORD })
      assert.deepEqual([(await use(first)).status, (await use(second)).status], [410, 204])
      const { user } = (await (
        await send(`${server.url}/api/auth/sign-in`, { email: 'root@example.org', password: PASSWORD })
      ).json()) as { user: { role: string } }
      assert.equal(user.role, 'admin')
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  test('[AC102] in open mode there are no accounts: no link, no routes, nobody signed in', async () => {
    await using server = await KliegProcess.start()
    assert.doesNotMatch(server.log, /setup/)
    for (const route of ['/api/auth/me', '/api/setup', '/api/users', '/api/api-keys'])
      assert.equal((await fetch(`${server.url}${route}`)).status, 404, route)
    assert.equal(
      ((await (await fetch(`${server.url}/api/server`)).json()) as { accounts: unknown }).accounts,
      null,
    )
  })

  test('[AC103] /api/server says that there are accounts, whether everybody may make one, and whether there is mail', async () => {
    await using server = await wholeServer({ open: false, env: { KLIEG_REGISTRATION: 'true' } })
    assert.deepEqual((await server.fastify.inject('/api/server')).json<{ accounts: object }>().accounts, {
      registration: true,
      mail: true,
    })
  })
})
