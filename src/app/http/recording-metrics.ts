import { Counter, Gauge, type Registry } from 'prom-client'
import type { RecorderStatus } from '../../core/recording/recorder.ts'

/** What the recorder does, read when somebody looks. */
export function addRecordingMetrics(registry: Registry, status: () => RecorderStatus): void {
  const gauge = (name: string, help: string, value: (status: RecorderStatus) => number) =>
    new Gauge({
      ...{ name: `klieg_${name}`, help, registers: [registry] },
      collect() {
        this.set(value(status()))
      },
    })
  gauge('recordings', 'Broadcasts that are being recorded', ({ recordings }) => recordings)
  gauge('recording_queued_bytes', 'Media that waits for the disk', ({ queued }) => queued)
  gauge('recording_disk_full', '1 while recordings pause for want of room', ({ full }) => Number(full))
  new Counter({
    name: 'klieg_recording_dropped_bytes_total',
    help: 'Media that was not recorded: the disk was full, too slow or failed',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(status().dropped)
    },
  })
}
