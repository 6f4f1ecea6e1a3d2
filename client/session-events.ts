import type { BroadcastState } from './api-types.ts'
import type { SdpSession } from './sdp-session.ts'
import type { LayerOffer } from './viewing.ts'

/** When the picture with an RTP timestamp was captured, by the server's clock in milliseconds since the epoch. */
export type CaptureClock = { readonly rtpTimestamp: number; readonly capturedAt: number }

/** What a WHEP session tells beside its media. */
export type SessionEventListeners = {
  onState: (state: BroadcastState) => void
  onViewers: (viewers: number) => void
  onLayers: (layers: LayerOffer[]) => void
  onClock: (clock: CaptureClock) => void
  /** The server wants a new session. */
  onReconnect: () => void
  /** The stream broke off; the browser tries again by itself. */
  onBroken: () => void
}

const RELATION = 'urn:ietf:params:whep:ext:core:server-sent-events'
const EVENTS = ['state', 'viewercount', 'layers', 'clock', 'reconnect']

/** Listens to the server-sent events of a WHEP session, where it offers them, until `signal` is aborted. */
export async function hearSession(
  session: SdpSession,
  listeners: SessionEventListeners,
  signal: AbortSignal,
): Promise<void> {
  const link = session.links.find(({ rel }) => rel === RELATION)
  if (!link) return
  const offered = link.parameters['events']?.split(/[\s,]+/)
  const wanted = EVENTS.filter((event) => !offered || offered.includes(event))
  const { headers } = await session.post(link.url, wanted, signal)
  const location = headers.get('location')
  if (location === null || signal.aborted) return

  const source = new EventSource(new URL(location, link.url))
  signal.addEventListener('abort', () => source.close(), { once: true })
  const hear = (event: string, heard: (data: Record<string, unknown>) => void) =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) =>
      heard(JSON.parse(data) as Record<string, unknown>),
    )
  hear('state', ({ state, viewers }) => {
    listeners.onState(state as BroadcastState)
    if (typeof viewers === 'number') listeners.onViewers(viewers)
  })
  hear('viewercount', ({ viewercount }) => {
    if (typeof viewercount === 'number') listeners.onViewers(viewercount)
  })
  hear('layers', (media) => listeners.onLayers(layersIn(media)))
  hear('clock', (clock) => listeners.onClock(clock as CaptureClock))
  hear('reconnect', () => listeners.onReconnect())
  source.addEventListener('error', () => listeners.onBroken())
}

type LayerFact = { rid?: string; encodingId?: string; width?: number; height?: number; bitrate?: number }
type MediumFact = { active?: LayerFact[]; inactive?: LayerFact[] }

/** The layers of the first medium that has a choice; names and sizes are all that players need. */
export function layersIn(media: Record<string, unknown>): LayerOffer[] {
  const media1 = Object.values(media) as (MediumFact | null)[]
  const medium = media1.find((one) => (one?.active?.length ?? 0) + (one?.inactive?.length ?? 0) > 1)
  const offers = (facts: LayerFact[] = [], active: boolean) =>
    facts.map(({ rid, encodingId, width, height, bitrate }) => ({
      rid: rid ?? encodingId ?? '',
      active,
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(bitrate !== undefined && { bitrate }),
    }))
  return [...offers(medium?.active, true), ...offers(medium?.inactive, false)].toSorted(
    (a, b) => (b.width ?? 0) - (a.width ?? 0),
  )
}
