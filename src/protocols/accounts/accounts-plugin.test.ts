import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsRig } from '../../../test/support/accounts-rig.ts'
import { PASSWORD } from '../../../test/support/people-rig.ts'
import { stepAt } from '../../core/people/one-time-codes.ts'

const tokenIn = (link: string) => new URL(link).searchParams.get('token') ?? ''
const turn = () => new Promise((done) => setImmediate(done))

describe('sign-in over HTTP', () => {
  test('[AC80] the cookie is for scripts of nobody and for this server only; each sign-in makes a new one', async () => {
    const { tab, add } = await accountsRig()
    await add('anna')
    const browser = tab()
    const signIn = () =>
      browser.ask('POST', '/api/auth/sign-in', { email: 'anna@example.org', password: PASSWORD })
    const { status, setCookie, body, headers } = await signIn()

    assert.equal(status, 200)
    assert.match(setCookie ?? '', /^klieg=[\w-]{43}; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax$/)
    assert.equal(body.user?.email, 'anna@example.org')
    assert.doesNotMatch(JSON.stringify(body), /hash|totp/i)
    assert.equal(headers['cache-control'], 'no-store')
    const first = browser.cookie
    await signIn()
    assert.notEqual(browser.cookie, first)
    browser.cookie = first
    assert.equal((await browser.ask('GET', '/api/auth/me')).body.user, null)
  })

  test('[AC81] behind https the cookie is Secure and named for this host; below a path it is for that path', async () => {
    const cookieAt = async (publicUrl: string, headers = {}) => {
      const { tab, add } = await accountsRig({ publicUrl })
      await add('anna')
      const body = { email: 'anna@example.org', password: PASSWORD }
      return (await tab().ask('POST', '/api/auth/sign-in', body, headers)).setCookie ?? ''
    }

    assert.match(await cookieAt('https://live.example'), /^__Host-klieg=[^;]+; Path=\/;.*; Secure$/)
    assert.match(await cookieAt('', { 'x-forwarded-proto': 'https' }), /^__Host-klieg=.*; Secure$/)
    assert.match(await cookieAt('https://live.example/tv/'), /^__Secure-klieg=[^;]+; Path=\/tv;.*; Secure$/)
    assert.match(await cookieAt('http://live.example'), /^klieg=[^;]+; Path=\/;(?!.*Secure)/)
    const { tab, people, add } = await accountsRig({ publicUrl: 'https://live.example' })
    const token = await people.signIns.open(await add('anna'), { address: '', agent: '' })
    const browser = tab()
    browser.cookie = `klieg=${token}`
    assert.equal((await browser.ask('GET', '/api/auth/me')).body.user, null)
  })

  test('[AC82] who asks is told who they are; a wrong API key is 401', async () => {
    const { tab, signedIn } = await accountsRig()
    const { ask, user } = await signedIn('anna')

    assert.equal((await ask('GET', '/api/auth/me')).body.user?.id, user.id)
    assert.deepEqual((await tab().ask('GET', '/api/auth/me')).body, { user: null })
    const wrong = await tab().ask('GET', '/api/auth/me', undefined, { authorization: 'Bearer klieg_wrong' })
    assert.deepEqual([wrong.status, wrong.body.code], [401, 'unauthenticated'])
  })

  test('[AC83] wrong credentials are 401, too many 429 with Retry-After', async () => {
    const { tab, add } = await accountsRig()
    await add('anna')
    const browser = tab()
    const guess = () =>
      browser.ask('POST', '/api/auth/sign-in', { email: 'anna@example.org', password: 'no' })
    for (let index = 0; index < 5; index++) {
      const { status, body } = await guess()
      assert.deepEqual([status, body.code], [401, 'wrong-credentials'])
    }
    const { status, body, headers } = await guess()
    assert.deepEqual([status, body.code, headers['retry-after']], [429, 'too-many-requests', '2'])
  })

  test('[AC84] a page of another site signs nobody in or out', async () => {
    const { tab, add } = await accountsRig()
    await add('anna')
    const { status } = await tab().ask(
      'POST',
      '/api/auth/sign-in',
      { email: 'anna@example.org', password: PASSWORD },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    )
    assert.equal(status, 403)
  })

  test('[AC85] signing out ends this browser, everywhere ends all, and one ends one', async () => {
    const { add, tab } = await accountsRig()
    const user = await add('anna')
    const [one, two, three, four] = [tab(), tab(), tab(), tab()]
    for (const browser of [one, two, three, four])
      await browser.ask('POST', '/api/auth/sign-in', { email: user.email, password: PASSWORD })
    const isIn = async (browser = one) => (await browser.ask('GET', '/api/auth/me')).body.user !== null

    const cookie = one.cookie
    const { status, setCookie } = await one.ask('POST', '/api/auth/sign-out')
    assert.equal(status, 204)
    assert.match(setCookie ?? '', /^klieg=; .*Max-Age=0/)
    one.cookie = cookie
    assert.equal(await isIn(one), false)

    const { items } = (await two.ask('GET', '/api/auth/sign-ins')).body
    assert.equal(items.length, 3)
    assert.equal(items.filter((item) => item.current).length, 1)
    assert.deepEqual([items[0]?.address, items[0]?.agent], ['192.0.2.1', 'A browser'])
    const current = (await three.ask('GET', '/api/auth/sign-ins')).body.items.find((item) => item.current)
    assert.equal((await two.ask('DELETE', `/api/auth/sign-ins/${current?.id}`)).status, 204)
    assert.equal((await two.ask('DELETE', `/api/auth/sign-ins/${current?.id}`)).status, 404)
    assert.deepEqual([await isIn(two), await isIn(three), await isIn(four)], [true, false, true])
    assert.equal((await four.ask('POST', '/api/auth/sign-out-everywhere')).status, 204)
    assert.equal(await isIn(two), false)
    assert.equal((await two.ask('GET', '/api/auth/sign-ins')).status, 401)
  })
})

