// Exports that nobody imports, over the whole repository. Fails with a list.
import path from 'node:path'
import process from 'node:process'
import tsUnusedExports from 'ts-unused-exports'

const ROOT = path.join(import.meta.dirname, '..')
/** Modules whose exports are for people outside: the published library and configuration files. */
const PUBLIC = [/^client\/(index|player)\.ts$/, /\.config\.ts$/, /^examples\//]

// A type that its own module uses in a signature is part of that signature.
const { unusedExports } = tsUnusedExports.analyzeTsConfig(
  path.join(import.meta.dirname, 'dead-code.tsconfig.json'),
  ['--ignoreLocallyUsed'],
)
let dead = 0
for (const [file, names] of Object.entries(unusedExports)) {
  const relative = path.relative(ROOT, file)
  if (PUBLIC.some((pattern) => pattern.test(relative))) continue
  for (const { exportName, location } of names) {
    dead++
    process.stdout.write(`${relative}:${location?.line ?? 1} exports ${exportName}, which nobody imports\n`)
  }
}
process.exit(dead > 0 ? 1 : 0)
