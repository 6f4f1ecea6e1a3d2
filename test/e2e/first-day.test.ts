import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { stepAt } from '../../src/core/people/one-time-codes.ts'
import { Totp } from '../../src/platform/totp.ts'
import { seriousFindings } from '../support/axe.ts'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { everyDoor, type Goal } from '../support/every-door.ts'
import { KliegProcess } from '../support/klieg-process.ts'

const SETUP_LINK = /http:\S+\/setup\?token=[\w-]+/
const ROOT = { email: 'root@example.org', name: 'Ruth Root', password: 'the lamp is bright' }
const ANNA = { email: 'anna@example.org', name: 'Anna Bee', password: 'a calm sentence' }
const NEXT_PASSWORD = 'another calm sentence'
const TITLE = 'Garden concert'
const DESKTOP = { width: 1440, height: 900 }
const SCREENS = [
  ['phone', { width: 390, height: 844 }, 'dark'],
  ['desktop', DESKTOP, 'light'],
] as const
/** From here ask those who have no business here; browsers come from 127.0.0.1. */
const [STRANGER, GUEST] = ['127.0.0.2', '127.0.0.3']

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const rows = (page: Page, table: string) => page.getByRole('table', { name: table }).getByRole('row')

async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value)
}

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await fill(page, { 'E-mail': email, Password: password })
  await button(page, 'Sign in').click()
}

async function newAccount(page: Page, { email, name, password }: typeof ROOT, action: string): Promise<void> {
  await fill(page, { 'E-mail': email, Name: name, Password: password })
  await button(page, action).click()
  await button(page, `Account of ${name}`).waitFor()
}

/** Keeps what each page looks like on a phone and a desktop, what axe-core finds there, and what is beside the screen. */
class Looks {
  readonly found: Record<string, string[]> = {}

  async at(page: Page, name: string): Promise<void> {
    const found: string[] = []
    for (const [screen, size, colorScheme] of SCREENS) {
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(200) // colours change smoothly
      await screenshot(page, `first-day-${name}-${screen}`)
      for (const element of await beside(page)) found.push(`${screen}: ${element} is beside the screen`)
    }
    found.push(...(await seriousFindings(page)))
    if (found.length > 0) this.found[name] = found
  }
}

/** What reaches beyond the right edge of the screen, unless something in between scrolls or cuts it on purpose. */
function beside(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('header *, main *, footer *')]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .filter((element) => {
        for (
          let around = element.parentElement;
          around && !around.matches('.frame');
          around = around.parentElement
        )
          if (getComputedStyle(around).overflowX !== 'visible') return false
        return true
      })
      .map((element) => `${element.tagName} ${element.getAttribute('class') ?? ''}`),
  )
}

async function openTab(admin: Page, name: string): Promise<void> {
  await admin
    .getByRole('navigation', { name: 'Administration' })
    .getByRole('link', { name, exact: true })
    .click()
  await admin.waitForFunction((wanted) => document.title.startsWith(wanted), name)
}

/** By the menu of the account, as people come to administration. */
async function administration(admin: Page): Promise<void> {
  await button(admin, `Account of ${ROOT.name}`).click()
  await admin.getByRole('link', { name: 'Administration' }).click()
  await admin.getByRole('heading', { name: 'Dashboard' }).waitFor()
}

async function invitation(admin: Page): Promise<string> {
  await openTab(admin, 'People')
  await button(admin, 'Invite').click()
  return admin.getByLabel('Link', { exact: true }).inputValue()
}

/** From the studio to a private broadcast and a link into it. */
async function goLivePrivately(studio: Page): Promise<string> {
  await studio.getByRole('textbox', { name: 'Title' }).fill(TITLE)
  await studio.getByLabel('Who can find it').selectOption('private')
  await button(studio, 'Go live').click()
  await studio.locator('.live-badge[data-state=live]').waitFor({ timeout: 15_000 })
  await button(studio, 'Share privately for 24 h').click()
  return studio.getByLabel('Private link, shown this once', { exact: true }).inputValue()
}

/** Who has the link gets something at every door; who has not is told nothing at any, and nothing lists it. */
async function assertEveryDoorIsGuarded(server: KliegProcess, goal: Goal, token: string): Promise<void> {
  const opened = await everyDoor(server.url, goal, { token, address: GUEST })
  const shut = Object.entries(opened).filter(([, said]) => [401, 403, 404, 4401, 4403, 4404].includes(said))
  assert.deepEqual(shut, [], 'these are closed for whoever has the link')
  const refused = await everyDoor(server.url, goal, { address: STRANGER })
  const ajar = Object.entries(refused).filter(([, said]) => said !== 404 && said !== 4404)
  assert.deepEqual(ajar, [], 'these are open for strangers')
  for (const list of ['/api/broadcasts', '/api/recordings', '/streams/', '/metrics', '/api/library']) {
    const answer = await fetch(server.url + list, { headers: { accept: 'application/json' } })
    const told = await answer.text()
    for (const secret of [goal.id, goal.recording, TITLE])
      assert.ok(!told.includes(secret), `${list}: ${told}`)
  }
}

