import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { stepAt } from '../../src/core/people/one-time-codes.ts'
import { Totp } from '../../src/platform/totp.ts'
import { seriousFindings } from '../support/axe.ts'
import { Browser, screenshot } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { LOOKS } from '../support/looks.ts'

const SETUP_LINK = /http:\S+\/setup\?token=[\w-]+/
const ANNA = { email: 'anna@example.org', password: 'a calm sentence', next: 'another calm sentence' }
const ROOT = { email: 'root@example.org', password: 'the lamp is bright' }

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value)
}

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await fill(page, { 'E-mail': email, Password: password })
  await button(page, 'Sign in').click()
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
}

describe('accounts', () => {
  test('[AC130] setup link, administrator, invitation, sign-in, second factor and a new password, in a browser', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    await using admins = await Browser.open()
    const [link = ''] = SETUP_LINK.exec(server.log) ?? []

    const admin = await admins.page(link)
    await fill(admin, { 'E-mail': ROOT.email, Name: 'Root', Password: ROOT.password })
    await button(admin, 'Set up this server').click()
    await admin.getByRole('button', { name: 'Account of Root' }).waitFor()
    const invitation = await admin.evaluate(async () => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ role: 'broadcaster' })
      const answer = await fetch('/api/invitations', { method: 'POST', headers, body })
      return (await answer.json()) as { link: string }
    })

    await using peoples = await Browser.open()
    const anna = await peoples.page(invitation.link)
    await fill(anna, { 'E-mail': ANNA.email, Name: 'Anna Bee', Password: 'too short' })
    await button(anna, 'Make my account').click()
    assert.ok(anna.url().includes('/invitation'))
    await fill(anna, { Password: ANNA.password })
    await button(anna, 'Make my account').click()
    await anna.getByRole('button', { name: 'Account of Anna Bee' }).waitFor()
    await signOut(anna)

    await anna.goto(`${server.url}/account/`)
    await anna.waitForURL(/sign-in/)
    await signIn(anna, { email: ANNA.email, password: 'not the password' })
    await anna.getByText('E-mail or password is not right').waitFor()
    await signIn(anna, ANNA)
    await anna.waitForURL(/\/account\//)

    await button(anna, 'Turn on').click()
    await fill(anna, { 'Your password, to be sure that it is you': ANNA.password })
    await button(anna, 'Continue').click()
    const secret = await anna.getByLabel('Or type in this key', { exact: true }).inputValue()
    assert.ok(
      (await anna.getByRole('img', { name: 'QR code for the authenticator app' }).boundingBox())?.width,
    )
    const codeIn = (steps: number) => new Totp().codeAt(secret, stepAt(Date.now()) + steps)
    await fill(anna, { 'Code of the app': codeIn(-1) })
    await button(anna, 'Turn on').click()
    const recoveryCode = (await anna.locator('.factor-codes li').first().textContent()) ?? ''
    assert.match(recoveryCode, /^\w{4}(-\w{4}){3}$/)
    await button(anna, 'I have kept them').click()
    await anna.getByText('On', { exact: true }).waitFor()

    await signOut(anna)
    await anna.goto(`${server.url}/sign-in/`)
    await signIn(anna, ANNA)
    await fill(anna, { Code: codeIn(0) })
    await button(anna, 'Continue').click()
    await anna.getByRole('button', { name: 'Account of Anna Bee' }).waitFor()

    const reset = await admin.evaluate(async () => {
      const { items } = (await (await fetch('/api/users?q=anna')).json()) as { items: { id: string }[] }
      const answer = await fetch(`/api/users/${items[0]?.id}/reset-link`, { method: 'POST' })
      return (await answer.json()) as { link: string }
    })
    await anna.goto(reset.link)
    await fill(anna, { 'New password': ANNA.next })
    await button(anna, 'Change password').click()
    await anna.getByRole('heading', { name: 'Your password is changed' }).waitFor()
    await anna.getByRole('link', { name: 'Sign in' }).last().click()
    await signIn(anna, { email: ANNA.email, password: ANNA.next })
    await fill(anna, { Code: recoveryCode })
    await button(anna, 'Continue').click()
    await anna.getByRole('button', { name: 'Account of Anna Bee' }).waitFor()

    await anna.goto(`${server.url}/account/`)
    await button(anna, 'Make a key').click()
    await fill(anna, { 'What is it for?': 'Recording script' })
    await button(anna, 'Make a key').click()
    const key = await anna.getByLabel('Your new key', { exact: true }).inputValue()
    const me = await fetch(`${server.url}/api/auth/me`, { headers: { authorization: `Bearer ${key}` } })
    assert.equal(((await me.json()) as { user: { email: string } }).user.email, ANNA.email)

    const unexpected = [...admins.errors, ...peoples.errors].filter((error) => !/40[01]/.test(error))
    assert.deepEqual(unexpected, [])
  })

  test('[AC133] a broadcaster who is signed in goes live without any key; a stranger is asked for one', async () => {
    await using server = await KliegProcess.start({ args: ['serve'] })
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/broadcast/`)
    await page
      .getByLabel(/^Stream key/)
      .first()
      .waitFor()
    await page.goto(SETUP_LINK.exec(server.log)?.[0] ?? '')
    await fill(page, { 'E-mail': ROOT.email, Name: 'Root', Password: ROOT.password })
    await button(page, 'Set up this server').click()
    await page.getByRole('button', { name: 'Account of Root' }).waitFor()
    await page.goto(`${server.url}/broadcast/`)
    await button(page, 'Go live').click()
    const own = () =>
      page.evaluate(async () => {
        const { items } = (await (await fetch('/api/broadcasts?of=own')).json()) as {
          items: { state: string }[]
        }
        return items.map(({ state }) => state).join()
      })
    await eventually(
      async () => (await own()) === 'live',
      () => 'the broadcast is not live',
    )
  })

  for (const { screen, scheme, browser: size } of LOOKS)
    test(`[AC131] every page of accounts on a ${screen}, ${scheme}: no serious finding of axe-core, no error`, async () => {
      await using server = await KliegProcess.start({
        args: ['serve'],
        env: { KLIEG_REGISTRATION: 'true' },
      })
      await using browser = await Browser.open(size)
      const [link = ''] = SETUP_LINK.exec(server.log) ?? []
      const page = await browser.page(link)
      const found: Record<string, string[]> = {}
      const look = async (name: string) => {
        await page.waitForTimeout(400) // colours change smoothly
        await screenshot(page, `${name}-${screen}-${scheme}`)
        const { wide, inner } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth,
          inner: innerWidth,
        }))
        const serious = await seriousFindings(page)
        if (wide > inner) serious.push(`${wide} pixels wide`)
        if (serious.length > 0) found[name] = serious
      }

      await page.getByRole('heading', { name: 'Welcome to Klieg' }).waitFor()
      await look('setup')
      await fill(page, { 'E-mail': ROOT.email, Name: 'Root Klieg', Password: ROOT.password })
      await button(page, 'Set up this server').click()
      await page.getByRole('button', { name: 'Account of Root Klieg' }).click()
      await page.getByRole('link', { name: 'Your account' }).waitFor()
      await look('account-menu')
      await page.getByRole('link', { name: 'Your account' }).click()
      await page.getByText('This browser').waitFor()
      await look('account')
      await button(page, 'Turn on').click()
      await fill(page, { 'Your password, to be sure that it is you': ROOT.password })
      await button(page, 'Continue').click()
      await page.getByLabel('Code of the app').scrollIntoViewIfNeeded()
      await look('account-second-factor')
      const secret = await page.getByLabel('Or type in this key', { exact: true }).inputValue()
      await fill(page, { 'Code of the app': new Totp().codeAt(secret, stepAt(Date.now())) })
      await button(page, 'Turn on').click()
      await button(page, 'I have kept them').scrollIntoViewIfNeeded()
      await look('account-recovery-codes')
      await button(page, 'I have kept them').click()
      await button(page, 'Make a key').click()
      await fill(page, { 'What is it for?': 'Recording script' })
      await page.getByLabel('make and change broadcasts').scrollIntoViewIfNeeded()
      await look('account-new-key')
      await button(page, 'Make a key').click()
      await page.getByLabel('Your new key', { exact: true }).scrollIntoViewIfNeeded()
      await look('account-key-made')
      await signOut(page)
      for (const [name, path] of [
        ['sign-in', '/sign-in/'],
        ['register', '/register/'],
        ['invitation-over', '/invitation/?token=x'],
        ['reset-over', '/reset/?token=x'],
        ['setup-over', '/setup/?token=x'],
      ] as const) {
        await page.goto(server.url + path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await look(name)
      }
      await page.goto(`${server.url}/sign-in/`)
      await signIn(page, ROOT)
      await page.getByLabel('Code', { exact: true }).waitFor()
      await look('sign-in-code')

      assert.deepEqual(found, {})
      assert.deepEqual(
        browser.errors.filter((error) => !/401|410/.test(error)),
        [],
      )
    })

  test('[AC132] in open mode nothing of accounts shows', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const page = await browser.page(server.url)
    await page.getByRole('link', { name: 'Live now' }).first().waitFor()
    await page.waitForTimeout(500)
    assert.equal(await page.getByRole('link', { name: 'Sign in' }).count(), 0)
    for (const path of ['/sign-in/', '/setup/', '/account/']) {
      await page.goto(server.url + path)
      await page.getByRole('heading', { name: 'The light is on, but nobody is here' }).waitFor()
    }
    const scripts = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    )
    assert.ok(!scripts.some((name) => name.includes('account-menu')))
  })
})
