import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { FakeBrowser, settle } from '../test/support/fake-browser.ts'
import { FakeStreamedVideo } from '../test/support/fake-streamed-video.ts'
import type { HlsPlayer, HlsPlayerListeners, openHlsPlayer } from './hls-player.ts'
import { HlsViewing, type HlsWatchOptions, watchHls } from './hls-viewing.ts'
import type { StateChange } from './publication.ts'
import type { LayerChoice, ViewingState } from './viewing.ts'

const URL_OF_A = new URL('https://live.example/hls/a/index.m3u8')

/** A player that does nothing but remember, and tell what it is told to tell. */
class FakePlayer implements HlsPlayer {
  readonly listeners: HlsPlayerListeners
  readonly chosen: LayerChoice[] = []
  readonly codecs = { video: 'avc1.42c01f', audio: 'opus' }
  playlist: string | undefined
  pictureTakenAt: number | null = null
  liveAt: number | undefined
  destroyed = false

  constructor(listeners: HlsPlayerListeners) {
    this.listeners = listeners
  }

  choose(choice: LayerChoice): void {
    this.chosen.push(choice)
  }

  destroy(): void {
    this.destroyed = true
  }
}

function setUp(t: TestContext, options: HlsWatchOptions = {}) {
  const browser = new FakeBrowser(t)
  const video = new FakeStreamedVideo()
  const players: FakePlayer[] = []
  const changes: StateChange<ViewingState>[] = []
  const open: typeof openHlsPlayer = async (_url, _video, listeners) => {
    const player = new FakePlayer(listeners)
    players.push(player)
    return player
  }
  const viewing = browser.owns(
    new HlsViewing(
      URL_OF_A,
      video.asVideo(),
      { ...options, onState: (change) => void changes.push(change) },
      open,
    ),
  )
  const player = () => {
    const latest = players.at(-1)
    assert.ok(latest, 'no player was opened')
    return latest
  }
  const heard = (event: string, fact: object) => browser.eventSources[0]?.say(event, { id: 'a', ...fact })
  const states = () => changes.map(({ state }) => state)
  return { browser, video, players, player, viewing, changes, states, heard }
}

async function live(t: TestContext, options: HlsWatchOptions = {}) {
  const set = setUp(t, options)
  await settle()
  set.video.begin()
  set.video.playAt(100)
  set.player().liveAt = 100
  await settle()
  assert.equal(set.viewing.state, 'live')
  return set
}