describe('the first day of a server', () => {
  test('[E2E20] from the setup link to a private broadcast, its viewer, its stranger, and an administrator who steers and sees', async () => {
    const looks = new Looks()
    await using server = await KliegProcess.start({ args: ['serve'] })
    await using admins = await Browser.open(DESKTOP)
    await using annas = await Browser.open(DESKTOP)
    await using guests = await Browser.open(DESKTOP)

    const admin = await admins.page(SETUP_LINK.exec(server.log)?.[0] ?? '')
    await admin.getByRole('heading', { name: 'Welcome to Klieg' }).waitFor()
    await looks.at(admin, 'setup')
    await newAccount(admin, ROOT, 'Set up this server')
    await looks.at(admin, 'home')
    await administration(admin)
    const link = await invitation(admin)
    await looks.at(admin, 'admin-people')

    const anna = await annas.page(link)
    await anna.getByRole('heading', { name: 'You are invited' }).waitFor()
    await looks.at(anna, 'invitation')
    await newAccount(anna, ANNA, 'Make my account')
    await anna.getByRole('link', { name: 'Go live' }).first().click()
    await button(anna, 'Go live').waitFor()
    await looks.at(anna, 'studio')
    const privateLink = await goLivePrivately(anna)
    await looks.at(anna, 'studio-live')
    const { pathname, searchParams } = new URL(privateLink)
    const [, , id = ''] = pathname.split('/')
    const token = searchParams.get('token') ?? ''

    const guest = await guests.page(privateLink)
    await assertPlaying(guest)
    await fill(guest, { 'Your name': 'Vera' })
    await button(guest, 'Join in').click()
    await guest.getByRole('textbox', { name: 'Message' }).fill('What a light!')
    await guest.keyboard.press('Enter')
    await anna.getByRole('log').getByText('What a light!').waitFor()
    await looks.at(guest, 'watch')

    await using strangers = await Browser.open(DESKTOP)
    const stranger = await strangers.page(`${server.url}${pathname}`)
    await stranger.getByText('There is no such broadcast').waitFor()
    await looks.at(stranger, 'watch-stranger')
    const recordings = await anna.evaluate(async (id) => {
      const answer = await fetch(`/api/recordings?broadcast=${id}`)
      return (await answer.json()) as { items: { id: string }[] }
    }, id)
    const recording = recordings.items[0]?.id ?? ''
    await assertEveryDoorIsGuarded(server, { id, recording }, token)
    await assertPlaying(guest)

    await openTab(admin, 'Dashboard')
    await admin.getByRole('link', { name: new RegExp(TITLE) }).waitFor()
    await looks.at(admin, 'admin-dashboard')
    await openTab(admin, 'Broadcasts')
    await rows(admin, 'Broadcasts').filter({ hasText: TITLE }).filter({ hasText: 'Live' }).waitFor()
    await looks.at(admin, 'admin-broadcasts')
    await kickAndForgive(admin, guest, looks)
    await button(admin, `New key: ${TITLE}`).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'New key' }).click()
    const key = await admin.getByLabel('Stream key', { exact: true }).inputValue()
    assert.ok(key.length >= 22)
    await looks.at(admin, 'admin-new-key')
    await anna.getByRole('heading', { name: 'The broadcast has ended' }).waitFor()
    await looks.at(anna, 'studio-ended')
    await guest.getByText('The broadcast has ended').waitFor()
    await looks.at(guest, 'watch-ended')

    await openTab(admin, 'Audit log')
    for (const deed of [
      'broadcast.kick-viewer',
      'broadcast.rotate-key',
      'broadcast.share',
      'account.accept-invitation',
      'account.set-up',
    ])
      await rows(admin, 'Audit log').filter({ hasText: deed }).waitFor()
    for (const secret of [key, token, ROOT.password, new URL(link).searchParams.get('token') ?? ''])
      assert.ok(!(await admin.locator('main').innerText()).includes(secret))
    await looks.at(admin, 'admin-audit-log')
    await openTab(admin, 'Watch log')
    await admin.getByText('2 viewings, 0 watching now').waitFor()
    await admin.getByRole('row').filter({ hasText: TITLE }).filter({ hasText: 'WebRTC' }).first().waitFor()
    await looks.at(admin, 'admin-watch-log')
    for (const tab of ['Recordings', 'API keys', 'Webhooks', 'Settings', 'Doctor']) {
      await openTab(admin, tab)
      await admin.getByRole('heading', { name: tab, level: 1 }).waitFor()
      await looks.at(admin, `admin-${tab.toLowerCase().replace(' ', '-')}`)
    }
    await anna.getByRole('link', { name: 'Library' }).click()
    await anna.getByText('1 video', { exact: true }).waitFor()
    await looks.at(anna, 'library')
    await anna.getByRole('link', { name: new RegExp(TITLE) }).click()
    await button(anna, 'Play').first().click()
    await assertPlaying(anna)
    await looks.at(anna, 'library-item')

    const secret = await turnOnSecondFactor(admin, looks)
    await signOut(admin, ROOT.name)
    await admin.getByRole('link', { name: 'Sign in' }).click()
    await looks.at(admin, 'sign-in')
    await signIn(admin, ROOT)
    await admin.getByLabel('Code', { exact: true }).waitFor()
    await looks.at(admin, 'sign-in-code')
    await fill(admin, { Code: new Totp().codeAt(secret, stepAt(Date.now())) })
    await button(admin, 'Continue').click()
    await button(admin, `Account of ${ROOT.name}`).waitFor()

    await signOut(anna, ANNA.name)
    await anna.getByRole('link', { name: 'Sign in' }).click()
    await button(anna, 'Forgotten your password?').click()
    await anna.getByRole('heading', { name: 'Ask an administrator' }).waitFor()
    await administration(admin)
    await openTab(admin, 'People')
    await button(admin, `Reset link: ${ANNA.name}`).click()
    await anna.goto(await admin.getByLabel('Link', { exact: true }).inputValue())
    await anna.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    await looks.at(anna, 'reset')
    await fill(anna, { 'New password': NEXT_PASSWORD })
    await button(anna, 'Change password').click()
    await anna.getByRole('heading', { name: 'Your password is changed' }).waitFor()
    await anna.getByRole('link', { name: 'Sign in' }).last().click()
    await signIn(anna, ANNA)
    await anna.getByText('E-mail or password is not right').waitFor()
    await signIn(anna, { ...ANNA, password: NEXT_PASSWORD })
    await button(anna, `Account of ${ANNA.name}`).waitFor()

    assert.deepEqual(looks.found, {})
    // Refusals are what this day is about: of the stranger, the old key, the old password.
    const errors = [admins, annas, guests, strangers].flatMap((browser) => browser.errors)
    assert.deepEqual(
      errors.filter((error) => !/status of 40[1349]/.test(error)),
      [],
    )
  })
})

