/** What keeps the browser from sending better. */
export type QualityLimitation = 'none' | 'cpu' | 'bandwidth' | 'other'

/** One simulcast layer, or the only encoding (`rid` ''). */
export type LayerStatistics = {
  rid: string
  /** Bits per second. */
  bitrate: number
  framesPerSecond: number
  width: number
  height: number
  qualityLimitation: QualityLimitation
}

/** The last second of what is sent; counters since this connection began. Null: this browser does not tell. */
export type PublicationStatistics = {
  /** Bits per second of all media. */
  bitrate: number
  /** Packets that did not arrive, 0–1. */
  loss: number
  /** Milliseconds. */
  roundTrip: number | null
  framesPerSecond: number
  framesEncoded: number
  /** Captured and not encoded. */
  framesDropped: number
  width: number
  height: number
  videoCodec: string | null
  audioCodec: string | null
  /** Of the best layer. */
  qualityLimitation: QualityLimitation
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
