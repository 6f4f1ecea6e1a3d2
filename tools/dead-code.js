// Exports that nobody imports. Fails with a list; types that describe a public port are exempt by being used.
import path from 'node:path'
import process from 'node:process'
import analyze from 'ts-unused-exports'

const analyzeTsConfig = analyze.default ?? analyze
const ROOT = path.join(import.meta.dirname, '..')
/** Modules whose exports are for people outside: entry points, the published library, configuration files. */
const PUBLIC = [/^bin\//, /^client\/index\.ts$/, /^client\/player\.ts$/, /\.config\.ts$/, /^examples\//]

let dead = 0
for (const config of ['tsconfig.json', 'web/tsconfig.json', 'client/tsconfig.json']) {
  const { unusedFiles: _files, ...unused } = analyzeTsConfig(path.join(ROOT, config), [
    '--excludePathsFromReport=node_modules',
  ])
  for (const [file, names] of Object.entries(unused)) {
    const relative = path.relative(ROOT, file)
    if (config !== 'tsconfig.json' && !relative.startsWith(config.split('/')[0])) continue
    if (config === 'client/tsconfig.json') continue // the web interface is its user; counted there
    if (PUBLIC.some((pattern) => pattern.test(relative))) continue
    for (const { exportName, location } of names) {
      dead++
      process.stdout.write(`${relative}:${location?.line ?? 1} exports ${exportName}, which nobody imports\n`)
    }
  }
}
process.exit(dead > 0 ? 1 : 0)
