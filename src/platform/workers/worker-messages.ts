import type { ErrorCode } from '../../core/errors.ts'
import type { MediaHost, MediaHostEvents } from '../../core/media-host.ts'

/** What a worker is asked, and by whom it is answered. */
export type HostMethod = Exclude<keyof MediaHost, 'id' | 'on'>

/** Beside the media host: which broadcasts to send to the main process, and which to expect from it. */
export type RelayMethod = 'exportFeed' | 'stopExport' | 'importFeed'

export type ToWorker =
  | { kind: 'call'; id: number; method: HostMethod | RelayMethod; args: readonly unknown[] }
  | { kind: 'log-level'; level: string }
  | { kind: 'ping' }
  | { kind: 'shutdown' }

/** One worker's last second. */
export type WorkerStats = {
  /** 99th percentile of the event loop's delay, in seconds. */
  readonly eventLoopLag: number
  /** Seconds of processor time since it began. */
  readonly processorSeconds: number
  readonly residentBytes: number
  /** RTP and RTCP packets from and to peers since it began. */
  readonly packetsIn: number
  readonly packetsOut: number
  /** Of these packets, before encryption. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** Frames that it sent through the relay, and packets that found it full. */
  readonly relayed: number
  readonly relayDropped: number
}

/** Something that a worker's media host announced. */
export type HostFact = {
  [Name in keyof MediaHostEvents]: { readonly name: Name; readonly fact: MediaHostEvents[Name] }
}[keyof MediaHostEvents]

export type FromWorker =
  | { kind: 'ready' }
  /** It cannot begin, and leaves. */
  | { kind: 'unable'; message: string }
  | { kind: 'result'; id: number; value: unknown }
  | {
      kind: 'failure'
      id: number
      code: ErrorCode | undefined
      message: string
      retryAfter: number | undefined
    }
  /** Oldest first. */
  | { kind: 'facts'; facts: readonly HostFact[] }
  | { kind: 'pong'; stats: WorkerStats }

/** The end of a process-to-process channel, in either process. */
export type MessagePort<Out, In> = {
  send(message: Out): void
  onMessage(listener: (message: In) => void): void
}
