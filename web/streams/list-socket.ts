import type { ListChange } from '../live/on-air.ts'

const FIRST_WAIT = 1000
const LONGEST_WAIT = 15_000

/** Follows the list by WebSocket and comes back by itself; returns a function that stops. */
export function followList(
  address: URL,
  listeners: { onChange: (change: ListChange) => void; onConnected: (connected: boolean) => void },
): () => void {
  const url = new URL(address)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  function connect(): void {
    const opened = new WebSocket(url)
    socket = opened
    opened.onopen = () => {
      failures = 0
      listeners.onConnected(true)
    }
    opened.onmessage = ({ data }: MessageEvent<string>) => listeners.onChange(JSON.parse(data) as ListChange)
    opened.onclose = () => {
      listeners.onConnected(false)
      timer = setTimeout(connect, waitAfter(failures++, Math.random()))
    }
  }

  connect()
  return () => {
    clearTimeout(timer)
    if (!socket) return
    socket.onclose = null
    socket.close()
  }
}

/** Milliseconds before the next attempt: twice as long each time, and never all clients at once. */
export function waitAfter(failures: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures)
  return longest / 2 + (longest / 2) * random
}
