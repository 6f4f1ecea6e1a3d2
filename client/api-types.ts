/** `created → live ⇄ reconnecting → ended`; an ended broadcast may be published again. */
export type BroadcastState = 'created' | 'live' | 'reconnecting' | 'ended'

/** Who finds a broadcast: everybody, whoever knows its address, or whoever has a viewer token. */
export type Visibility = 'public' | 'unlisted' | 'private'

/** How media reaches the viewers: forwarded by the server, or directly from browser to browser. */
export type Delivery = 'sfu' | 'p2p'

/** One encoding of a track; `rid` is '' where there is only one. */
export type LayerView = { rid: string; width?: number; height?: number }

/** What a broadcast sends. */
export type TrackView = {
  kind: 'audio' | 'video'
  /** As SDP writes it: `H264`, `opus`. */
  codec: string
  clockRate: number
  channels?: number
  fmtp?: string
  /** Best quality first. */
  layers: LayerView[]
}

/** What the server receives of one layer. */
export type LayerHealth = {
  rid: string
  /** Bits per second. */
  bitrate: number
  framesPerSecond: number
  width?: number
  height?: number
  /** Seconds between the last two key frames. */
  keyFrameInterval?: number
}

/** A broadcast as the server shows it. Times are ISO 8601 in UTC. */
export type BroadcastView = {
  id: string
  title: string
  visibility: Visibility
  record: boolean
  delivery: Delivery
  /** Its audience may talk. */
  chat: boolean
  state: BroadcastState
  viewers: number
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  codecs: string[]
  tracks: TrackView[]
  /** The publisher's latest report; null while nobody publishes. */
  health: { bitrate: number; loss: number; layers: LayerHealth[] } | null
  /** Faults of the encoder that viewers feel, each with its cure. */
  warnings: { code: string; message: string; cure: string }[]
  /** Path of the newest picture; it changes with each. */
  thumbnail: string | null
  /** Absolute addresses. */
  urls: {
    studio: string
    view: string
    embed: string
    whip: string
    whep: string
    signalling: string
    /** See `joinChat`. */
    chat: string
    /** Null where HLS can not carry its codecs. */
    hls: string | null
    /** WebSocket of JPEG frames; see `publishFrames` and `watchFrames`. */
    frames: string
    thumbnail: string
  }
}

/** A broadcast just made; its stream key is shown this once. */
export type CreatedBroadcast = BroadcastView & { streamKey: string }

/** One page of a list. */
export type BroadcastPage = { items: BroadcastView[]; total: number; page: number; pageSize: number }

/** What a new broadcast shall be; the server chooses what is left out. */
export type BroadcastWish = {
  title?: string | undefined
  visibility?: Visibility | undefined
  record?: boolean | undefined
  delivery?: Delivery | undefined
  chat?: boolean | undefined
}

/** What the server is, and how to reach it through firewalls. */
export type ServerView = {
  name: string
  version: string
  open: boolean
  /** Null where there are none: in open mode, and where an application brings its own people. */
  accounts: {
    /** Everybody may make one. */
    registration: boolean
    /** Links can be sent by mail. */
    mail: boolean
  } | null
  /** Who asks; null for a stranger. */
  user: { id: string; name: string; role: 'admin' | 'broadcaster' | 'viewer' } | null
  iceServers: RTCIceServer[]
}

/** Which rows of the watch log; all when empty. Times are ISO 8601. */
export type ViewingFilter = {
  authenticated?: boolean | undefined
  /** Began at or after, began before. */
  from?: string | undefined
  to?: string | undefined
  /** Id of a broadcast. */
  broadcast?: string | undefined
  /** Found in subject, title, user, address or protocol. */
  q?: string | undefined
}

/** One row of the watch log: one person watching one thing, from beginning to end. */
export type LoggedViewing = {
  id: string
  /** `kind` is broadcast, recording or file; a file's id is its path in the library. */
  subject: { kind: string; id: string; title: string }
  user: string | null
  authenticated: boolean
  address: string
  protocol: string
  startedAt: string
  /** Null while it goes on. */
  endedAt: string | null
  secondsWatched: number
  intervals: [from: number, to: number][]
  intervalUnit: 'seconds' | 'bytes'
  bytes: number
}

/** One page of the watch log; `watching` counts who watches anything now. */
export type LoggedViewingPage = {
  items: LoggedViewing[]
  total: number
  watching: number
  page: number
  pageSize: number
}

/** The most viewers at once within a step of time. */
export type AudiencePoint = { at: string; viewers: number }

/** How many watched at once; `step` is in seconds. */
export type AudienceOverTime = {
  from: string
  to: string
  step: number
  points: AudiencePoint[]
  peak: AudiencePoint | null
}
