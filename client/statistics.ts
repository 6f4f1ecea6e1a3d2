/** One simulcast layer, or the only encoding (`rid` ''). */
export type LayerStatistics = {
  rid: string
  /** Bits per second. */
  bitrate: number
  framesPerSecond: number
  width: number
  height: number
  /** What keeps the browser from sending better. */
  qualityLimitation: 'none' | 'cpu' | 'bandwidth' | 'other'
}

/** The last second of what is sent. Null: this browser does not tell. */
export type PublicationStatistics = {
  /** Bits per second of all media. */
  bitrate: number
  /** Packets that did not arrive, 0–1. */
  loss: number
  /** Milliseconds. */
  roundTrip: number | null
  framesPerSecond: number
  /** Since this connection began. */
  framesEncoded: number
  /** Captured and not encoded, since this connection began. */
  framesDropped: number
  width: number
  height: number
  videoCodec: string | null
  audioCodec: string | null
  qualityLimitation: 'none' | 'cpu' | 'bandwidth' | 'other'
  /** Best quality first. */
  layers: LayerStatistics[]
}

/** The last second of what is received; counters since this connection began. Null: this browser does not tell. */
export type ViewingStatistics = {
  /** Bits per second of all media. */
  bitrate: number
  /** Packets that did not arrive, 0–1. */
  loss: number
  /** Milliseconds. */
  roundTrip: number | null
  framesPerSecond: number
  framesDecoded: number
  framesDropped: number
  freezeCount: number
  /** Milliseconds. */
  freezeDuration: number
  width: number
  height: number
  videoCodec: string | null
  audioCodec: string | null
  /** Average milliseconds a packet waited to be played. */
  jitterBuffer: number | null
}
