import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Finding = { id: string; impact: string | null; nodes: { target: unknown; failureSummary?: string }[] }

/** Findings that keep somebody from using the page. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Through the debugger, as the page's own content policy rightly refuses foreign scripts.
  await page.evaluate(AXE)
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Finding[] }> }
    }
    // Its copies of our style sheets are styles that the policy refuses; no serious finding comes of them.
    return (await axe.run({ preload: false })).violations
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes[0]?.target)} ${nodes[0]?.failureSummary ?? ''}`)
}
