import { Counter, Gauge, type Registry } from 'prom-client'
import type { FrameRooms } from '../../protocols/frames/frame-rooms.ts'

/** What goes through the frames door, read when somebody looks. */
export function addFrameMetrics(
  registry: Registry,
  rooms: Pick<FrameRooms, 'counts' | 'viewers' | 'encoded'>,
): void {
  const registers = [registry]
  const counter = (name: string, help: string, value: () => number) =>
    new Counter({
      ...{ name: `klieg_frames_${name}_total`, help, registers },
      collect() {
        this.reset()
        this.inc(value())
      },
    })
  counter('received', 'JPEG frames of publishers', () => rooms.counts.received)
  counter('received_bytes', 'Bytes of the JPEG frames of publishers', () => rooms.counts.receivedBytes)
  counter('sent', 'JPEG frames to viewers', () => rooms.counts.sent)
  counter('sent_bytes', 'Bytes of the JPEG frames to viewers', () => rooms.counts.sentBytes)
  new Counter({
    name: 'klieg_frames_dropped_total',
    help: 'JPEG frames that went nowhere: a slow viewer, the limit it set, a flood, or no JPEG',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const [reason, count] of Object.entries(rooms.counts.dropped)) this.inc({ reason }, count)
    },
  })
  new Gauge({
    name: 'klieg_frames_viewers',
    help: 'Viewers of JPEG frames, by what carries them',
    labelNames: ['transport'],
    registers,
    collect() {
      for (const [transport, count] of Object.entries(rooms.viewers)) this.set({ transport }, count)
    },
  })
  new Gauge({
    name: 'klieg_frames_encoded_broadcasts',
    help: 'Broadcasts of JPEG frames that are encoded as H264',
    registers,
    collect() {
      this.set(rooms.encoded)
    },
  })
}
