import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { configurationDocument, DOCUMENT } from './document.ts'
import { ConfigError, readConfig } from './read-config.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'klieg-config-'))
after(() => rmSync(folder, { recursive: true }))

function fileWith(content: string): string {
  const file = path.join(folder, `${Math.random()}.json`)
  writeFileSync(file, content)
  return file
}
const NO_FILE = path.join(folder, 'none.json')

describe('readConfig', () => {
  test('[CFG1] nothing set: the defaults', () => {
    const config = readConfig({ PATH: '/bin' }, NO_FILE)
    assert.equal(config.host, '127.0.0.1')
    assert.equal(config.port, 8000)
    assert.equal(config.icePort, 8189)
    assert.deepEqual(config.iceServers, [])
  })

  test('[CFG2] command line, then environment, then file', () => {
    const file = fileWith('{"port": 1, "workers": 2, "logLevel": "warn"}')
    const config = readConfig({ KLIEG_PORT: '3', KLIEG_WORKERS: '4' }, file, { port: 5 })
    assert.deepEqual([config.port, config.workers, config.logLevel], [5, 4, 'warn'])
  })

  test('[CFG6] lists are separated by commas', () => {
    const config = readConfig({ KLIEG_ICE_SERVERS: 'stun:a:1, turn:b:2?transport=udp ,' }, NO_FILE)
    assert.deepEqual(config.iceServers, ['stun:a:1', 'turn:b:2?transport=udp'])
  })

  const refused: [string, () => unknown, RegExp][] = [
    [
      'an unknown variable',
      () => readConfig({ KLIEG_PROT: '1' }, NO_FILE),
      /KLIEG_PROT .*Did you mean KLIEG_PORT\?/,
    ],
    ['an unknown key', () => readConfig({}, fileWith('{"worker": 1}')), /"worker".*Did you mean workers\?/],
    ['a file that is no object', () => readConfig({}, fileWith('[]')), /must hold an object/],
    ['a file that is not JSON', () => readConfig({}, fileWith('{')), /is not JSON/],
    ['a port that is no number', () => readConfig({ KLIEG_PORT: 'http' }, NO_FILE), /KLIEG_PORT is "http"/],
    [
      'a port out of range',
      () => readConfig({ KLIEG_PORT: '70000' }, NO_FILE),
      /KLIEG_PORT is 70000.*From 0 to 65535/,
    ],
    ['a log level that is none', () => readConfig({ KLIEG_LOG_LEVEL: 'loud' }, NO_FILE), /KLIEG_LOG_LEVEL/],
    [
      'a public URL without a scheme',
      () => readConfig({ KLIEG_PUBLIC_URL: 'live.example' }, NO_FILE),
      /KLIEG_PUBLIC_URL/,
    ],
    [
      'an ICE server that is none',
      () => readConfig({ KLIEG_ICE_SERVERS: 'http://x' }, NO_FILE),
      /KLIEG_ICE_SERVERS/,
    ],
    ['no workers', () => readConfig({ KLIEG_WORKERS: '0' }, NO_FILE), /KLIEG_WORKERS is 0/],
  ]
  for (const [what, read, message] of refused)
    test(`[CFG3] [CFG4] ${what} is refused with a message that helps`, () => {
      assert.throws(read, (error) => error instanceof ConfigError && message.test(error.message))
    })
})

test('[CFG5] docs/configuration.md is up to date', () => {
  assert.equal(readFileSync(DOCUMENT, 'utf8'), configurationDocument(), 'run npm run docs:configuration')
})