describe('one’s own account over HTTP', () => {
  test('[AC86] changing the password needs the old one, makes a new cookie and ends every other browser', async () => {
    const { signedIn, tab } = await accountsRig()
    const { browser, user } = await signedIn('anna')
    const other = tab()
    await other.ask('POST', '/api/auth/sign-in', { email: user.email, password: PASSWORD })
    const change = (current: string, next: string) =>
      browser.ask('POST', '/api/auth/password', { current, next })

    assert.equal((await change('not the password', 'another sentence')).body.code, 'wrong-credentials')
    assert.equal((await change(PASSWORD, 'short')).body.code, 'weak-password')
    const before = browser.cookie
    assert.equal((await change(PASSWORD, 'another sentence')).status, 204)
    assert.notEqual(browser.cookie, before)
    assert.equal((await browser.ask('GET', '/api/auth/me')).body.user?.id, user.id)
    assert.equal((await other.ask('GET', '/api/auth/me')).body.user, null)
  })

  test('[AC87] the second factor is turned on and off with the password, and asked for at sign-in', async () => {
    const { signedIn, codes, clock, tab } = await accountsRig()
    const { ask, user } = await signedIn('anna')
    assert.equal((await ask('POST', '/api/auth/totp', { password: 'no' })).body.code, 'wrong-credentials')
    const { secret, uri } = (await ask('POST', '/api/auth/totp', { password: PASSWORD })).body
    assert.equal(uri, `otpauth://totp/Klieg:anna%40example.org?secret=${secret}&issuer=Klieg`)
    const code = () => codes.codeAt(secret, stepAt(clock.now()))
    const { recoveryCodes } = (await ask('POST', '/api/auth/totp/confirm', { code: code() })).body
    assert.equal(recoveryCodes.length, 10)

    const other = tab()
    const signIn = (extra = {}) =>
      other.ask('POST', '/api/auth/sign-in', { email: user.email, password: PASSWORD, ...extra })
    const missing = await signIn()
    assert.deepEqual(
      [missing.status, missing.body.code, missing.setCookie],
      [401, 'second-factor-required', undefined],
    )
    assert.equal((await signIn({ code: recoveryCodes[0] })).status, 200)
    clock.advance(30_000)
    assert.equal((await signIn({ code: code() })).body.user?.secondFactor, true)

    const renewed = await ask('POST', '/api/auth/totp/recovery-codes', { password: PASSWORD })
    assert.equal((await signIn({ code: recoveryCodes[1] })).body.code, 'wrong-code')
    assert.equal((await signIn({ code: renewed.body.recoveryCodes[1] })).status, 200)
    assert.equal((await ask('POST', '/api/auth/totp/off', { password: PASSWORD })).status, 204)
    assert.equal((await signIn()).status, 200)
  })

  test('[AC88] an API key acts, but never on the account itself', async () => {
    const { signedIn, tab } = await accountsRig()
    const { ask } = await signedIn('root', 'admin')
    const made = await ask('POST', '/api/api-keys', { name: 'Backup', scopes: ['admin'], days: 30 })
    assert.equal(made.status, 201)
    const key = { authorization: `Bearer ${made.body.key}` }
    const program = tab()

    assert.equal((await program.ask('GET', '/api/users', undefined, key)).status, 200)
    for (const [method, url, body] of [
      ['POST', '/api/api-keys', { name: 'another', scopes: ['admin'] }],
      ['POST', '/api/auth/password', { current: PASSWORD, next: 'another sentence' }],
      ['POST', '/api/auth/totp', { password: PASSWORD }],
      ['GET', '/api/auth/sign-ins', undefined],
      ['DELETE', `/api/api-keys/${made.body.id}`, undefined],
    ] as const)
      assert.equal((await program.ask(method, url, body, key)).status, 403, url)

    const { items } = (await ask('GET', '/api/api-keys')).body
    assert.equal(items[0]?.name, 'Backup')
    assert.ok(!JSON.stringify(items).includes(made.body.key))
    assert.equal((await ask('DELETE', `/api/api-keys/${made.body.id}`)).status, 204)
    assert.equal((await program.ask('GET', '/api/users', undefined, key)).status, 401)
  })

  test('[AC89] keys of others are seen and revoked by administrators only', async () => {
    const { signedIn } = await accountsRig()
    const anna = await signedIn('anna', 'broadcaster')
    const bert = await signedIn('bert', 'broadcaster')
    const root = await signedIn('root', 'admin')
    const key = (await anna.ask('POST', '/api/api-keys', { name: 'k', scopes: ['watch'] })).body

    assert.equal((await bert.ask('DELETE', `/api/api-keys/${key.id}`)).status, 404)
    assert.equal((await bert.ask('GET', '/api/api-keys?of=all')).status, 403)
    assert.equal((await bert.ask('GET', '/api/api-keys')).body.total, 0)
    assert.equal((await root.ask('GET', '/api/api-keys?of=all')).body.total, 1)
    assert.equal((await root.ask('DELETE', `/api/api-keys/${key.id}`)).status, 204)
  })
})

