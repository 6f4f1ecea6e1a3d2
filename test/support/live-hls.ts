import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { eventually } from './eventually.ts'
import { assertLegalUpdate, type ReadPlaylist, readPlaylist } from './hls-playlist.ts'
import { variantsOf } from './hls-rig.ts'
import { KliegProcess } from './klieg-process.ts'
import { encodedPublisher } from './synthetic-peers.ts'

const run = promisify(execFile)
const SNAPSHOT_EVERY = 100

/** One rendition, as players and caches see it while it goes on. */
class WatchedRendition {
  readonly address: string
  snapshots = 0
  readonly initializations = new Set<string>()
  latest: ReadPlaylist | undefined
  #stopped = false
  readonly #parts = new Map<string, Buffer>()
  /** Segments whose parts were compared with them. */
  readonly compared = new Set<string>()

  constructor(address: string) {
    this.address = address
  }

  stop(): void {
    this.#stopped = true
  }

  /** Looks every 100 ms, as a cache might. */
  async snapshot(): Promise<void> {
    for (let index = 0; !this.#stopped; index++) {
      const began = performance.now()
      this.#look(await this.#playlist(index % 3 === 2 ? { _HLS_skip: 'YES' } : {}))
      await sleep(Math.max(0, SNAPSHOT_EVERY - (performance.now() - began)))
    }
  }

  /** Follows the edge, as a player of low latency does: announced part and next playlist at once. */
  async follow(): Promise<void> {
    let playlist = await this.#playlist({})
    while (!this.#stopped) {
      if (playlist?.ended) return
      const hint = playlist?.hint ?? assert.fail('a playlist that goes on says what comes next')
      const [, msn = '', part = ''] = hint.split('.')
      const [next, bytes] = await Promise.all([
        this.#playlist({ _HLS_msn: msn, _HLS_part: part }),
        this.#fetch(hint),
      ])
      if (next) {
        const { segments } = next
        assert.ok(
          next.ended ||
            segments.some(({ number }) => number > Number(msn)) ||
            segments.at(-1)!.parts.length > Number(part),
          `${this.address}: part ${msn}.${part} is in the playlist that waited for it`,
        )
        playlist = next
        this.#look(next)
        await this.#compare(next)
      } else playlist = await this.#playlist({})
      if (bytes) this.#parts.set(hint, bytes)
    }
  }

  async #compare({ segments }: ReadPlaylist): Promise<void> {
    for (const { uri, parts } of segments) {
      if (uri === undefined || parts.length === 0 || this.compared.has(uri)) continue
      this.compared.add(uri)
      const pieces = await Promise.all(
        parts.map(async (part) => this.#parts.get(part.uri) ?? (await this.#fetch(part.uri))),
      )
      assert.ok(
        pieces.every((piece) => piece !== undefined),
        `${uri}: every part is there`,
      )
      assert.deepEqual(await this.#fetch(uri), Buffer.concat(pieces), `${uri} is its parts`)
      for (const part of parts) this.#parts.delete(part.uri)
    }
  }

  #look(playlist: ReadPlaylist | undefined): void {
    if (!playlist) return
    this.snapshots++
    for (const { map } of playlist.segments) if (map !== undefined) this.initializations.add(map)
    // Answers may overtake one another.
    if (this.latest && endOf(playlist) >= endOf(this.latest)) assertLegalUpdate(this.latest, playlist)
    if (!this.latest || endOf(playlist) >= endOf(this.latest)) this.latest = playlist
  }

  /** Undefined where it was waited for too long. */
  async #playlist(query: Record<string, string>): Promise<ReadPlaylist | undefined> {
    const url = new URL(this.address)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const response = await fetch(url)
    const text = await response.text()
    if (response.status === 503) return undefined
    assert.equal(response.status, 200, text)
    return readPlaylist(text, { steady: false })
  }

  /** Undefined where it was announced, and never came. */
  async #fetch(name: string): Promise<Buffer | undefined> {
    const response = await fetch(new URL(name, this.address))
    const bytes = Buffer.from(await response.arrayBuffer())
    if (response.status === 404) return undefined
    assert.equal(response.status, 200, name)
    return bytes
  }
}

/** In parts of a thousandth of a segment. */
function endOf({ mediaSequence, skipped, segments }: ReadPlaylist): number {
  const growing = segments.at(-1)
  const parts = growing?.uri === undefined ? (growing?.parts.length ?? 0) : 1000
  return (mediaSequence + skipped + segments.length) * 1000 + parts
}

