import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'

const BUILT = path.join(import.meta.dirname, '../dist/web')
const LIMIT = 150_000

type Chunk = { file: string; imports?: string[]; dynamicImports?: string[] }

function manifest(): Record<string, Chunk> {
  const file = path.join(BUILT, '.vite/manifest.json')
  assert.ok(existsSync(file), 'the interface has not been built: npm test does it first')
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Chunk>
}

/** The scripts that a browser fetches before anything of these modules can run. */
function scriptsOf(...modules: string[]): Set<string> {
  const chunks = manifest()
  const files = new Set<string>()
  const add = (name: string) => {
    const chunk = chunks[name]
    assert.ok(chunk, `${name} is not in the manifest`)
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    chunk.imports?.forEach(add)
  }
  modules.forEach(add)
  return files
}

function gzippedSize(files: Iterable<string>): number {
  let size = 0
  for (const file of files) size += gzipSync(readFileSync(path.join(BUILT, file))).length
  return size
}

describe('what a page loads', () => {
  for (const page of ['watch/watch-page.tsx', 'embed/embed-page.tsx'])
    test(`[WEB1] ${page} is small enough`, (context) => {
      const size = gzippedSize(scriptsOf('index.html', page))

      context.diagnostic(`${page}: ${(size / 1000).toFixed(1)} kB of gzipped JavaScript`)
      assert.ok(size <= LIMIT, `${size} bytes, at most ${LIMIT}`)
    })

  test('[WEB2] the player library is not among it', () => {
    const initial = scriptsOf('index.html', 'watch/watch-page.tsx')
    const later = manifest()['watch/player-controls.tsx']

    assert.ok(later && !initial.has(later.file))
    for (const file of initial)
      assert.doesNotMatch(readFileSync(path.join(BUILT, file), 'utf8'), /media-volume-range/, file)
  })

  test('[WL55] the chart of the watch log is not among it, nor is it among its page', () => {
    const initial = scriptsOf('index.html', 'admin/admin-page.tsx', 'admin/watch-log.tsx')
    const later = manifest()['admin/audience-chart.tsx']

    assert.ok(later && !initial.has(later.file))
  })

  test('[WEB3] the document has no script in itself and nothing from elsewhere', () => {
    const html = readFileSync(path.join(BUILT, 'index.html'), 'utf8')

    for (const [, attributes = '', content = ''] of html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
      assert.match(attributes, /src="\.\/assets\//)
      assert.equal(content.trim(), '')
    }
    assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//)
    assert.doesNotMatch(html, /\son[a-z]+=/)
  })
})