describe('accounts for administrators', () => {
  test('[AC90] accounts are listed, found, changed, disabled and removed by administrators, and nobody else', async () => {
    const { signedIn, tab } = await accountsRig()
    const root = await signedIn('root', 'admin')
    const anna = await signedIn('anna')
    for (const [method, url] of [
      ['GET', '/api/users'],
      ['GET', `/api/users/${anna.user.id}`],
      ['PATCH', `/api/users/${anna.user.id}`],
      ['DELETE', `/api/users/${root.user.id}`],
      ['POST', `/api/users/${root.user.id}/reset-link`],
      ['POST', `/api/users/${root.user.id}/sign-out`],
      ['DELETE', `/api/users/${root.user.id}/second-factor`],
      ['GET', '/api/invitations'],
      ['POST', '/api/invitations'],
      ['DELETE', '/api/invitations/x'],
    ] as const) {
      assert.equal((await anna.ask(method, url, {})).status, 403, url)
      assert.equal((await tab().ask(method, url, {})).status, 401, url)
    }

    const list = (await root.ask('GET', '/api/users?q=ANNA&pageSize=1')).body
    assert.deepEqual([list.total, list.page, list.pageSize, list.items[0]?.id], [1, 1, 1, anna.user.id])
    const change = (body: object) => root.ask('PATCH', `/api/users/${anna.user.id}`, body)
    assert.equal((await change({ role: 'broadcaster', name: 'Anna B' })).body.role, 'broadcaster')
    assert.equal((await change({ role: 'king' })).status, 400)
    assert.notEqual((await change({ disabled: true })).body.disabledAt, null)
    assert.equal((await anna.ask('GET', '/api/auth/me')).body.user, null)
    assert.equal((await change({ disabled: false })).body.disabledAt, null)
    const own = await root.ask('DELETE', `/api/users/${root.user.id}`)
    assert.deepEqual([own.status, own.body.code], [409, 'last-admin'])
    assert.equal((await root.ask('DELETE', `/api/users/${anna.user.id}`)).status, 204)
    assert.equal((await root.ask('GET', `/api/users/${anna.user.id}`)).status, 404)
  })

  test('[WL57] an account that is removed is forgotten by the watch log; one that must stay is not', async () => {
    const { signedIn, forgotten } = await accountsRig()
    const root = await signedIn('root', 'admin')
    const anna = await signedIn('anna')
    assert.equal((await root.ask('DELETE', `/api/users/${root.user.id}`)).status, 409)
    assert.deepEqual(forgotten, [])

    assert.equal((await root.ask('DELETE', `/api/users/${anna.user.id}`)).status, 204)

    assert.deepEqual(forgotten, [anna.user.id])
  })

  test('[AC91] a link for a new password is told to the administrator, and sent where there is mail', async () => {
    for (const mail of [false, true]) {
      const { signedIn, tab, mailer } = await accountsRig({ mail, publicUrl: 'http://live.example' })
      const root = await signedIn('root', 'admin')
      const anna = await signedIn('anna')
      const { status, body } = await root.ask('POST', `/api/users/${anna.user.id}/reset-link`)
      assert.deepEqual([status, body.mailed], [201, mail])
      assert.match(body.link, /^http:\/\/live\.example\/reset\?token=[\w-]{43}$/)
      assert.equal(mailer.letters.length, Number(mail))
      if (mail) assert.ok(mailer.letters[0]?.text.includes(body.link))

      const token = tokenIn(body.link)
      const browser = tab()
      const whose = await browser.ask('POST', '/api/auth/reset/look', { token })
      assert.deepEqual(whose.body, { email: 'anna@example.org', name: 'anna' })
      const use = () => browser.ask('POST', '/api/auth/reset', { token, password: 'another sentence' })
      assert.equal((await use()).status, 204)
      assert.deepEqual([(await use()).status, (await use()).body.code], [410, 'link-not-valid'])
    }
  })

  test('[AC92] an invitation makes an account of its role and signs it in; its link is told once', async () => {
    const { signedIn, tab, mailer } = await accountsRig({ mail: true, publicUrl: 'http://live.example' })
    const root = await signedIn('root', 'admin')
    const made = await root.ask('POST', '/api/invitations', {
      role: 'broadcaster',
      email: 'new@example.org',
      days: 2,
    })
    assert.deepEqual([made.status, made.body.mailed], [201, true])
    assert.deepEqual(mailer.letters[0]?.to, 'new@example.org')
    const list = (await root.ask('GET', '/api/invitations')).body
    assert.equal(list.total, 1)
    assert.ok(!JSON.stringify(list).includes(tokenIn(made.body.link)))

    const token = tokenIn(made.body.link)
    const browser = tab()
    const look = await browser.ask('POST', '/api/invitations/look', { token })
    assert.deepEqual([look.body.role, look.body.email], ['broadcaster', 'new@example.org'])
    const accept = () =>
      browser.ask('POST', '/api/invitations/accept', {
        token,
        email: 'new@example.org',
        name: 'New',
        password: PASSWORD,
      })
    assert.deepEqual([(await accept()).status, (await accept()).status], [201, 410])
    assert.equal((await browser.ask('GET', '/api/auth/me')).body.user?.role, 'broadcaster')
  })
})

