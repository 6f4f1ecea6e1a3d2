import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeBrowser } from '../test/support/fake-browser.ts'
import { wholeServer } from '../test/support/whole-server.ts'
import * as accounts from './accounts.ts'

const NEW = { email: 'a@b.cd', name: 'A', password: 'p' }

/** Each call of the SDK once. */
const CALLS: Readonly<Record<keyof typeof accounts, () => Promise<unknown>>> = {
  getAccount: () => accounts.getAccount(),
  signIn: () => accounts.signIn({ email: 'a@b.cd', password: 'p', code: '123456' }),
  signOut: () => accounts.signOut(),
  signOutEverywhere: () => accounts.signOutEverywhere(),
  listSignIns: () => accounts.listSignIns(),
  endSignIn: () => accounts.endSignIn('a/b'),
  renameAccount: () => accounts.renameAccount('New'),
  changePassword: () => accounts.changePassword({ current: 'a', next: 'b' }),
  beginSecondFactor: () => accounts.beginSecondFactor('p'),
  confirmSecondFactor: () => accounts.confirmSecondFactor('123456'),
  renewRecoveryCodes: () => accounts.renewRecoveryCodes('p'),
  endSecondFactor: () => accounts.endSecondFactor('p'),
  requestPasswordReset: () => accounts.requestPasswordReset('a@b.cd'),
  lookAtReset: () => accounts.lookAtReset('t'),
  resetPassword: () => accounts.resetPassword({ token: 't', password: 'p' }),
  register: () => accounts.register(NEW),
  isSetupNeeded: () => accounts.isSetupNeeded(),
  setUp: () => accounts.setUp({ token: 't', ...NEW }),
  lookAtInvitation: () => accounts.lookAtInvitation('t'),
  acceptInvitation: () => accounts.acceptInvitation({ token: 't', ...NEW }),
  listApiKeys: () => accounts.listApiKeys({ of: 'all', page: 2 }),
  makeApiKey: () => accounts.makeApiKey({ name: 'k', scopes: ['watch'], days: 3 }),
  revokeApiKey: () => accounts.revokeApiKey('k'),
  listAccounts: () => accounts.listAccounts({ q: 'a b', role: 'admin' }),
  changeAccount: () => accounts.changeAccount('u', { disabled: true, role: 'viewer', name: 'N' }),
  removeAccount: () => accounts.removeAccount('u'),
  signAccountOut: () => accounts.signAccountOut('u'),
  endSecondFactorOf: () => accounts.endSecondFactorOf('u'),
  makeResetLink: () => accounts.makeResetLink('u'),
  listInvitations: () => accounts.listInvitations({ page: 1, pageSize: 10 }),
  invite: () => accounts.invite({ role: 'viewer', email: 'a@b.cd', days: 2 }),
  withdrawInvitation: () => accounts.withdrawInvitation('i'),
}

test('[AC110] each call of the SDK is one request that the server has a route for and takes', async (t) => {
  const browser = new FakeBrowser(t)
  browser.answer = () => Response.json({ items: [] })
  for (const call of Object.values(CALLS)) await call()
  assert.equal(browser.requests.length, Object.keys(CALLS).length)

  await using server = await wholeServer({ open: false })
  for (const { method, url, body } of browser.requests) {
    const answer = await server.fastify.inject({
      method: method as 'GET',
      url: url.replace('https://live.example', ''),
      headers: { ...(body !== '' && { 'content-type': 'application/json' }) },
      ...(body !== '' && { payload: body }),
    })
    const { code } = answer.body === '' ? { code: '' } : answer.json<{ code?: string }>()
    assert.ok(code !== 'bad-request' && code !== 'not-found', `${method} ${url}: ${answer.body}`)
  }
})