describe('watchHls', () => {
  test('[CL130] it is connecting, waits for the picture, and is live when it moves', async (t) => {
    const { video, states, viewing } = setUp(t)
    assert.equal(viewing.state, 'connecting')
    await settle()
    video.begin()
    assert.equal(video.played, 1)
    video.playAt(5)

    assert.deepEqual(states(), ['waiting', 'live'])
  })

  test('[CL131] it is reconnecting once nothing moves for 0.8 seconds, and live when it goes on', async (t) => {
    const { browser, video, states } = await live(t)
    video.runDry()
    await browser.pass(700)
    video.playAt(101)
    await browser.pass(1000)
    assert.deepEqual(states(), ['waiting', 'live'])
    video.runDry()
    await browser.pass(800)
    video.playAt(102)

    assert.deepEqual(states(), ['waiting', 'live', 'reconnecting', 'live'])
  })

  test('[CL132] a player that can not go on is made anew, later each time, and soon again after ten good seconds', async (t) => {
    const { browser, players, player, changes, video } = await live(t)
    const waits: (number | undefined)[] = []
    for (let i = 0; i < 3; i++) {
      player().listeners.onFailure({ status: undefined, message: 'networkError' })
      waits.push(changes.at(-1)?.retryIn)
      await browser.pass(changes.at(-1)?.retryIn ?? 0)
    }
    video.playAt(103)
    await browser.pass(10_001)
    player().listeners.onFailure({ status: undefined, message: 'networkError' })
    waits.push(changes.at(-1)?.retryIn)

    assert.deepEqual(waits, [250, 500, 1000, 250])
    assert.equal(players.length, 4)
    assert.deepEqual(
      players.map(({ destroyed }) => destroyed),
      [true, true, true, true],
    )
    assert.equal(changes.at(-1)?.state, 'reconnecting')
    assert.equal(changes.at(-1)?.problem?.code, 'hls-failed')
  })

  test('[CL132] what a player tells that has been replaced is not heard', async (t) => {
    const { browser, players, player, viewing } = await live(t)
    player().listeners.onFailure({ status: undefined, message: 'networkError' })
    await browser.pass(250)
    players[0]?.listeners.onFailure({ status: 403, message: 'too late' })

    assert.equal(players.length, 2)
    assert.notEqual(viewing.state, 'failed')
  })

  for (const status of [404, 409])
    test(`[CL133] ${status} is offline, and asked for again seldom`, async (t) => {
      const { browser, player, players, viewing, changes } = setUp(t)
      await settle()
      player().listeners.onFailure({ status, message: 'manifestLoadError' })
      assert.equal(viewing.state, 'offline')
      assert.equal(viewing.problem?.code, 'broadcast-not-live')
      assert.equal(changes.at(-1)?.retryIn, 1000)
      await browser.pass(1000)

      assert.equal(players.length, 2)
    })

  for (const status of [401, 403, 422])
    test(`[CL133] ${status} is final`, async (t) => {
      const { browser, player, players, viewing } = setUp(t)
      await settle()
      player().listeners.onFailure({ status, message: 'manifestLoadError' })
      await browser.pass(60_000)

      assert.equal(await viewing.closed, 'failed')
      assert.equal(viewing.problem?.status, status)
      assert.equal(players.length, 1)
    })

  test('[CL134] it ends where the playlist ends, and not with what the element showed before', async (t) => {
    const { video, viewing, player } = await live(t)
    video.dispatchEvent(new Event('ended'))
    assert.equal(viewing.state, 'live')
    player().listeners.onLastSegment()
    video.end()

    assert.equal(viewing.state, 'ended')
    assert.equal(player().destroyed, true)
    assert.equal(viewing.behind, 0)
  })

  test('[CL134] it comes back with the broadcast, also when that begins again before the end was shown', async (t) => {
    const { video, viewing, players, heard } = await live(t)
    heard('ended', { state: 'ended', viewers: 0 })
    video.end()
    assert.equal(viewing.state, 'ended')
    heard('started', { state: 'live', viewers: 0 })
    await settle()
    assert.equal(viewing.state, 'connecting')
    assert.equal(players.length, 2)

    heard('ended', { state: 'ended', viewers: 0 })
    heard('started', { state: 'live', viewers: 0 })
    video.end()
    await settle()
    assert.equal(viewing.state, 'connecting')
    assert.equal(players.length, 3)
  })

  test('[CL134] a broadcast that is over and leaves nothing to play has ended', async (t) => {
    const { player, viewing, heard } = setUp(t)
    await settle()
    player().listeners.onFailure({ status: 409, message: 'manifestLoadError' })
    heard('ended', { state: 'ended', viewers: 0 })

    assert.equal(viewing.state, 'ended')
  })

  test('[CL135] it goes back in time as far as there is something, and to live', async (t) => {
    const { video, viewing, player } = await live(t)
    video.playAt(100, { from: 40 })
    assert.equal(viewing.window, 60)
    assert.equal(viewing.behind, 0)
    viewing.seekBehind(30)
    assert.equal(video.currentTime, 70)
    assert.equal(viewing.behind, 30)
    viewing.seekBehind(500)
    assert.equal(video.currentTime, 40)
    player().liveAt = 110
    assert.equal(viewing.behind, 70)
    viewing.goLive()

    assert.equal(video.currentTime, 110)
    assert.equal(viewing.behind, 0)
  })

  test('[CL135] less than five seconds behind is live', async (t) => {
    const { video, viewing } = await live(t)
    video.currentTime = 95.1
    assert.equal(viewing.behind, 0)
    video.currentTime = 95

    assert.equal(viewing.behind, 5)
  })

  test('[CL135] it may begin behind live', async (t) => {
    const { video, player } = setUp(t, { behind: 20 })
    await settle()
    player().liveAt = 90
    video.playAt(90)
    video.begin()

    assert.equal(video.currentTime, 70)
  })

  test('[CL136] latency is what the server says the time is, less when the picture was taken', async (t) => {
    const { browser, viewing, video, player } = setUp(t)
    const latency = (): number | null => viewing.latency
    await settle()
    browser.answer = () => Response.json({ now: performance.timeOrigin + performance.now() + 5000 })
    player().pictureTakenAt = performance.timeOrigin + performance.now() + 5000 - 1300
    assert.equal(latency(), null)
    video.begin()
    for (let i = 0; i < 5; i++) await settle()
    assert.equal(Math.round(latency() ?? 0), 1300)
    player().pictureTakenAt = null

    assert.equal(latency(), null)
  })

  test('[CL137] viewers are those of the live list; without events nobody listens', async (t) => {
    const told: number[] = []
    const { viewing, heard, browser } = await live(t, { onViewers: (viewers) => told.push(viewers) })
    assert.equal(browser.eventSources[0]?.url, 'https://live.example/api/events?broadcast=a')
    heard('updated', { state: 'live', viewers: 3 })
    heard('updated', { state: 'live', viewers: 3 })
    heard('updated', { id: 'b', state: 'live', viewers: 9 })
    assert.deepEqual(told, [3])
    assert.equal(viewing.viewers, 3)
    await viewing.close()
    assert.equal(browser.eventSources[0]?.closed, true)
  })

  test('[CL137] without events no event stream is opened', async (t) => {
    const { browser } = await live(t, { events: false })

    assert.equal(browser.eventSources.length, 0)
  })

  test('[CL138] layers are told, and the chosen one is kept by the next player', async (t) => {
    const layers = ['0', '1'].map((rid) => ({ rid, width: 1280, height: 720, bitrate: 1, active: true }))
    const told: unknown[] = []
    const { browser, viewing, player } = await live(t, { onLayers: (offered) => told.push(offered) })
    player().listeners.onLayers(layers)
    assert.deepEqual(player().chosen, [])
    await viewing.setLayer({ rid: '1' })
    assert.deepEqual(player().chosen, [{ rid: '1' }])
    player().listeners.onFailure({ status: undefined, message: 'bufferStalled' })
    await browser.pass(250)
    player().listeners.onLayers(layers)

    assert.deepEqual(player().chosen, [{ rid: '1' }])
    assert.deepEqual(told, [layers, layers])
    assert.deepEqual(viewing.layers, layers)
  })

  test('[CL139] statistics are told once a second while it plays', async (t) => {
    const told: number[] = []
    const { browser, player, viewing } = await live(t, {
      onStatistics: ({ bitrate }) => told.push(bitrate),
    })
    assert.equal(viewing.stats(), undefined)
    await browser.pass(1000)
    player().listeners.onBytes(250_000)
    await browser.pass(1000)

    assert.deepEqual(told.slice(-1), [2_000_000])
    assert.equal(viewing.stats()?.videoCodec, 'avc1.42c01f')
    await viewing.close()
    await browser.pass(5000)
    assert.equal(told.length, 2)
  })

  test('[CL140] closing, by call or by signal, leaves nothing behind', async (t) => {
    const abort = new AbortController()
    const { browser, players, player, viewing, video, states } = await live(t, { signal: abort.signal })
    abort.abort()
    await viewing.close()
    video.playAt(200)
    player().listeners.onFailure({ status: undefined, message: 'networkError' })
    await browser.pass(60_000)

    assert.equal(await viewing.closed, 'ended')
    assert.equal(player().destroyed, true)
    assert.equal(players.length, 1)
    assert.deepEqual(states(), ['waiting', 'live', 'ended'])
  })

  test('[CL140] a signal that was given before it began begins nothing', async (t) => {
    const { browser, players, viewing } = setUp(t, { signal: AbortSignal.abort() })
    await settle()

    assert.equal(viewing.state, 'ended')
    assert.equal(players.length, 0)
    assert.equal(browser.eventSources.length, 0)
  })

  test('[CL146] it says goodbye when it is closed, when its player is replaced, and when the page goes', async (t) => {
    const { browser, player, viewing } = await live(t)
    const goodbyes = () => browser.requestsOf('POST').map(({ url, keepalive }) => `${url} ${keepalive}`)
    player().playlist = 'https://live.example/hls/a/v0/index.m3u8?session=1'
    player().listeners.onFailure({ status: undefined, message: 'networkError' })
    await browser.pass(250)
    player().playlist = 'https://live.example/hls/a/v0/index.m3u8?session=2'
    browser.page.dispatchEvent(new Event('pagehide'))
    await viewing.close()
    await viewing.close()

    assert.deepEqual(
      goodbyes(),
      ['1', '2', '2'].map((session) => `https://live.example/hls/a/leave?session=${session} true`),
    )
  })

  test('[CL146] a server that gives no session is not told', async (t) => {
    const { browser, player, viewing } = await live(t)
    player().playlist = 'https://live.example/hls/a/v0/index.m3u8'
    await viewing.close()

    assert.deepEqual(browser.requestsOf('POST'), [])
  })

  test('[CL133] a browser that can play no HLS at all says so, for good', async (t) => {
    const browser = new FakeBrowser(t)
    const video = new FakeStreamedVideo()
    const viewing = browser.owns(watchHls(URL_OF_A, video.asVideo(), { events: false }))
    for (let i = 0; i < 40 && !viewing.problem; i++) await settle()

    assert.match(viewing.problem?.message ?? '', /can not play HLS/)
    assert.equal(await viewing.closed, 'failed')
  })
})
