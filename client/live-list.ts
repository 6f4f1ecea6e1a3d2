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
  const hear = <Fact>(name: string, listener: (fact: Fact) => void) =>
    source.addEventListener(name, (event: MessageEvent<string>) => listener(JSON.parse(event.data) as Fact))

  source.onopen = () => listeners.onConnected?.(true)
  source.onerror = () => listeners.onConnected?.(false)
  hear<{ broadcasts: BroadcastView[] }>('list', ({ broadcasts }) => listeners.onList?.(broadcasts))
  hear<BroadcastView>('started', (view) => listeners.onStarted?.(view))
  hear<BroadcastView>('updated', (view) => listeners.onUpdated?.(view))
  hear<BroadcastView>('ended', (view) => listeners.onEnded?.(view))
  hear<{ id: string }>('removed', ({ id }) => listeners.onRemoved?.(id))
  return () => source.close()
}