/** Out with the viewer, who is told so and comes in again once that is forgiven. */
async function kickAndForgive(admin: Page, guest: Page, looks: Looks): Promise<void> {
  await button(admin, `Audience: ${TITLE}`).click()
  const dialog = admin.getByRole('dialog', { name: `Audience of “${TITLE}”` })
  await dialog.getByText('1 viewer', { exact: true }).waitFor()
  await looks.at(admin, 'admin-audience')
  await dialog.getByRole('button', { name: 'Kick: 127.0.0.1' }).click()
  await guest.getByText('You were asked to leave').waitFor({ timeout: 5000 })
  await looks.at(guest, 'watch-kicked')
  const forgive = dialog.getByRole('button', { name: 'Let in again: 127.0.0.1' })
  await forgive.click()
  await forgive.waitFor({ state: 'detached' })
  await admin.keyboard.press('Escape')
  await guest.reload()
  await assertPlaying(guest)
}

/** In the account, as a phone would: by the key below the QR code. */
async function turnOnSecondFactor(page: Page, looks: Looks): Promise<string> {
  await button(page, `Account of ${ROOT.name}`).click()
  await page.getByRole('link', { name: 'Your account' }).click()
  await button(page, 'Turn on').click()
  await fill(page, { 'Your password, to be sure that it is you': ROOT.password })
  await button(page, 'Continue').click()
  const secret = await page.getByLabel('Or type in this key', { exact: true }).inputValue()
  await looks.at(page, 'account')
  await fill(page, { 'Code of the app': new Totp().codeAt(secret, stepAt(Date.now()) - 1) })
  await button(page, 'Turn on').click()
  await button(page, 'I have kept them').click()
  await page.getByText('On', { exact: true }).waitFor()
  return secret
}

async function signOut(page: Page, name: string): Promise<void> {
  await button(page, `Account of ${name}`).click()
  await button(page, 'Sign out').click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
}