/** ffmpeg fetches the same initialization again after each reload of a live playlist, and then says so. */
const ITS_OWN_DOING = /Found duplicated MOOV Atom|^ *Last message repeated/

/** What ffmpeg complains of while it decodes this. */
async function decoding(
  url: string,
  input: readonly string[],
  output: readonly string[] = [],
): Promise<string> {
  const { stderr } = await run('ffmpeg', [
    ...['-v', 'warning', '-nostdin', '-xerror', ...input, '-i', url],
    ...[...output, '-f', 'null', '-'],
  ])
  const complaints = stderr.split('\n').filter((line) => line !== '' && !ITS_OWN_DOING.test(line))
  return complaints.join('\n')
}

async function codecsOf(url: string): Promise<string[]> {
  const { stdout, stderr } = await run('ffprobe', [
    ...['-v', 'warning', '-show_entries', 'stream=codec_name,width', '-of', 'compact=p=0:nk=1', url],
  ])
  assert.equal(stderr.trim(), '')
  return [...new Set(stdout.split('\n').filter(Boolean))].toSorted()
}

/** Video first. */
async function renditionsOf(index: string): Promise<WatchedRendition[]> {
  const response = await fetch(index)
  const text = await response.text()
  assert.equal(response.status, 200, text)
  const { variants, sounds } = variantsOf(text)
  return [variants[0]?.['uri'], sounds[0]?.['URI']].map(
    (uri) => new WatchedRendition(String(new URL(uri ?? assert.fail(text), index))),
  )
}

/** A real server, and a publisher that goes away in the middle and returns, while players of all kinds watch. */
export async function proveThatLiveHlsHolds(seconds: number): Promise<void> {
  await using server = await KliegProcess.start()
  const { id, streamKey, urls } = await server.createBroadcast()
  const index = `${server.url}/hls/${id}/index.m3u8`
  const isLive = ({ state }: { state: string }) => state === 'live'
  const watched: WatchedRendition[] = []
  let watching: Promise<unknown> = Promise.resolve()

  const first = async () => {
    await using _publisher = await encodedPublisher(urls.whip, streamKey)
    await server.untilBroadcast(id, isLive)
    watched.push(...(await renditionsOf(index)))
    watching = Promise.all(watched.flatMap((rendition) => [rendition.snapshot(), rendition.follow()]))
    watching.catch(() => undefined) // awaited below
    await sleep(6000)
    assert.deepEqual(await codecsOf(index), ['h264|320', 'opus'])
    assert.equal(await decoding(index, ['-live_start_index', '-3'], ['-t', '8']), '')
    await sleep(Math.max(0, (seconds / 2 - 15) * 1000))
  }
  const second = async () => {
    await server.untilBroadcast(id, ({ state }) => state === 'reconnecting')
    await using _publisher = await encodedPublisher(urls.whip, streamKey, '480x270')
    await server.untilBroadcast(id, isLive)
    const whole = decoding(index, ['-live_start_index', '0'])
    whole.catch(() => undefined) // awaited below
    await sleep((seconds / 2) * 1000)
    const stopped = await fetch(`${server.url}/api/broadcasts/${id}/stop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${streamKey}` },
    })
    assert.equal(stopped.status, 200)
    assert.equal(await whole, '', 'ffmpeg decodes all of it')
  }
  const lived = (async () => {
    await first()
    await second()
  })()
  // Whoever fails first tells why.
  await Promise.race([
    lived,
    lived
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => watching),
  ])
  await lived
  await eventually(
    () => watched.every(({ latest }) => latest?.ended === true),
    () => 'the playlists do not end',
  )
  for (const rendition of watched) rendition.stop()
  await watching

  for (const { address, snapshots, compared, latest, initializations } of watched) {
    const { pathname } = new URL(address)
    assert.ok(snapshots > seconds * 6, `${pathname}: ${snapshots} snapshots`)
    assert.ok(compared.size > seconds / 2 - 12, `${pathname}: ${compared.size} segments`)
    assert.equal(latest?.segments.at(-1)?.discontinuities, 1, `${pathname}: the publisher returned once`)
    if (pathname.includes('/v')) assert.equal(initializations.size, 2, 'with another picture')
  }
}
