import { getBroadcast } from './api.ts'
import type { BroadcastAddress } from './broadcast-address.ts'
import { followBroadcasts } from './live-list.ts'

/** A server that restarts is silent for a moment within this time. */
const LASTS = 1500

/**
 * Whether somebody stopped the broadcast, so that its publisher must not bring it back: the server says that it has
 * ended, and goes on speaking. A server that shuts down says so, too, but then falls silent.
 */
export async function wasStopped(
  { id, server }: BroadcastAddress,
  { key, signal }: { key: string | undefined; signal: AbortSignal },
): Promise<boolean> {
  const view = await getBroadcast(id, { server, key, signal }).catch(() => undefined)
  if (view?.state !== 'ended') return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const stop = followBroadcasts(
    {
      onConnected: (connected) => {
        if (!connected) resolve(false)
      },
    },
    { server, broadcast: id },
  )
  const timer = setTimeout(() => resolve(true), LASTS)
  signal.addEventListener('abort', () => resolve(false), { once: true })
  const stopped = await promise
  clearTimeout(timer)
  stop()
  return stopped
}
