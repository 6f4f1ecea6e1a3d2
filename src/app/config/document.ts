/** Writes docs/configuration.md from the schema: node src/app/config/document.ts */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { LIVE_SETTINGS } from './live-settings.ts'
import { SETTINGS, variableOf } from './schema.ts'

export const DOCUMENT = path.join(import.meta.dirname, '../../../docs/configuration.md')

/** The whole document. */
export function configurationDocument(): string {
  const rows = Object.entries(SETTINGS).map(([key, property]) => {
    const { default: fallback } = property
    const shown = String(fallback) === '' ? 'none' : `\`${String(fallback)}\``
    const live = (LIVE_SETTINGS as readonly string[]).includes(key) ? ' ✎' : ''
    return `| \`${variableOf(key)}\` | \`${key}\`${live} | ${shown} | ${property.description ?? ''} |`
  })
  return [
    '# Configuration',
    '',
    'Made from the schema by `npm run docs:configuration`; do not edit.',
    '',
    'A setting comes from its environment variable, else from `klieg.config.json` in the current folder, else it has its',
    'default. Unknown names are refused. Those marked with ✎ can also be changed while the server runs, where neither says',
    'anything: see [operations.md](operations.md#settings).',
    '',
    '| Environment variable | In `klieg.config.json` | Default | |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) writeFileSync(DOCUMENT, configurationDocument())
