import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { seriousFindings } from '../support/axe.ts'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { LOOKS } from '../support/looks.ts'
import { makeVideo } from '../support/made-video.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MEGABYTE = 1024 * 1024

/** As if it had been copied into the library a while ago. */
function addVideo(server: KliegProcess, name: string, from: string): void {
  const place = path.join(server.dataDir, 'videos', name)
  mkdirSync(path.dirname(place), { recursive: true })
  copyFileSync(from, place)
  const then = Date.now() / 1000 - 60
  utimesSync(place, then, then)
}

async function choose(page: Page, ...files: string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await (await chooser).setFiles(files)
}

/** Slow enough to see an upload on its way. */
async function throttle(page: Page, bytesPerSecond: number): Promise<{ release: () => Promise<void> }> {
  const session = await page.context().newCDPSession(page)
  const conditions = { offline: false, latency: 0, downloadThroughput: -1 }
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', { ...conditions, uploadThroughput: bytesPerSecond })
  return {
    release: () =>
      session
        .send('Network.emulateNetworkConditions', { ...conditions, uploadThroughput: -1 })
        .then(() => undefined),
  }
}

const currentTime = (page: Page) =>
  page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)

describe('the library', () => {
  test('[LB50] a video is uploaded, interrupted, continued, and then played, sought in and continued later', async () => {
    using folder = temporaryFolder()
    const file = folder.file('My film.mp4')
    makeVideo(file, { seconds: 60, size: '640x360' })
    // Ends in what players ignore, so that the upload takes its time.
    const filler = Buffer.alloc(12 * MEGABYTE)
    filler.writeUInt32BE(filler.length)
    filler.write('free', 4, 'latin1')
    writeFileSync(file, Buffer.concat([readFileSync(file), filler]))
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/library/`)
    await page.getByText('Nothing here yet').waitFor()

    const slow = await throttle(page, 2 * MEGABYTE)
    await choose(page, file)
    const bar = page.getByRole('progressbar', { name: 'Progress of My film.mp4' })
    await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 2 * 1024 * 1024)
    await page.getByRole('button', { name: 'Pause My film.mp4' }).click()
    await page.getByText('Paused').waitFor()
    await screenshot(page, 'library-upload')
    const sent = await bar.evaluate((element: HTMLProgressElement) => element.value)
    assert.deepEqual(readdirSync(path.join(server.dataDir, 'videos')), [])

    // The page is gone in the middle of it; the same file goes on where it was.
    await page.reload()
    const requests: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/api/uploads/')) requests.push(request.method())
    })
    await slow.release()
    await choose(page, file)
    await page.getByText('In the library').waitFor({ timeout: 30_000 })
    assert.deepEqual([...new Set(requests)], ['HEAD', 'PATCH'])
    assert.ok(sent > 0)
    assert.ok(readFileSync(path.join(server.dataDir, 'videos/My film.mp4')).equals(readFileSync(file)))
    assert.deepEqual(readdirSync(path.join(server.dataDir, 'uploads')), [])

    const card = page.getByRole('link', { name: /^Duration 1:00/ })
    await card.locator('img').waitFor()
    await card.click()
    await page.getByRole('button', { name: 'Play', exact: true }).first().click()
    await assertPlaying(page)
    await page.keyboard.press('5')
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) >= 30)
    await assertPlaying(page)
    await page.keyboard.press('ArrowLeft')
    assert.ok((await currentTime(page)) < 30)
    await page.keyboard.press('k')
    const stoppedAt = await currentTime(page)

    await page.reload()
    await page.getByRole('button', { name: /^Continue at 0:\d\d$/ }).click()
    await assertPlaying(page)
    assert.ok((await currentTime(page)) >= stoppedAt - 0.5)
    assert.deepEqual(browser.errors, [])
  })

  test('[LB51] an upload that is cancelled leaves nothing, and what is no video is named', async () => {
    using folder = temporaryFolder()
    writeFileSync(folder.file('notes.txt'), 'notes')
    writeFileSync(folder.file('disguised.mp4'), 'a page'.padEnd(MEGABYTE, ' '))
    const large = Buffer.alloc(20 * MEGABYTE)
    large.write('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1')
    writeFileSync(folder.file('large.mp4'), large)
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/library/`)
    const uploads = path.join(server.dataDir, 'uploads')

    await choose(page, folder.file('notes.txt'), folder.file('disguised.mp4'))
    await page.getByText('This is no video that the library takes.').waitFor()
    await page.getByText('This file is not the video that its name says.').waitFor()
    await screenshot(page, 'library-refused')
    await page.getByRole('button', { name: 'Clear list' }).click()
    await page.getByRole('button', { name: 'Cancel disguised.mp4' }).click()

    await throttle(page, MEGABYTE)
    await choose(page, folder.file('large.mp4'))
    await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 0)
    await page.getByRole('button', { name: 'Cancel large.mp4' }).click()
    await page.locator('progress').waitFor({ state: 'detached' })
    await page.waitForTimeout(500)
    for (let wait = 0; wait < 50 && readdirSync(uploads).length > 0; wait++) await page.waitForTimeout(100)
    assert.deepEqual(readdirSync(uploads), [])
    assert.deepEqual(readdirSync(path.join(server.dataDir, 'videos')), [])
  })

  test('[LB52] files that are copied there appear by themselves, are found, sorted and deleted', async () => {
    using folder = temporaryFolder()
    makeVideo(folder.file('a.mp4'), { seconds: 3 })
    makeVideo(folder.file('b.mp4'), { seconds: 6 })
    await using server = await KliegProcess.start()
    addVideo(server, 'Alps.mp4', folder.file('a.mp4'))
    addVideo(server, 'Trips/Café.mp4', folder.file('b.mp4'))
    addVideo(server, 'Zoo 2.mp4', folder.file('a.mp4'))
    addVideo(server, 'Zoo 10.mp4', folder.file('a.mp4'))
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/library/`)
    const titles = () => page.locator('.library-title').allInnerTexts()
    await page.getByText('4 videos', { exact: true }).waitFor({ timeout: 30_000 })

    await page.getByRole('combobox', { name: 'Order' }).selectOption('name')
    await page.waitForFunction(() => document.querySelector('.library-title')?.textContent === 'Alps')
    assert.deepEqual(await titles(), ['Alps', 'Café', 'Zoo 2', 'Zoo 10'])
    await page.getByRole('searchbox', { name: 'Search the library' }).fill('cafe')
    await page.getByText('1 video', { exact: true }).waitFor()
    assert.deepEqual(await titles(), ['Café'])
    await page.reload()
    await page.getByText('1 video', { exact: true }).waitFor()

    await page.getByRole('link', { name: /Café/ }).click()
    const remove = page.getByRole('button', { name: 'Delete', exact: true })
    await remove.click()
    await page.getByText('Keep it', { exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await remove.click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('3 videos', { exact: true }).waitFor()
    assert.equal(existsSync(path.join(server.dataDir, 'videos/Trips/Café.mp4')), false)
    assert.deepEqual(browser.errors, [])
  })

  for (const { screen, scheme, browser: size } of LOOKS)
    test(`[LB53] the pages on a ${screen}, ${scheme}: no serious finding of axe-core, nothing beside the screen`, async () => {
      using folder = temporaryFolder()
      makeVideo(folder.file('a.mp4'), { seconds: 3 })
      await using server = await KliegProcess.start()
      addVideo(
        server,
        'A title that is long enough to need more than one line on every screen.mp4',
        folder.file('a.mp4'),
      )
      await using browser = await Browser.open(size)
      const page = await browser.page(`${server.url}/library/`)
      const look = async (name: string) => {
        await screenshot(page, `${name}-${screen}-${scheme}`)
        assert.deepEqual(await seriousFindings(page), [], name)
        const beside = await page.evaluate(() =>
          [...document.querySelectorAll('header *, main *, footer *')]
            .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
            .map((element) => `${element.tagName} ${element.getAttribute('class') ?? ''}`),
        )
        assert.deepEqual(beside, [], name)
      }
      await page.locator('.library-picture img').waitFor({ timeout: 30_000 })
      await look('library')
      await page.getByRole('link', { name: /A title/ }).click()
      await page.locator('media-play-button').waitFor({ state: 'attached' })
      await look('library-item')
      await page.goto(`${server.url}/library/file/nobody/`)
      await page.getByText('There is no such video').waitFor()
      await look('library-unknown')
      await page.goto(`${server.url}/library/?q=nothing`)
      await page.getByText('Nothing matches').waitFor()
      await look('library-not-found')
    })
})
