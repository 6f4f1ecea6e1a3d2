import type { BroadcastView } from './api-types.ts'

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

/** Follows the public broadcasts, or one of any kind; returns a function that stops. */
export function followBroadcasts(
  listeners: LiveListListeners,
  { server, broadcast }: { server?: string | URL | undefined; broadcast?: string | undefined } = {},
): () => void {
  const url = new URL('api/events', new URL(server ?? '/', location.href))
  if (broadcast !== undefined) url.searchParams.set('broadcast', broadcast)
  const source = new EventSource(url)
  const hear = (name: string, listener: (fact: never) => void) =>
    source.addEventListener(name, (event: MessageEvent<string>) => listener(JSON.parse(event.data) as never))

  source.onopen = () => listeners.onConnected?.(true)
  source.onerror = () => listeners.onConnected?.(false)
  hear('list', ({ broadcasts }: { broadcasts: BroadcastView[] }) => listeners.onList?.(broadcasts))
  hear('started', (view: BroadcastView) => listeners.onStarted?.(view))
  hear('updated', (view: BroadcastView) => listeners.onUpdated?.(view))
  hear('ended', (view: BroadcastView) => listeners.onEnded?.(view))
  hear('removed', ({ id }: { id: string }) => listeners.onRemoved?.(id))
  return () => source.close()
}
