import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { seriousFindings } from '../support/axe.ts'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'

async function joinAs(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your name' }).fill(name)
  await page.getByRole('button', { name: 'Join in' }).click()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
}

async function say(page: Page, text: string): Promise<void> {
  await page.bringToFront()
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}

const line = (page: Page, text: string) => page.getByRole('log').locator('.chat-line', { hasText: text })

describe('the chat', () => {
  test('[CH90] two browsers talk, one is moderated, and the recording replays it', async () => {
    await using server = await KliegProcess.start()
    await using desktop = await Browser.open({ width: 1360, height: 860 })
    await using phone = await Browser.open({ width: 390, height: 844, phone: true, dark: true })
    const studio = await desktop.page(`${server.url}/broadcast/`)
    await studio.getByRole('textbox', { name: 'Title' }).fill('Garden concert')
    await studio.getByRole('button', { name: 'Go live', exact: true }).click()
    await studio.locator('.live-badge[data-state=live]').waitFor({ timeout: 15_000 })
    const link = await studio.getByRole('textbox', { name: 'Share link' }).inputValue()

    const ann = await desktop.page(link)
    await assertPlaying(ann)
    await ann.getByRole('textbox', { name: 'Your name' }).fill('Moderator')
    await ann.getByRole('button', { name: 'Join in' }).click()
    await ann.getByRole('alert').getByText('this name looks like').waitFor()
    await joinAs(ann, 'Ann')
    const bob = await phone.page(link)
    await joinAs(bob, 'Bob')

    await say(ann, '<img src=x onerror="document.title=1"> & hello')
    await line(bob, '<img src=x onerror="document.title=1"> & hello').waitFor()
    await say(bob, 'spam spam')
    await line(ann, 'spam spam').waitFor()
    await bob.getByRole('button', { name: 'React with 👏' }).click()
    await ann.bringToFront()
    await ann.locator('.player .float').first().waitFor({ state: 'attached' })
    await screenshot(ann, 'chat-desktop')
    await screenshot(bob, 'chat-phone')
    for (const page of [ann, bob]) assert.deepEqual(await seriousFindings(page), [])

    // Folded away on the phone, it tells how much is unread.
    await bob.getByRole('button', { name: 'Hide chat' }).click()
    await say(ann, 'are you there?')
    await bob.getByRole('status').getByText('1 new').waitFor()
    await bob.getByRole('button', { name: 'Show chat' }).click()

    // The broadcaster answers, deletes, slows down and mutes.
    await studio.bringToFront()
    await say(studio, 'welcome')
    await line(bob, 'welcome').locator('[data-role=host]').waitFor()
    await line(studio, 'spam spam').getByRole('button').focus()
    await studio.keyboard.press('Enter')
    await studio.getByRole('menuitem', { name: 'Delete message' }).waitFor()
    await screenshot(studio, 'chat-studio')
    assert.deepEqual(await seriousFindings(studio), [])
    await studio.keyboard.press('Enter')
    await line(bob, 'spam spam').waitFor({ state: 'detached' })
    await studio.getByRole('combobox', { name: 'Slow mode' }).selectOption('60')
    await bob.getByText('Slow mode: one message every 60 s').waitFor()
    await say(bob, 'too soon')
    await bob.getByRole('button', { name: /^Wait \d+ s$/ }).waitFor()
    await studio.bringToFront()
    await studio.getByRole('combobox', { name: 'Slow mode' }).selectOption('0')
    await bob.getByText('Slow mode: one message every 60 s').waitFor({ state: 'hidden' })
    await bob.getByRole('button', { name: /^Wait \d+ s$/ }).waitFor({ state: 'hidden' })
    await say(bob, 'rude words')
    await line(studio, 'rude words').getByRole('button').click()
    await studio.getByRole('menuitem', { name: 'Mute for 5 minutes' }).click()
    await bob.getByText(/You can write again at/).waitFor()
    await studio.getByText('Muted and banned').click()
    await studio.getByRole('button', { name: 'Forgive Bob' }).click()
    await bob.getByRole('textbox', { name: 'Message' }).waitFor()

    // Off and on again; a viewer who reloads is known and sees what was said.
    await studio.bringToFront()
    await studio.getByRole('switch', { name: 'Chat is on' }).uncheck()
    await bob.getByText('The chat is off.').waitFor()
    await studio.getByRole('switch', { name: 'Chat is on' }).check()
    await bob.reload()
    await line(bob, 'are you there?').waitFor()
    await bob.getByText('Writing as Bob').waitFor()

    await studio.bringToFront()
    await studio.getByRole('button', { name: 'Stop', exact: true }).click()
    await studio.getByRole('button', { name: 'Stop broadcast' }).click()
    await studio.getByRole('heading', { name: 'The broadcast has ended' }).waitFor()
    await replays(ann, server.url, new URL(link).pathname.split('/')[2] ?? '')
    // Whoever leaves as the broadcast ends finds the session gone, and who stays asks whether it is back.
    const errors = [...desktop.errors, ...phone.errors].filter(
      (error) => !/(404|409) .*\/wh[ie]p\//.test(error),
    )
    assert.deepEqual(errors, [])
  })
})

/** The messages of the recording come at their time, and go when one seeks back. */
async function replays(page: Page, url: string, id: string): Promise<void> {
  const answer = await fetch(`${url}/api/recordings?broadcast=${id}`)
  const { items } = (await answer.json()) as { items: { id: string }[] }
  await page.bringToFront()
  await page.goto(`${url}/library/recording/${items[0]?.id ?? ''}/`)
  await page.getByRole('heading', { name: 'Chat replay' }).waitFor()
  await page.getByText('Messages appear at the time they were written.').waitFor()
  const seek = (seconds: number) =>
    page.locator('video').evaluate((video: HTMLVideoElement, to) => (video.currentTime = to), seconds)

  await page.waitForFunction(() => (document.querySelector('video')?.duration ?? 0) > 1)
  await seek(10_000)
  await line(page, 'are you there?').waitFor()
  await line(page, '& hello').waitFor()
  assert.equal(await line(page, 'spam spam').count(), 0)
  await screenshot(page, 'chat-replay')
  assert.deepEqual(await seriousFindings(page), [])
  await seek(0)
  await line(page, 'are you there?').waitFor({ state: 'detached' })
}
