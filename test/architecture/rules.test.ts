import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

const ROOT = path.join(import.meta.dirname, '../..')
const RULE = /^- \*\*([A-Z][A-Z0-9]*\d)\*\* /gm
const TITLE = /\b(?:test|it)\(\s*[`'"]((?:\[[A-Z][A-Z0-9]*\d\] ?)+|[^`'"]*)/g

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

const rules = globSync('docs/spec/*.md', { cwd: ROOT }).flatMap((file) =>
  [...read(file).matchAll(RULE)].map((match) => ({ id: match[1] ?? '', file })),
)
const testFiles = globSync(
  ['{src,client,web,scripts,test}/**/*.{test,contract}.{ts,tsx}', 'test/support/*-contract.ts'],
  {
    cwd: ROOT,
    exclude: ['**/node_modules/**'],
  },
)
const titles = testFiles.flatMap((file) =>
  [...read(file).matchAll(TITLE)].map((match) => ({
    file,
    title: match[1] ?? '',
    ids: [...(match[1] ?? '').matchAll(/\[([A-Z][A-Z0-9]*\d)\]/g)].map((id) => id[1] ?? ''),
  })),
)

describe('the rules', () => {
  test('[RULE1] every test title begins with the rule it proves', () => {
    const nameless = titles
      .filter(({ ids }) => ids.length === 0)
      .map(({ file, title }) => `${file}: ${title}`)
    assert.deepEqual(nameless, [])
  })

  test('[RULE2] every rule that a test names is written down', () => {
    const known = new Set(rules.map(({ id }) => id))
    const unknown = titles.flatMap(({ file, ids }) =>
      ids.filter((id) => !known.has(id)).map((id) => `${file}: ${id}`),
    )
    assert.deepEqual([...new Set(unknown)], [])
  })

  test('[RULE3] every rule that is written down has a test', () => {
    const proved = new Set(titles.flatMap(({ ids }) => ids))
    assert.deepEqual(
      rules.filter(({ id }) => !proved.has(id)).map(({ id, file }) => `${file}: ${id}`),
      [],
    )
  })

  test('[RULE5] every threat names rules that are written down', () => {
    const known = new Set(rules.map(({ id }) => id))
    const threats = read('docs/spec/threats.md')
      .split('\n')
      .filter((line) => /^\| (?!-|Threat )/.test(line))
    assert.ok(threats.length >= 20)
    for (const threat of threats) {
      const named = threat.split('|')[3]?.match(/[A-Z][A-Z0-9]*\d/g) ?? []
      assert.ok(named.length > 0, threat)
      for (const id of named) assert.ok(known.has(id), `${id} in ${threat}`)
    }
  })

  test('[RULE4] every rule is written down once', () => {
    const ids = rules.map(({ id }) => id)
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    )
  })
})
