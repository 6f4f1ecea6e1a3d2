import type Hls from 'hls.js'
import { withViewerToken } from './sharing.ts'
import { DelayReserve } from './delay-reserve.ts'
import { dropPlayed } from './played-media.ts'
import type { LayerChoice, LayerOffer, WatchOptions } from './viewing.ts'

/** Why it can not go on by itself. */
export type HlsFailure = {
  /** Of HTTP, where that was the reason. */
  status: number | undefined
  message: string
  /** This browser never can. Default false. */
  unsupported?: boolean
}

/** What happens in a player. */
export type HlsPlayerListeners = {
  onLayers: (layers: readonly LayerOffer[]) => void
  /** Bytes of media that came. */
  onBytes: (bytes: number) => void
  onFailure: (failure: HlsFailure) => void
  /** The playlist says that nothing follows. */
  onLastSegment: () => void
}

/** One playlist being played in a video element. */
export interface HlsPlayer {
  /** When the picture on the screen was taken, in milliseconds since the epoch; null when not known. */
  readonly pictureTakenAt: number | null
  /** Media time that counts as live; undefined until known. */
  readonly liveAt: number | undefined
  /** Codecs of what is played. */
  readonly codecs: { readonly video: string | null; readonly audio: string | null }
  /** Address of the playlist that is played; undefined where not known. */
  readonly playlist: string | undefined
  choose(choice: LayerChoice): void
  destroy(): void
}

/** Viewer token of a private broadcast. */
type Token = WatchOptions['token']

/** How much faster a player may run that has fallen behind: nobody hears it. */
const CATCH_UP = 1.08
/** Target durations from the end of a playlist that does not say how many. Three are usual; stalls bring that back. */
const HOLD_BACK = 1.75

/**
 * By Media Source Extensions where there are any, else by the browser itself (Safari on phones), which has its token in
 * the address.
 * Resolves to undefined when it can not be, or shall not be any more.
 */
export async function openHlsPlayer(
  url: URL,
  video: HTMLVideoElement,
  listeners: HlsPlayerListeners,
  { token, signal }: { token: Token; signal: AbortSignal },
): Promise<HlsPlayer | undefined> {
  const { default: Library } = await import('hls.js')
  if (signal.aborted) return undefined
  if (Library.isSupported()) return playByLibrary(Library, url, video, { ...listeners, token })
  if (video.canPlayType('application/vnd.apple.mpegurl') !== '')
    return playByBrowser(await withToken(url, token), video, listeners)
  listeners.onFailure({ status: undefined, message: 'This browser can not play HLS.', unsupported: true })
  return undefined
}

/** `Library` is hls.js. */
export function playByLibrary(
  Library: typeof Hls,
  url: URL,
  video: HTMLVideoElement,
  { onLayers, onBytes, onFailure, onLastSegment, token }: HlsPlayerListeners & { token: Token },
): HlsPlayer {
  const hls = new Library({
    lowLatencyMode: true,
    maxLiveSyncPlaybackRate: CATCH_UP,
    liveSyncOnStallIncrease: 0, // ours is given back
    liveDurationInfinity: true,
    backBufferLength: Infinity, // played media is dropped at better times
    capLevelToPlayerSize: true,
    ...(token !== undefined && { xhrSetup: authorized(token, url) }),
  })
  const { Events, ErrorTypes, ErrorDetails } = Library
  const reserve = new DelayReserve()
  let recoveredAt = -Infinity
  hls.on(Events.MANIFEST_PARSED, () =>
    onLayers(
      hls.levels.map(({ width, height, bitrate }, index) => ({
        rid: String(index),
        width,
        height,
        bitrate,
        active: true,
      })),
    ),
  )
  hls.on(Events.FRAG_LOADED, (_event, { frag, part }) => onBytes((part ?? frag).stats.total))
  hls.on(Events.LEVEL_UPDATED, (_event, { details }) => {
    if (!details.live) onLastSegment()
    const { partHoldBack, holdBack, targetduration, live } = details
    const asked = partHoldBack || holdBack || (live ? targetduration * HOLD_BACK : 0)
    const target = asked + reserve.at(performance.now())
    if (target > 0 && target !== hls.targetLatency) hls.targetLatency = target
  })
  hls.on(Events.ERROR, (_event, { fatal, type, details, response }) => {
    if (details === ErrorDetails.BUFFER_STALLED_ERROR) reserve.stalled(performance.now())
    if (!fatal) return
    if (type === ErrorTypes.MEDIA_ERROR && performance.now() - recoveredAt > 5000) {
      recoveredAt = performance.now()
      hls.recoverMediaError()
    } else onFailure({ status: response?.code, message: details })
  })
  dropPlayed(Library, hls, video)
  hls.attachMedia(video)
  hls.loadSource(url.href)
  return {
    get pictureTakenAt() {
      return hls.playingDate?.getTime() ?? null
    },
    get liveAt() {
      return hls.liveSyncPosition ?? undefined
    },
    get codecs() {
      const level = hls.levels[hls.currentLevel]
      return { video: level?.videoCodec ?? null, audio: level?.audioCodec ?? null }
    },
    get playlist() {
      return hls.levels[hls.currentLevel]?.uri ?? hls.levels[0]?.uri
    },
    choose({ rid }) {
      hls.nextLevel = rid === undefined ? -1 : Number(rid)
    },
    destroy: () => hls.destroy(),
  }
}

/**
 * Sends the token with every request to the server that plays; media may lie elsewhere, where it is none of their business.
 * The library opens the request itself only where nobody else did.
 */
function authorized(
  token: NonNullable<Token>,
  server: URL,
): (request: XMLHttpRequest, url: string) => Promise<void> {
  return async (request, url) => {
    if (new URL(url, server).origin !== server.origin) return
    const bearer = typeof token === 'function' ? await token() : token
    request.open('GET', url, true)
    request.setRequestHeader('authorization', `Bearer ${bearer}`)
  }
}

/** The server exchanges it for what the playlists carry on. */
async function withToken(url: URL, token: Token): Promise<URL> {
  const bearer = typeof token === 'function' ? await token() : token
  return new URL(withViewerToken(url.href, bearer))
}

/** For browsers that know HLS themselves. */
export function playByBrowser(
  url: URL,
  video: HTMLVideoElement,
  { onFailure }: HlsPlayerListeners,
): HlsPlayer {
  const failed = () => onFailure({ status: undefined, message: video.error?.message ?? 'playback failed' })
  video.addEventListener('error', failed)
  video.srcObject = null
  video.src = url.href
  const element = video as HTMLVideoElement & { getStartDate?: () => Date }
  return {
    get pictureTakenAt() {
      const start = element.getStartDate?.().getTime() ?? Number.NaN
      return Number.isNaN(start) ? null : start + video.currentTime * 1000
    },
    get liveAt() {
      return video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : undefined
    },
    codecs: { video: null, audio: null },
    playlist: undefined,
    choose: () => undefined, // the browser chooses
    destroy() {
      video.removeEventListener('error', failed)
      video.removeAttribute('src')
      video.load()
    },
  }
}
