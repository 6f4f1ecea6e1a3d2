import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seriousFindings } from '../support/axe.ts'
import { Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { LOOKS } from '../support/looks.ts'

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

describe('pages', () => {
  for (const { screen, scheme, browser: size } of LOOKS)
    test(`[E2E7] every page on a ${screen}, ${scheme}: no serious finding of axe-core, no error`, async () => {
      await using server = await KliegProcess.start()
      const { id } = await server.createBroadcast({ title: 'Not live yet' })
      await using browser = await Browser.open(size)
      const found: Record<string, string[]> = {}
      for (const [name, path] of Object.entries(PAGES)) {
        const page = await browser.page(server.url + path.replace('{id}', id))
        await page.waitForLoadState('networkidle', { timeout: 1200 }).catch(() => undefined) // events never end
        await screenshot(page, `${name}-${screen}-${scheme}`)
        const serious = await seriousFindings(page)
        if (serious.length > 0) found[name] = serious
        await page.close()
      }

      assert.deepEqual(found, {})
      const unexpected = browser.errors.filter((error) => !/404|409/.test(error))
      assert.deepEqual(unexpected, [])
    })
})
