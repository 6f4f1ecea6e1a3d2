import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertPlaying, Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'

/** From the studio to being live, as a person would; returns the link for viewers. */
async function goLive(studio: Page, title: string): Promise<string> {
  await studio.getByRole('textbox', { name: 'Title' }).fill(title)
  await studio.getByRole('button', { name: 'Go live', exact: true }).click()
  await studio.locator('.live-badge[data-state=live]').waitFor({ timeout: 15_000 })
  return studio.getByRole('textbox', { name: 'Share link' }).inputValue()
}

async function stop(studio: Page): Promise<void> {
  await studio.bringToFront()
  await studio.getByRole('button', { name: 'Stop', exact: true }).click()
  await studio.getByRole('button', { name: 'Stop broadcast' }).click()
}

const idIn = (link: string) => new URL(link).pathname.split('/')[2] ?? ''

describe('home', () => {
  test('[WEB13] [WEB14] a broadcast appears, moves when looked at, and leaves, without a reload', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const home = await browser.page(server.url)
    await home.getByText('Nobody is live right now').waitFor()
    const studio = await browser.page(`${server.url}/broadcast/`)
    await goLive(studio, 'Garden')

    await home.bringToFront()
    const card = home.getByRole('link', { name: /Garden/ })
    await card.waitFor()
    await card.hover()
    await home.locator('.moving-preview[data-moving=true]').waitFor()
    await screenshot(home, 'home-preview')
    await home.getByRole('heading', { name: 'Live now' }).hover()
    await home.locator('.moving-preview').waitFor({ state: 'detached' })

    await stop(studio)
    await home.getByText('Nobody is live right now').waitFor()
  })
})

describe('the player', () => {
  test('[WEB22] [WEB21] it begins silent; one tap or key gives sound, and fields keep their keys', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const viewer = await browser.page(await goLive(studio, 'Sound'))
    const muted = () => viewer.locator('video').evaluate((video: HTMLVideoElement) => video.muted)
    await assertPlaying(viewer)
    assert.equal(await muted(), true)

    await viewer.getByRole('button', { name: 'Tap for sound' }).click()
    assert.equal(await muted(), false)
    await viewer.getByRole('button', { name: 'Tap for sound' }).waitFor({ state: 'detached' })

    await viewer.keyboard.press('m')
    assert.equal(await muted(), true)
    await viewer.getByRole('button', { name: 'Share' }).focus()
    await viewer.keyboard.press('Space')
    const paused = await viewer.locator('video').evaluate((video: HTMLVideoElement) => video.paused)
    assert.equal(paused, false)
  })

  test('[WEB23] a broadcast that is not live yet starts by itself', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const { id } = await server.createBroadcast({ title: 'Later' })
    const early = await browser.page(`${server.url}/view/${id}/`)
    await early.getByText('Not live yet').first().waitFor()
    const encoder = await browser.page(server.url)

    // In open mode a page that knows the id may publish it.
    await encoder.evaluate(async (whip) => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true })
      const peer = new RTCPeerConnection()
      for (const track of stream.getTracks()) peer.addTrack(track, stream)
      await peer.setLocalDescription()
      const headers = { 'content-type': 'application/sdp' }
      const body = peer.localDescription?.sdp ?? ''
      const answer = await fetch(whip, { method: 'POST', headers, body })
      await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
    }, `${server.url}/whip/${id}`)

    await assertPlaying(early)
  })

  test('[WEB26] an unknown id is told in a friendly way', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const page = await browser.page(`${server.url}/view/nobody-knows-this/`)

    await page.getByRole('heading', { name: 'There is no such broadcast' }).waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
  })
})

describe('the studio', () => {
  test('[WEB30] a camera that is not allowed is named with its remedy, and OBS still works', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    await studio.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
    })
    await studio.reload()

    const alert = studio.getByRole('alert')
    await alert.getByText('This page may not use the camera and the microphone.').waitFor()
    await alert.getByText(/settings beside the address bar/).waitFor()
    await screenshot(studio, 'studio-not-allowed')
    assert.equal(await studio.getByRole('button', { name: 'Go live', exact: true }).isDisabled(), true)
    await studio.getByRole('button', { name: 'Use OBS instead' }).click()
    await studio.getByRole('textbox', { name: 'Server' }).waitFor()
    await screenshot(studio, 'studio-encoder')
  })

  test('[WEB32] [WEB34] the key is masked and not in the link; a new one does not end the broadcast', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const link = await goLive(studio, 'Keys')
    const viewer = await browser.page(link)
    await assertPlaying(viewer)
    await studio.bringToFront()
    await studio.getByText('Publish from OBS or ffmpeg').click()

    const field = studio.locator('[data-secret=true] input').first()
    const key = await field.inputValue()
    assert.equal(await field.getAttribute('type'), 'password')
    assert.ok(!link.includes(key))
    assert.ok(!(await studio.locator('main').innerText()).includes(key))
    await studio.getByRole('button', { name: 'Show stream key' }).first().click()
    assert.equal(await field.getAttribute('type'), 'text')

    await studio.getByRole('button', { name: 'New key' }).click()
    await studio.getByRole('button', { name: 'Make new key' }).click()
    await studio.waitForFunction(
      (old) => document.querySelector<HTMLInputElement>('[data-secret=true] input')?.value !== old,
      key,
    )
    await server.untilBroadcast(idIn(link), ({ state }) => state === 'live')
    await viewer.bringToFront()
    await assertPlaying(viewer)
  })

  test('[WEB39] a broadcast stopped elsewhere leaves the studio with a clear word', async () => {
    await using server = await KliegProcess.start()
    await using browser = await Browser.open()
    const studio = await browser.page(`${server.url}/broadcast/`)
    const link = await goLive(studio, 'Stopped')
    await fetch(`${server.url}/api/broadcasts/${idIn(link)}/stop`, { method: 'POST' })

    await studio.getByRole('heading', { name: 'The broadcast has ended' }).waitFor()
    await studio.getByText('It was stopped elsewhere').waitFor()
  })
})
