import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/app/config/read-config.ts'
import { KliegServer } from '../../src/app/klieg-server.ts'
import { freeUdpPort } from '../support/free-port.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('[EMB2] an application starts the server with its own users, and nobody is asked to set it up', async () => {
  using folder = temporaryFolder()
  const config = readConfig({}, '/nonexistent/klieg.config.json', {
    dataDir: folder.path,
    port: 0,
    icePort: await freeUdpPort(),
    logLevel: 'silent',
  })
  await using server = await KliegServer.start({
    config,
    open: false,
    version: '1.2.3',
    authenticate: ({ headers }) =>
      headers.authorization === 'Bearer of-ann' ? { id: 'ann', name: 'Ann', role: 'broadcaster' } : null,
  })
  assert.equal(server.setupLink, undefined)
  const make = (headers: Record<string, string>) =>
    fetch(`${server.url}/api/broadcasts`, { method: 'POST', headers })
  assert.equal((await make({ authorization: 'Bearer of-ann' })).status, 201)
  assert.equal((await make({ authorization: 'Bearer of-eve' })).status, 401)
  for (const route of ['/api/auth/me', '/setup/', '/sign-in/'])
    assert.equal((await fetch(server.url + route)).status, 404, route)
})
