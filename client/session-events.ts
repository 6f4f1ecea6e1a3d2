import type { BroadcastState } from './api-types.ts'
import type { ViewingStage } from './live-viewing.ts'
import type { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import type { SdpSession } from './sdp-session.ts'
import type { LayerOffer } from './viewing.ts'

/** When the picture with an RTP timestamp was captured, by the server's clock in milliseconds since the epoch. */
export type CaptureClock = { readonly rtpTimestamp: number; readonly capturedAt: number }

const RELATION = 'urn:ietf:params:whep:ext:core:server-sent-events'
const EVENTS = ['state', 'viewercount', 'layers', 'clock', 'reconnect']

/** Tells the stage what a WHEP session says beside its media, where it says anything, until the link is lost. */
export async function hearSession(session: SdpSession, stage: ViewingStage, link: PeerLink): Promise<void> {
  const over = new AbortController()
  void link.lost.then(() => over.abort())
  const { signal } = over
  const offer = session.links.find(({ rel }) => rel === RELATION)
  if (!offer) return
  const offered = offer.parameters['events']?.split(/[\s,]+/)
  const wanted = EVENTS.filter((event) => !offered || offered.includes(event))
  const { headers } = await session.post(offer.url, wanted, signal)
  const location = headers.get('location')
  if (location === null || signal.aborted) return

  const source = new EventSource(new URL(location, offer.url))
  signal.addEventListener('abort', () => source.close(), { once: true })
  const hear = (event: string, heard: (data: Record<string, unknown>) => void) =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) =>
      heard(JSON.parse(data) as Record<string, unknown>),
    )
  hear('state', ({ state, viewers }) => {
    if (typeof viewers === 'number') stage.countedViewers(viewers)
    stage.broadcastIs(state as BroadcastState)
  })
  hear('viewercount', ({ viewercount }) => {
    if (typeof viewercount === 'number') stage.countedViewers(viewercount)
  })
  hear('layers', (media) => stage.offeredLayers(layersIn(media)))
  hear('clock', (clock) => stage.captured(clock as CaptureClock))
  hear('reconnect', () => link.lose(new ProblemError('reconnect', 'The server asks for a new connection.')))
  source.addEventListener('error', () => link.probe()) // it broke off; the browser tries again by itself
}

type LayerFact = { rid?: string; encodingId?: string; width?: number; height?: number; bitrate?: number }
type MediumFact = { active?: LayerFact[]; inactive?: LayerFact[] } | null

/** The layers of the first medium that has a choice, best first. */
function layersIn(media: Record<string, unknown>): LayerOffer[] {
  const offers = (facts: LayerFact[] = [], active: boolean) =>
    facts.map(({ rid, encodingId, width, height, bitrate }) => ({
      rid: rid ?? encodingId ?? '',
      active,
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(bitrate !== undefined && { bitrate }),
    }))
  for (const medium of Object.values(media) as MediumFact[]) {
    const layers = [...offers(medium?.active, true), ...offers(medium?.inactive, false)]
    if (layers.length > 1) return layers.toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0))
  }
  return []
}
