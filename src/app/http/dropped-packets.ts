import type { MediaHosts } from '../../core/media-host.ts'

/** How many packets viewers were too slow for, all viewers together since the server began. */
export class DroppedPackets {
  total = 0
  readonly #ofSession = new Map<string, number>()

  constructor(hosts: Pick<MediaHosts, 'on'>) {
    hosts.on('viewerReported', ({ sessionId, dropped }) => {
      this.total += Math.max(0, dropped - (this.#ofSession.get(sessionId) ?? 0))
      this.#ofSession.set(sessionId, dropped)
    })
    hosts.on('sessionClosed', ({ sessionId }) => this.#ofSession.delete(sessionId))
  }
}
