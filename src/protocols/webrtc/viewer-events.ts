import type { Broadcast } from '../../core/broadcast.ts'
import type { LayerReport } from '../../core/media-host.ts'
import type { EventStream } from '../event-stream.ts'
import type { StateAnnouncer } from './state-announcer.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** What a player may ask to hear: the events of WHEP, and two of ours. */
export const VIEWER_EVENTS = [
  'active',
  'inactive',
  'layers',
  'reconnect',
  'viewercount',
  'clock',
  'state',
] as const
export type ViewerEvent = (typeof VIEWER_EVENTS)[number]

/** Sends `wanted` of one viewer's session to `stream`, from how things stand now until either is over. */
export function sendViewerEvents(
  session: WebRtcSession,
  wanted: ReadonlySet<ViewerEvent>,
  { stream, announcer }: { stream: EventStream; announcer: StateAnnouncer },
): void {
  const { broadcast } = session
  let active: boolean | undefined
  let layers = ''

  function send(event: ViewerEvent, data: unknown): void {
    if (wanted.has(event)) stream.send(event, data)
  }

  function sendState(): void {
    const { state, viewers } = broadcast
    const nowActive = state === 'live'
    if (nowActive !== active) send(nowActive ? 'active' : 'inactive', {})
    active = nowActive
    send('viewercount', { viewercount: viewers })
    send('state', { state, viewers })
  }

  /** Bit rates change all the time: they are told along, but are no reason to tell. */
  function sendLayers(): void {
    const now = layersOf(session)
    const text = JSON.stringify([now, session.rid], (key, value: unknown) =>
      key === 'bitrate' ? undefined : value,
    )
    if (text === layers) return
    layers = text
    send('layers', now)
  }

  sendState()
  sendLayers()
  const stopListening = [
    announcer.listen(broadcast, () => {
      sendState()
      sendLayers()
    }),
    session.on('viewerReported', sendLayers),
    session.on('captureClock', ({ rtpTimestamp, capturedAt }) => send('clock', { rtpTimestamp, capturedAt })),
  ]
  void session.closed.then((reason) => {
    sendState()
    // Its own leaving and the end of the broadcast are no reason to come back; everything else is.
    if (reason !== 'ended' && reason !== 'kicked') send('reconnect', { reason })
    stream.close()
  })
  void stream.closed.then(() => {
    for (const stop of stopListening) stop()
  })
}

/** The simulcast layers by MID: those that flow, and those that the publisher has paused. */
function layersOf({ broadcast, videoMid, rid: selected }: WebRtcSession): Record<string, unknown> {
  const video = broadcast.tracks.find(({ kind }) => kind === 'video')
  if (!video || videoMid === undefined) return {}
  const layers = video.layers.map(({ rid, width, height }) => {
    const bitrate = reportOf(broadcast, rid)?.bitrate
    return { encodingId: rid, rid, width, height, bitrate }
  })
  const paused = ({ bitrate }: { bitrate: number | undefined }): boolean => bitrate === 0
  return {
    [videoMid]: {
      active: layers.filter((layer) => !paused(layer)),
      inactive: layers.filter(paused),
      layers,
      selected,
    },
  }
}

function reportOf({ health }: Broadcast, rid: string): LayerReport | undefined {
  return health?.layers.find((layer) => layer.rid === rid)
}
