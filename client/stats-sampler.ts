import { type Stat, StatsReading } from './stats-reading.ts'

const INTERVAL = 1000

/** Compares the statistics of a connection once a second; returns a function that stops. */
export function sampleStats(peer: RTCPeerConnection, onReading: (reading: StatsReading) => void): () => void {
  let previous: StatsReading | undefined
  let stopped = false
  const sample = async () => {
    const report = await peer.getStats()
    if (stopped) return
    previous = new StatsReading(report.values() as Iterable<Stat>, performance.now(), previous)
    if (previous.interval > 0) onReading(previous)
  }
  const read = () => void sample().catch(() => undefined) // closed meanwhile
  read()
  const timer = setInterval(read, INTERVAL)
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
