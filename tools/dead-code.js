// Exports that nobody uses, over the whole repository. Fails with a list.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import tsUnusedExports from 'ts-unused-exports'
import { globSync } from 'node:fs'

const ROOT = path.join(import.meta.dirname, '..')
/** Modules whose exports are for people outside: the published library and configuration files. */
const PUBLIC = [
  /^client\/(index|player)\.ts$/,
  /^src\/app\/broadcast\/broadcast\.ts$/,
  /^src\/protocols\/vod\/streaming\.ts$/,
  /\.config\.ts$/,
  /^examples\//,
]

const everything = globSync('{src,bin,bench,test,client,web,examples}/**/*.{ts,tsx}', { cwd: ROOT })
  .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
  .join('\n')

/** In a signature of its own module, or loaded by a dynamic import that the analysis does not see. */
const isMentioned = (name) => everything.split(new RegExp(`\\b${name}\\b`)).length > 2

const { unusedExports } = tsUnusedExports.analyzeTsConfig(
  path.join(import.meta.dirname, 'dead-code.tsconfig.json'),
)
let dead = 0
for (const [file, names] of Object.entries(unusedExports)) {
  const relative = path.relative(ROOT, file)
  if (PUBLIC.some((pattern) => pattern.test(relative))) continue
  for (const { exportName, location } of names) {
    if (isMentioned(exportName)) continue
    dead++
    process.stdout.write(`${relative}:${location?.line ?? 1} exports ${exportName}, which nobody uses\n`)
  }
}
process.exit(dead > 0 ? 1 : 0)
