import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

const ROOT = path.join(import.meta.dirname, '../..')
const MAX_LINES = 400

/** Which rooms each room may know about. docs/architecture.md draws this table. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/media': [],
  'src/core': ['src/media'],
  'src/protocols': ['src/core', 'src/media'],
  'src/platform': ['src/core', 'src/media'],
  'src/app': ['src/core', 'src/media', 'src/protocols', 'src/platform'],
  bin: ['src/app'],
  client: [],
  web: ['client'],
}
/** Rooms that depend on no package and no Node API, so they run and test anywhere. */
const PURE = ['src/media', 'src/core', 'client']
/** What a pure room may load all the same, where the platform itself has nothing for it. */
const EXCEPTIONS = new Set(['client/hls-player.ts hls.js', 'client/played-media.ts hls.js'])
const FORBIDDEN_NAMES = /(^|[-/])(utils?|helpers?|common|managers?|services?|misc)([-./]|$)/

const SOURCES = globSync(['src/**/*.ts', 'bin/**/*.ts', 'client/**/*.ts', 'web/**/*.{ts,tsx}'], {
  cwd: ROOT,
}).filter((file) => !/\.test\.tsx?$|node_modules|\.config\.ts$|fixtures\//.test(file))

/** Fails with a sentence that says what to do. */
function roomOf(file: string): string {
  return Object.keys(MAY_IMPORT).find((room) => file.startsWith(`${room}/`)) ?? file
}

const doorOf = (file: string) => /^src\/protocols\/([^/]+)\//.exec(file)?.[1]

function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}

function wrongImport(file: string, specifier: string): string | undefined {
  const room = roomOf(file)
  if (!specifier.startsWith('.'))
    return PURE.includes(room) && !EXCEPTIONS.has(`${file} ${specifier}`)
      ? `${file}: ${room}/ must stay pure, it imports ${specifier}`
      : undefined
  const target = path.join(path.dirname(file), specifier)
  const [from, to] = [doorOf(file), doorOf(target)]
  if (from && to && from !== to) return `${file}: the ${from} door must not know about the ${to} door`
  const targetRoom = roomOf(target)
  if (targetRoom === room || (MAY_IMPORT[room] ?? []).includes(targetRoom)) return undefined
  if (target === 'package.json') return undefined
  return `${file}: ${room}/ must not know about ${targetRoom}`
}

describe('the architecture', () => {
  test('[ARCH1] a room imports only the rooms it may know about', () => {
    const wrong = SOURCES.flatMap((file) =>
      importsOf(readFileSync(path.join(ROOT, file), 'utf8')).flatMap(
        (specifier) => wrongImport(file, specifier) ?? [],
      ),
    )
    assert.deepEqual(wrong, [])
  })

  test('[ARCH2] a file fits on a few screens', () => {
    const long = SOURCES.map((file) => ({
      file,
      lines: readFileSync(path.join(ROOT, file), 'utf8').split('\n').length,
    }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ file, lines }) => `${file}: ${lines} lines, at most ${MAX_LINES}: split it by idea`)
    assert.deepEqual(long, [])
  })

  test('[ARCH3] a file is named after what it holds, in kebab-case', () => {
    const vague = SOURCES.filter((file) => FORBIDDEN_NAMES.test(file) || /[A-Z]/.test(path.basename(file)))
    assert.deepEqual(vague, [])
  })

  test('[ARCH4] the rule finds what it forbids', () => {
    assert.match(
      wrongImport('src/core/a.ts', '../protocols/webrtc/b.ts') ?? '',
      /must not know about src\/protocols/,
    )
    assert.match(wrongImport('src/core/a.ts', 'node:fs') ?? '', /must stay pure/)
    assert.match(wrongImport('src/protocols/rest/a.ts', '../webrtc/b.ts') ?? '', /rest door must not know/)
    assert.match(wrongImport('web/a.tsx', '../src/core/b.ts') ?? '', /must not know about src\/core/)
    assert.equal(wrongImport('src/app/a.ts', '../platform/b.ts'), undefined)
  })
})
