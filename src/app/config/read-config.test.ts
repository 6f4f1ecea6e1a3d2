import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { configurationDocument, DOCUMENT } from './document.ts'
import { ConfigError } from './config-error.ts'
import { readConfig } from './read-config.ts'
import { shownConfig } from './shown-config.ts'

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
    const config = readConfig(
      { KLIEG_ICE_SERVERS: 'stun:a:1, turn:b:2?transport=udp ,', KLIEG_TURN_SECRET: 'shared' },
      NO_FILE,
    )
    assert.deepEqual(config.iceServers, ['stun:a:1', 'turn:b:2?transport=udp'])
  })

  test('[CFG7] ICE servers may be a JSON list, with credentials of their own', () => {
    const servers = ['stun:a:1', { urls: ['turn:b:2', 'turns:b:3'], username: 'me', credential: 'pass' }]
    const config = readConfig({ KLIEG_ICE_SERVERS: JSON.stringify(servers) }, NO_FILE)
    assert.deepEqual(config.iceServers, servers)
  })

  test('[CFG8] secrets are not shown, neither in the settings in force nor in a refusal', () => {
    const planted = 'dQw4w9WgXcQ-planted-dQw4w9WgXcQ-planted'
    const ice = JSON.stringify([{ urls: 'turn:b:2', username: 'me', credential: planted }])
    const config = readConfig(
      { KLIEG_SECRET: planted, KLIEG_TURN_SECRET: planted, KLIEG_ICE_SERVERS: ice },
      NO_FILE,
    )
    const shown = shownConfig(config)
    assert.ok(!shown.includes(planted))
    assert.equal((JSON.parse(shown) as { secret: string }).secret, '(set)')

    for (const environment of [
      { KLIEG_SECRET: 'planted' },
      { KLIEG_ICE_SERVERS: '[{"urls":"http:x","credential":"planted"}]' },
      { KLIEG_ICE_SERVERS: '[{"credential":"planted"' },
    ])
      assert.throws(
        () => readConfig(environment, NO_FILE),
        (error) => error instanceof ConfigError && !error.message.includes('planted'),
      )
  })

  const STORAGE = {
    ...{ KLIEG_S3_BUCKET: 'live', KLIEG_S3_ACCESS_KEY_ID: 'a', KLIEG_S3_SECRET_ACCESS_KEY: 'b' },
    KLIEG_S3_ROLE_ARN: 'arn:aws:iam::1:role/live',
  }
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
    ['an empty secret', () => readConfig({ KLIEG_SECRET: '' }, NO_FILE), /KLIEG_SECRET is empty.*32/],
    ['a short secret', () => readConfig({ KLIEG_SECRET: 'x7Kp' }, NO_FILE), /KLIEG_SECRET.*32/],
    [
      'a database that is none',
      () => readConfig({ KLIEG_DATABASE_URL: 'mysql://a/b' }, NO_FILE),
      /KLIEG_DATABASE_URL is "\(set\)".*postgres:\/\//,
    ],
    [
      'a database whose password is not encoded',
      () => readConfig({ KLIEG_DATABASE_URL: 'postgres://me:a/b@[host/name' }, NO_FILE),
      /KLIEG_DATABASE_URL cannot be read/,
    ],
    [
      'a sample of a secret',
      () => readConfig({ KLIEG_SECRET: 'please-change-me-before-production-use' }, NO_FILE),
      /KLIEG_SECRET is a sample/,
    ],
    [
      'a secret of one letter',
      () => readConfig({ KLIEG_SECRET: 'a'.repeat(40) }, NO_FILE),
      /KLIEG_SECRET is a sample/,
    ],
    [
      'a proxy that is no address',
      () => readConfig({ KLIEG_TRUST_PROXY: 'nginx' }, NO_FILE),
      /KLIEG_TRUST_PROXY names "nginx".*10\.0\.0\.0\/8/,
    ],
    [
      'a network that is too narrow',
      () => readConfig({ KLIEG_TRUST_PROXY: '10.0.0.0/33' }, NO_FILE),
      /KLIEG_TRUST_PROXY/,
    ],
    [
      'a network for webhooks that is none',
      () => readConfig({ KLIEG_WEBHOOK_ALLOW: '10.0.0.0/8,intranet' }, NO_FILE),
      /KLIEG_WEBHOOK_ALLOW names "intranet"/,
    ],
    [
      'an authorisation hook that could not be believed',
      () => readConfig({ KLIEG_PUBLISH_HOOK: 'https://example.org/may' }, NO_FILE),
      /KLIEG_HOOK_SECRET is missing/,
    ],
    [
      'an authorisation hook with a password, which would be shown',
      () => readConfig({ KLIEG_WATCH_HOOK: 'https://user:secret@example.org/may' }, NO_FILE),
      /KLIEG_WATCH_HOOK/,
    ],
    [
      'a public address that is none',
      () => readConfig({ KLIEG_ICE_ADDRESSES: '1.2.3' }, NO_FILE),
      /KLIEG_ICE_ADDRESSES names "1\.2\.3"/,
    ],
    [
      'more workers than ports',
      () => readConfig({ KLIEG_ICE_PORT: '65535', KLIEG_WORKERS: '2' }, NO_FILE),
      /KLIEG_ICE_PORT is 65535.*at most 65534/,
    ],
    [
      'a TURN server without credentials, which browsers refuse',
      () => readConfig({ KLIEG_ICE_SERVERS: 'turn:b:2' }, NO_FILE),
      /KLIEG_ICE_SERVERS.*KLIEG_TURN_SECRET/,
    ],
    [
      'a bucket without keys',
      () => readConfig({ KLIEG_S3_BUCKET: 'live' }, NO_FILE),
      /KLIEG_S3_ACCESS_KEY_ID and KLIEG_S3_SECRET_ACCESS_KEY/,
    ],
    [
      'keys without a bucket',
      () => readConfig({ KLIEG_S3_ACCESS_KEY_ID: 'a' }, NO_FILE),
      /KLIEG_S3_BUCKET is missing/,
    ],
    ['a bucket that is none', () => readConfig({ KLIEG_S3_BUCKET: 'live/*' }, NO_FILE), /KLIEG_S3_BUCKET/],
    [
      'credentials that last longer than a role allows',
      () => readConfig({ ...STORAGE, KLIEG_S3_CREDENTIAL_SECONDS: '43201' }, NO_FILE),
      /KLIEG_S3_CREDENTIAL_SECONDS is 43201.*at most 43200/,
    ],
    ['a log format that is none', () => readConfig({ KLIEG_LOG_FORMAT: 'xml' }, NO_FILE), /KLIEG_LOG_FORMAT/],
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
