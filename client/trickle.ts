import type { SdpSession } from './sdp-session.ts'

/** Candidates found within this many milliseconds travel together. */
const GATHER_FOR = 50

/** Whether a relay may be the only way, so that its candidates are worth telling; others the server finds by itself. */
export function needsTrickle(servers: readonly RTCIceServer[] | undefined): boolean {
  return (servers ?? []).some(({ urls }) => [urls].flat().some((url) => /^turns?:/i.test(url)))
}

/** Collects candidates from now on; `send` them once the session is known (RFC 8840). */
export function gatherCandidates(peer: RTCPeerConnection): {
  sendTo(session: SdpSession, signal: AbortSignal): void
} {
  let waiting: string[] = []
  let send: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  peer.addEventListener('icecandidate', ({ candidate }) => {
    waiting.push(candidate ? `a=${candidate.candidate}` : 'a=end-of-candidates')
    timer ??= setTimeout(() => {
      timer = undefined
      send?.()
    }, GATHER_FOR)
  })
  return {
    sendTo: (session, signal) => {
      send = () => {
        const lines = waiting.filter((text) => text !== 'a=')
        waiting = []
        const head = /^m=.*$/m.exec(peer.localDescription?.sdp ?? '')
        if (!head || lines.length === 0 || signal.aborted) return
        const { sdp } = peer.localDescription ?? { sdp: '' }
        const line = (name: string) => new RegExp(`^a=${name}:.*$`, 'm').exec(sdp)?.[0].trim() ?? ''
        const fragment = [line('ice-ufrag'), line('ice-pwd'), head[0].trim(), line('mid'), ...lines]
        void session.trickle(`${fragment.join('\r\n')}\r\n`, signal)
      }
      if (timer === undefined) send()
    },
  }
}
