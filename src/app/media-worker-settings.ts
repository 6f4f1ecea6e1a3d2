/** What the main process tells a media worker in its environment. */
export type MediaWorkerSettings = {
  readonly id: string
  /** Address that the UDP port is bound to. */
  readonly host: string
  readonly port: number
  /** Public addresses to announce. */
  readonly addresses: readonly string[]
  /** Bits per second that a publisher is told it may send. */
  readonly maxBitrate: number
  /** How joining viewers begin. */
  readonly firstFrame: 'group' | 'key-frame'
  readonly logLevel: string
  readonly logFormat: string
}
