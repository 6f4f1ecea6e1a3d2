import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Browser, screenshot } from '../support/browser.ts'
import { KliegProcess } from '../support/klieg-process.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PAGES = {
  home: '/',
  studio: '/broadcast/',
  streams: '/streams/',
  'watch-log': '/admin/',
  'watch-offline': '/view/{id}/',
  'watch-unknown': '/view/nobody-knows-this/',
  embed: '/embed/{id}',
  'not-found': '/no/such/page',
}
const SCREENS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844, phone: true },
}

type Finding = { id: string; impact: string | null; nodes: { target: unknown; failureSummary?: string }[] }

/** Findings that keep somebody from using the page. */
async function seriousFindings(page: Page): Promise<string[]> {
  // Through the debugger, as the page's own content policy rightly refuses foreign scripts.
  await page.evaluate(AXE)
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: Finding[] }> } }
    return (await axe.run()).violations
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes[0]?.target)} ${nodes[0]?.failureSummary ?? ''}`)
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
