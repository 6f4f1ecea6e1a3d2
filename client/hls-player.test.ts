import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import Hls from 'hls.js'
import { FakeStreamedVideo } from '../test/support/fake-streamed-video.ts'
import { type HlsPlayerListeners, playByBrowser, playByLibrary } from './hls-player.ts'

const PLAYLIST = new URL('https://live.example/hls/a/index.m3u8')
const { Events, ErrorTypes, ErrorDetails } = Hls

type Config = {
  lowLatencyMode: boolean
  maxLiveSyncPlaybackRate: number
  liveSyncOnStallIncrease: number
  backBufferLength: number
  xhrSetup?: (request: unknown, url: string) => Promise<void>
}

/** hls.js, as far as it is used, without its network. */
class FakeHls {
  static readonly Events = Events
  static readonly ErrorTypes = ErrorTypes
  static readonly ErrorDetails = ErrorDetails
  static latest: FakeHls
  readonly config: Config
  readonly calls: string[] = []
  readonly levels = [
    {
      width: 1280,
      height: 720,
      bitrate: 2_500_000,
      videoCodec: 'avc1.42c01f',
      audioCodec: 'opus',
      uri: 'v0',
    },
    { width: 640, height: 360, bitrate: 600_000 },
  ]
  audioTracks: { url: string }[] = []
  currentLevel = 0
  targetLatency: number | null = null
  nextLevel: number | undefined
  playingDate: Date | null = null
  liveSyncPosition: number | null = null
  readonly #listeners = new Map<string, (event: string, fact: object) => void>()

  constructor(config: Config) {
    this.config = config
    FakeHls.latest = this
  }

  on(event: string, listener: (event: string, fact: object) => void): void {
    this.#listeners.set(event, listener)
  }

  trigger(event: string, { type, endOffset }: { type: string | null; endOffset: number }): void {
    this.calls.push(`${event} ${type} to ${endOffset}`)
  }

  say(event: string, fact: object): void {
    this.#listeners.get(event)?.(event, fact)
  }

  attachMedia(): void {
    this.calls.push('attachMedia')
  }

  loadSource(url: string): void {
    this.calls.push(`loadSource ${url}`)
  }

  recoverMediaError(): void {
    this.calls.push('recoverMediaError')
  }

  destroy(): void {
    this.calls.push('destroy')
  }
}

function remember() {
  const told: unknown[] = []
  const listeners: HlsPlayerListeners = {
    onLayers: (layers) => told.push({ layers: layers.map(({ rid, height }) => `${rid} ${height}`) }),
    onBytes: (bytes) => told.push({ bytes }),
    onFailure: (failure) => told.push({ failure }),
    onLastSegment: () => told.push('last segment'),
  }
  return { told, listeners }
}

function byLibrary(token?: string | (() => Promise<string>)) {
  const { told, listeners } = remember()
  const video = new FakeStreamedVideo()
  const player = playByLibrary(FakeHls as unknown as typeof Hls, PLAYLIST, video.asVideo(), {
    ...listeners,
    token,
  })
  return { told, player, video, hls: FakeHls.latest }
}

function atTime(t: TestContext) {
  let now = 1_000_000
  t.mock.method(performance, 'now', () => now)
  return (milliseconds: number) => (now += milliseconds)
}

