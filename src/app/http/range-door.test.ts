import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { restRig } from '../../../test/support/rest-rig.ts'
import { videoFolder } from '../../../test/support/range-rig.ts'
import { ConfigError } from '../config/config-error.ts'
import { readConfig } from '../config/read-config.ts'
import type { SeenRequest } from '../../core/request-viewing.ts'
import { rangeDoor } from './range-door.ts'

const NO_FILE = '/nonexistent/klieg.config.json'
const settingsOf = (env: NodeJS.ProcessEnv) => readConfig(env, NO_FILE)

describe('settings of the range door', () => {
  test('[RD17] what they are when nothing is set', () => {
    const config = settingsOf({})
    assert.deepEqual(
      [
        config.streamDefaultPermissionClasses,
        config.streamDefaultVideoPathUrlVar,
        config.streamMaxLoadVolume,
        config.streamWatchLogEnabled,
        config.streamRangeHeaderRegexPattern,
        config.accelPrefix,
      ],
      [['AllowAny'], 'path', 8, true, String.raw`bytes\s*=\s*(\d+)\s*-\s*(\d*)`, ''],
    )
  })

  test('[RD17] under their own names, and one alias', async () => {
    const config = settingsOf({
      STREAM_DEFAULT_PERMISSION_CLASSES: 'AllowAny, IsAuthenticated',
      STREAM_DEFAULT_VIDEO_PATH_URL_VAR: 'video',
      STREAM_WATCH_LOG_ENABLED: 'False',
      STREAM_RANGE_HEADER_REGEX_PATTERN: String.raw`items=(\d+)-(\d*)`,
      KLIEG_MAX_LOAD_VOLUME_MB: '4',
      KLIEG_ACCEL_PREFIX: '/inside',
    })
    const seen: unknown[] = []
    const door = rangeDoor({
      config,
      files: (await restRig({ open: false })).files,
      viewings: { seen: (request) => void seen.push(request) },
    })
    assert.equal(door.settings.maxLoad, 4 * 1024 * 1024)
    assert.equal(door.settings.pathVariable, 'video')
    assert.equal(door.settings.pattern?.source, String.raw`items=(\d+)-(\d*)`)
    assert.equal(door.accelPrefix, '/inside/')
    const fact = { authenticated: false, path: 'a.mp4', address: '', sessionKey: '', from: 0, to: 1, size: 2 }
    door.watched?.(fact)
    assert.deepEqual(seen, [])
    const nobody = { headers: {}, ip: '192.0.2.7', query: { video: 'a.mp4' } }
    await assert.rejects(async () => door.authorize(nobody as never), { code: 'unauthenticated' })
  })

  test('[RD17] the same volume by both names is one volume', () => {
    assert.equal(
      settingsOf({ STREAM_MAX_LOAD_VOLUME: '4', KLIEG_MAX_LOAD_VOLUME_MB: '4' }).streamMaxLoadVolume,
      4,
    )
  })

  test('[RD17] what other programs set is none of our business', () => {
    assert.equal(settingsOf({ STREAM_MODEL: 'x', STREAM: '1' }).streamMaxLoadVolume, 8)
  })

  const refused: [string, NodeJS.ProcessEnv, RegExp][] = [
    [
      'another class',
      { STREAM_DEFAULT_PERMISSION_CLASSES: 'IsAdmin' },
      /STREAM_DEFAULT_PERMISSION_CLASSES.*IsAuthenticated/,
    ],
    ['no class', { STREAM_DEFAULT_PERMISSION_CLASSES: ' ' }, /STREAM_DEFAULT_PERMISSION_CLASSES/],
    [
      'a parameter with a space',
      { STREAM_DEFAULT_VIDEO_PATH_URL_VAR: 'a b' },
      /STREAM_DEFAULT_VIDEO_PATH_URL_VAR/,
    ],
    [
      'a parameter that is taken',
      { STREAM_DEFAULT_VIDEO_PATH_URL_VAR: 'session' },
      /STREAM_DEFAULT_VIDEO_PATH_URL_VAR/,
    ],
    [
      'a hidden parameter',
      { STREAM_DEFAULT_VIDEO_PATH_URL_VAR: '__proto__' },
      /STREAM_DEFAULT_VIDEO_PATH_URL_VAR/,
    ],
    ['no volume', { STREAM_MAX_LOAD_VOLUME: '0' }, /STREAM_MAX_LOAD_VOLUME is 0.*From 1/],
    ['a volume that is no number', { KLIEG_MAX_LOAD_VOLUME_MB: 'big' }, /KLIEG_MAX_LOAD_VOLUME_MB is "big"/],
    [
      'two volumes',
      { STREAM_MAX_LOAD_VOLUME: '4', KLIEG_MAX_LOAD_VOLUME_MB: '5' },
      /STREAM_MAX_LOAD_VOLUME.*different things/,
    ],
    ['maybe', { STREAM_WATCH_LOG_ENABLED: 'maybe' }, /STREAM_WATCH_LOG_ENABLED.*true or false/],
    [
      'a broken pattern',
      { STREAM_RANGE_HEADER_REGEX_PATTERN: '(' },
      /STREAM_RANGE_HEADER_REGEX_PATTERN is not a regular/,
    ],
    [
      'a slow pattern',
      { STREAM_RANGE_HEADER_REGEX_PATTERN: String.raw`(\d+)+-(\d*)` },
      /STREAM_RANGE_HEADER_REGEX_PATTERN repeats a group/,
    ],
    ['a slip', { STREAM_MAX_LOAD_VOLUM: '4' }, /Did you mean STREAM_MAX_LOAD_VOLUME\?/],
    ['a prefix that is none', { KLIEG_ACCEL_PREFIX: 'inside' }, /KLIEG_ACCEL_PREFIX/],
  ]
  for (const [what, env, message] of refused)
    test(`[RD17] [RD18] ${what} is refused`, () => {
      assert.throws(
        () => settingsOf(env),
        (error) => error instanceof ConfigError && message.test(error.message),
      )
    })
})

