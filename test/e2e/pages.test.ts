import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seriousFindings } from '../support/axe.ts'
import { Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'

const PAGES = {
  home: '/',
  studio: '/broadcast/',
  streams: '/streams/',
  'watch-log': '/admin/watch-log/',
  'watch-offline': '/view/{id}/',
  'watch-unknown': '/view/nobody-knows-this/',
  embed: '/embed/{id}',
  'not-found': '/no/such/page',
}
const SCREENS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844, phone: true },
}

describe('pages', () => {
  for (const dark of [false, true])
    for (const [screen, size] of Object.entries(SCREENS))
      test(`[E2E7] every page on a ${screen}, ${dark ? 'dark' : 'light'}: no serious finding of axe-core, no error`, async () => {
        await using server = await KliegProcess.start()
        const { id } = await server.createBroadcast({ title: 'Not live yet' })
        await using browser = await Browser.open({ ...size, dark })
        const found: Record<string, string[]> = {}
        for (const [name, path] of Object.entries(PAGES)) {
          const page = await browser.page(server.url + path.replace('{id}', id))
          await page.waitForLoadState('networkidle', { timeout: 1200 }).catch(() => undefined) // events never end
          await screenshot(page, `${name}-${screen}-${dark ? 'dark' : 'light'}`)
          const serious = await seriousFindings(page)
          if (serious.length > 0) found[name] = serious
          await page.close()
        }

        assert.deepEqual(found, {})
        const unexpected = browser.errors.filter((error) => !/404|409/.test(error))
        assert.deepEqual(unexpected, [])
      })
})
