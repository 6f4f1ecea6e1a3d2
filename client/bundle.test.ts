import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const MAX_WATCH_BYTES = 12_000
const ENTRY = 'virtual:entry'

/** What a page downloads that imports `name` from the SDK. */
async function bundleOf(name: string): Promise<string> {
  const index = path.join(import.meta.dirname, 'index.ts')
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? id : undefined),
        load: (id) =>
          id === ENTRY ? `import { ${name} } from '${index}'\nglobalThis.${name} = ${name}` : undefined,
      },
    ],
    build: { write: false, minify: true, rolldownOptions: { input: ENTRY } },
  })
  const [output] = [built].flat()
  return output && 'output' in output
    ? output.output.map((file) => ('code' in file ? file.code : '')).join('')
    : ''
}

test('[CL120] a page that watches downloads at most 12 kB, and nothing that only publishers need', async () => {
  const code = await bundleOf('watch')

  assert.ok(code.includes('urn:ietf:params:whep'))
  assert.ok(!code.includes('getDisplayMedia') && !code.includes('scaleResolutionDownBy'))
  const bytes = gzipSync(code).length
  assert.ok(bytes <= MAX_WATCH_BYTES, `${bytes} bytes`)
})

test('[CL121] the SDK uses nothing but the browser: it compiles without the types of Node', async () => {
  const tsc = path.join(import.meta.dirname, '../node_modules/typescript/bin/tsc')
  const project = path.join(import.meta.dirname, 'tsconfig.browser.json')

  await promisify(execFile)(process.execPath, [tsc, '-p', project])
})