describe('the range door of the server', () => {
  test('[RD14] what it sends is told as a viewing of the file', async () => {
    const seen: SeenRequest[] = []
    const config = settingsOf({ KLIEG_DATA_DIR: '/srv/klieg' })
    const door = rangeDoor({
      config,
      files: (await restRig()).files,
      viewings: { seen: (request) => void seen.push(request) },
    })
    assert.equal(door.root, path.join('/srv/klieg', 'videos'))
    const who = { authenticated: true, userId: 'ann', address: '192.0.2.1' }
    door.watched?.({ ...who, path: 'a.mp4', size: 100, from: 10, to: 20, sessionKey: 'k' })

    assert.deepEqual(seen, [
      {
        key: 'k',
        subject: { kind: 'file', id: 'a.mp4', title: 'a.mp4' },
        protocol: 'range',
        address: '192.0.2.1',
        userId: 'ann',
        bytes: 10,
        interval: { from: 10, to: 20 },
      },
    ])
  })

  test('[RD15] behind a prefix, the redirect has it too', async () => {
    const { wholeServer } = await import('../../../test/support/whole-server.ts')
    using folder = videoFolder()
    mkdirSync(path.join(folder.outer, 'data/videos'), { recursive: true })
    writeFileSync(path.join(folder.outer, 'data/videos/film.mp4'), folder.bytes)
    await using server = await wholeServer({
      env: { KLIEG_DATA_DIR: path.join(folder.outer, 'data'), KLIEG_PUBLIC_URL: 'https://live.example/tv' },
    })
    const { headers } = await server.fastify.inject('/api/stream?path=film.mp4')
    assert.equal(headers.location, '/tv/api/stream/?path=film.mp4')
    const answer = await server.fastify.inject({
      url: '/api/stream/?path=film.mp4',
      headers: { range: 'bytes=-10' },
    })
    assert.deepEqual([answer.statusCode, answer.rawPayload], [206, folder.bytes.subarray(990)])
    assert.ok(answer.headers['content-security-policy'])
  })
})