describe('the player with hls.js', () => {
  test('[CL141] it plays with low latency, and catches up at no more than 1.08 times the speed', () => {
    const { hls } = byLibrary()

    assert.deepEqual(hls.calls, ['attachMedia', `loadSource ${PLAYLIST.href}`])
    assert.equal(hls.config.lowLatencyMode, true)
    assert.ok(hls.config.maxLiveSyncPlaybackRate > 1 && hls.config.maxLiveSyncPlaybackRate <= 1.08)
    assert.equal(hls.config.xhrSetup, undefined)
  })

  test('[CL147] it plays as near to live as the playlist asks for, a stall further, and near again later', (t) => {
    const pass = atTime(t)
    const { hls } = byLibrary()
    const update = () =>
      hls.say(Events.LEVEL_UPDATED, { details: { live: true, partHoldBack: 0.8, holdBack: 12 } })
    update()
    assert.equal(hls.targetLatency, 0.8)
    hls.say(Events.ERROR, { fatal: false, details: ErrorDetails.BUFFER_STALLED_ERROR })
    update()
    assert.equal(hls.targetLatency, 1.3)
    pass(20_000)
    update()
    assert.equal(hls.targetLatency, 0.8)
    assert.equal(hls.config.liveSyncOnStallIncrease, 0)
    hls.say(Events.LEVEL_UPDATED, { details: { live: true, partHoldBack: 0, holdBack: 12 } })

    assert.equal(hls.targetLatency, 12)
  })

  test('[CL152] what was played a minute ago is dropped, ten seconds of it at once', () => {
    const { hls, video } = byLibrary()
    const buffered = (type: string) => hls.say(Events.FRAG_BUFFERED, { frag: { type }, part: null })
    hls.calls.splice(0)
    for (const time of [69, 70, 79, 80]) {
      video.currentTime = time
      buffered('main')
    }
    assert.equal(hls.config.backBufferLength, Infinity)
    assert.deepEqual(hls.calls, ['hlsBufferFlushing null to 10', 'hlsBufferFlushing null to 20'])
  })

  test('[CL152] pictures and sound that come by themselves are dropped by themselves, and never within a segment', () => {
    const { hls, video } = byLibrary()
    hls.audioTracks.push({ url: 'a0' })
    video.currentTime = 100
    hls.calls.splice(0)
    const whole = { end: 102, relurl: '7.m4s' }
    const later = { frag: { ...whole, type: 'audio' }, part: { end: 101.75 } }
    const growing = { frag: { type: 'audio', end: 101.75 }, part: { end: 101.75 } }
    for (const fact of [later, growing]) hls.say(Events.FRAG_BUFFERED, fact)
    assert.deepEqual(hls.calls, [])
    for (const type of ['audio', 'main', 'subtitle'])
      hls.say(Events.FRAG_BUFFERED, { frag: { ...whole, type }, part: { end: 102 } })
    assert.deepEqual(hls.calls, ['hlsBufferFlushing audio to 40', 'hlsBufferFlushing video to 40'])
  })

  test('[CL148] without a word from the playlist it plays 1.75 target durations from the end of a live one', () => {
    const { hls } = byLibrary()
    const details = { partHoldBack: 0, holdBack: 0, targetduration: 2 }
    hls.say(Events.LEVEL_UPDATED, { details: { ...details, live: false } })
    assert.equal(hls.targetLatency, null)
    hls.say(Events.LEVEL_UPDATED, { details: { ...details, live: true } })
    assert.equal(hls.targetLatency, 3.5)
    hls.say(Events.ERROR, { fatal: false, details: ErrorDetails.BUFFER_STALLED_ERROR })
    hls.say(Events.LEVEL_UPDATED, { details: { ...details, live: true } })
    assert.equal(hls.targetLatency, 4)
  })

  test('[CL142] layers, bytes of parts and of segments, and the end of the playlist are told', () => {
    const { hls, told } = byLibrary()
    hls.say(Events.MANIFEST_PARSED, {})
    hls.say(Events.FRAG_LOADED, { frag: { stats: { total: 900 } }, part: { stats: { total: 70 } } })
    hls.say(Events.FRAG_LOADED, { frag: { stats: { total: 900 } }, part: null })
    hls.say(Events.LEVEL_UPDATED, { details: { live: true } })
    hls.say(Events.LEVEL_UPDATED, { details: { live: false } })

    assert.deepEqual(told, [{ layers: ['0 720', '1 360'] }, { bytes: 70 }, { bytes: 900 }, 'last segment'])
  })

  test('[CL142] it tells when the picture was taken, where live is, and what it is made of', () => {
    const { hls, player } = byLibrary()
    assert.deepEqual([player.pictureTakenAt, player.liveAt], [null, undefined])
    hls.playingDate = new Date(1234)
    hls.liveSyncPosition = 56
    assert.deepEqual([player.pictureTakenAt, player.liveAt], [1234, 56])
    assert.deepEqual(player.codecs, { video: 'avc1.42c01f', audio: 'opus' })
    hls.currentLevel = -1

    assert.deepEqual(player.codecs, { video: null, audio: null })
    assert.equal(player.playlist, 'v0')
  })

  test('[CL138] a chosen layer follows without a gap, and none means automatic', () => {
    const { hls, player } = byLibrary()
    player.choose({ rid: '1' })
    assert.equal(hls.nextLevel, 1)
    player.choose({})

    assert.equal(hls.nextLevel, -1)
  })

  test('[CL143] an error of the decoder is recovered from once in five seconds; what is not fatal is the library’s', (t) => {
    const pass = atTime(t)
    const { hls, told } = byLibrary()
    const error = { fatal: true, type: ErrorTypes.MEDIA_ERROR, details: 'bufferAppendError' }
    hls.say(Events.ERROR, { ...error, fatal: false })
    hls.say(Events.ERROR, error)
    pass(6000)
    hls.say(Events.ERROR, error)
    assert.deepEqual(hls.calls.slice(2), ['recoverMediaError', 'recoverMediaError'])
    assert.deepEqual(told, [])
    pass(100)
    hls.say(Events.ERROR, error)

    assert.deepEqual(told, [{ failure: { status: undefined, message: 'bufferAppendError' } }])
  })

  test('[CL143] an error of the network is a failure, with its status', () => {
    const { hls, told } = byLibrary()
    hls.say(Events.ERROR, {
      fatal: true,
      type: ErrorTypes.NETWORK_ERROR,
      details: 'manifestLoadError',
      response: { code: 404 },
    })

    assert.deepEqual(told, [{ failure: { status: 404, message: 'manifestLoadError' } }])
  })

  test('[CL144] the viewer token goes with every request, asked for anew where it is a function', async () => {
    let asked = 0
    const { hls } = byLibrary(async () => `token-${++asked}`)
    const calls: string[] = []
    const request = {
      open: (method: string, url: string) => calls.push(`${method} ${url}`),
      setRequestHeader: (name: string, value: string) => calls.push(`${name}: ${value}`),
    }
    await hls.config.xhrSetup?.(request, 'a')
    await hls.config.xhrSetup?.(request, 'b')

    assert.deepEqual(calls, [
      'GET a',
      'authorization: Bearer token-1',
      'GET b',
      'authorization: Bearer token-2',
    ])
  })

  test('[CL149] the viewer token goes to nobody else, where media lies elsewhere', async () => {
    const { hls } = byLibrary('secret')
    const calls: string[] = []
    const request = {
      open: () => calls.push('open'),
      setRequestHeader: (name: string) => calls.push(name),
    }
    await hls.config.xhrSetup?.(request, 'https://storage.example.org/live/index0.ts?signature')

    assert.deepEqual(calls, [])
  })
})