describe('without an account', () => {
  test('[AC93] a forgotten password is answered alike for everybody, and its letter is sent behind the answer', async () => {
    const { tab, add, mailer } = await accountsRig({ mail: true, publicUrl: 'http://live.example' })
    await add('anna')
    const forgotten = (email: string) => tab().ask('POST', '/api/auth/forgotten', { email })
    const [known, unknown] = [await forgotten('Anna@example.org'), await forgotten('eve@example.org')]
    await turn()

    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
    assert.equal(known.status, 202)
    assert.deepEqual(
      mailer.letters.map(({ to }) => to),
      ['anna@example.org'],
    )
    assert.match(mailer.letters[0]?.text ?? '', /http:\/\/live\.example\/reset\?token=/)
    for (let index = 0; index < 2; index++) await forgotten('anna@example.org')
    assert.equal((await forgotten('anna@example.org')).status, 429)
  })

  test('[AC93] without mail nobody can be sent a link', async () => {
    const { tab } = await accountsRig()
    assert.equal((await tab().ask('POST', '/api/auth/forgotten', { email: 'a@b.cd' })).status, 403)
  })

  test('[AC94] everybody may register where the setting says so, as a viewer', async () => {
    const account = { email: 'a@example.org', name: 'A', password: PASSWORD }
    const closed = await accountsRig()
    assert.equal((await closed.tab().ask('POST', '/api/auth/register', account)).status, 403)
    const open = await accountsRig({ registration: true })
    const { status, body } = await open.tab().ask('POST', '/api/auth/register', account)

    assert.deepEqual([status, body.user?.role], [201, 'viewer'])
    const again = await open.tab().ask('POST', '/api/auth/register', { ...account, role: 'admin' })
    assert.equal(again.status, 400)
  })

  test('[AC95] the setup link makes the first administrator and signs in', async () => {
    const { tab, people } = await accountsRig()
    const token = (await people.setup.begin()) ?? ''
    const browser = tab()
    assert.deepEqual((await browser.ask('GET', '/api/setup')).body, { needed: true })
    const { status, body } = await browser.ask('POST', '/api/setup', {
      ...{ token, email: 'root@example.org', name: 'Root', password: PASSWORD },
    })

    assert.deepEqual([status, body.user?.role], [201, 'admin'])
    assert.equal((await browser.ask('GET', '/api/users')).status, 200)
    assert.deepEqual((await browser.ask('GET', '/api/setup')).body, { needed: false })
  })

  test('[AC96] no secret reaches the log: no password, token, key, code or link', async () => {
    const { tab, signedIn, logger } = await accountsRig({ mail: true, publicUrl: 'http://live.example' })
    const { ask, user, browser } = await signedIn('root', 'admin')
    const { key } = (await ask('POST', '/api/api-keys', { name: 'k', scopes: ['admin'] })).body
    const { link } = (await ask('POST', `/api/users/${user.id}/reset-link`)).body
    const { secret } = (await ask('POST', '/api/auth/totp', { password: PASSWORD })).body
    await tab().ask('POST', '/api/auth/sign-in', { email: user.email, password: 'guessed password' })
    await tab().ask('POST', '/api/auth/reset', { token: tokenIn(link), password: 'another sentence' })
    const log = JSON.stringify(logger.lines)

    assert.ok(logger.lines.length > 5)
    for (const planted of [
      PASSWORD,
      'guessed',
      key,
      tokenIn(link),
      secret,
      browser.cookie,
      'another sentence',
    ])
      assert.ok(!log.includes(String(planted)), String(planted))
  })
})
