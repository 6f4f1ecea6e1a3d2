import type { BroadcastView } from './api-types.ts'
import type { Bearer } from './sdp-session.ts'

/** How a list of broadcasts changes. */
export type LiveListListeners = {
  /** The whole list: at first, and again after every reconnection. */
  onList?: ((broadcasts: BroadcastView[]) => void) | undefined
  onStarted?: ((broadcast: BroadcastView) => void) | undefined
  onUpdated?: ((broadcast: BroadcastView) => void) | undefined
  onEnded?: ((broadcast: BroadcastView) => void) | undefined
  onRemoved?: ((id: string) => void) | undefined
  /** Whether the server is heard; while not, the browser tries again by itself. */
  onConnected?: ((connected: boolean) => void) | undefined
}

/** Follows the public broadcasts, or one of any kind, by its viewer token if it is private; returns a function that stops. */
export function followBroadcasts(
  listeners: LiveListListeners,
  {
    server,
    broadcast,
    token,
  }: { server?: string | URL | undefined; broadcast?: string | undefined; token?: Bearer } = {},
): () => void {
  const url = new URL('api/events', new URL(server ?? '/', location.href))
  if (broadcast !== undefined) url.searchParams.set('broadcast', broadcast)
  let source: EventSource | undefined
  let isOver = false
  if (typeof token === 'function')
    void Promise.resolve(token()).then(open, () => listeners.onConnected?.(false))
  else open(token)
  return () => {
    isOver = true
    source?.close()
  }

  function open(bearer: string | undefined): void {
    if (isOver) return
    if (bearer !== undefined && bearer !== '') url.searchParams.set('token', bearer) // it can send no header
    source = new EventSource(url)
    hearAll(source, listeners)
  }
}

function hearAll(source: EventSource, listeners: LiveListListeners): void {
  const hear = (name: string, listener: (fact: never) => void) =>
    source.addEventListener(name, (event: MessageEvent<string>) => listener(JSON.parse(event.data) as never))

  source.onopen = () => listeners.onConnected?.(true)
  source.onerror = () => listeners.onConnected?.(false)
  hear('list', ({ broadcasts }: { broadcasts: BroadcastView[] }) => listeners.onList?.(broadcasts))
  hear('started', (view: BroadcastView) => listeners.onStarted?.(view))
  hear('updated', (view: BroadcastView) => listeners.onUpdated?.(view))
  hear('ended', (view: BroadcastView) => listeners.onEnded?.(view))
  hear('removed', ({ id }: { id: string }) => listeners.onRemoved?.(id))
}