describe('the player of a browser that knows HLS', () => {
  function byBrowser() {
    const { told, listeners } = remember()
    const video = new FakeStreamedVideo()
    const player = playByBrowser(PLAYLIST, video.asVideo(), listeners)
    return { told, video, player }
  }

  test('[CL145] the element is given the playlist, and tells its failure', () => {
    const { video, told, player } = byBrowser()
    assert.equal(video.src, PLAYLIST.href)
    video.error = { message: 'no decoder' }
    video.dispatchEvent(new Event('error'))
    player.destroy()
    video.dispatchEvent(new Event('error'))

    assert.deepEqual(told, [{ failure: { status: undefined, message: 'no decoder' } }])
    assert.equal(video.src, '')
  })

  test('[CL145] live is the end of what can be sought, and pictures are dated from the start date', () => {
    const { video, player } = byBrowser()
    assert.deepEqual([player.pictureTakenAt, player.liveAt], [null, undefined])
    video.playAt(20, { from: 5, buffered: 22 })
    assert.equal(player.liveAt, 22)
    Object.assign(video, { getStartDate: () => new Date(1_000_000) })
    assert.equal(player.pictureTakenAt, 1_020_000)
    Object.assign(video, { getStartDate: () => new Date(Number.NaN) })

    assert.equal(player.pictureTakenAt, null)
  })
})
