import type { MediaFacts } from '../../core/media-probe.ts'

type Stream = {
  codec_type?: string
  codec_name?: string
  width?: number
  height?: number
  disposition?: { attached_pic?: number }
  tags?: { rotate?: string }
  side_data_list?: { rotation?: number }[]
}
type Answer = { streams?: Stream[]; format?: { duration?: string; bit_rate?: string } }

/** What `ffprobe -of json -show_format -show_streams` says. Throws when there is no video in it. */
export function mediaFactsIn(json: string): MediaFacts {
  const { streams = [], format = {} } = JSON.parse(json) as Answer
  const video = streams.find((stream) => stream.codec_type === 'video' && !isCover(stream))
  if (!video) throw new Error('there is no video in it')
  const audio = streams.find(({ codec_type }) => codec_type === 'audio')
  const { width = null, height = null } = video
  const [shownWidth, shownHeight] = isOnItsSide(video) ? [height, width] : [width, height]
  return {
    duration: positive(format.duration),
    width: shownWidth,
    height: shownHeight,
    codecs: [video, audio].flatMap((stream) => stream?.codec_name ?? []),
    bitrate: positive(format.bit_rate),
  }
}

/** The picture of an album, which counts as a video stream. */
const isCover = ({ disposition }: Stream) => disposition?.attached_pic === 1

/** Phones write what is held upright as a landscape with a rotation. */
function isOnItsSide({ side_data_list = [], tags }: Stream): boolean {
  const rotation =
    side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? Number(tags?.rotate ?? 0)
  return Math.abs(rotation) % 180 === 90
}

/** Files that are not whole say N/A, or nothing. */
function positive(text: string | undefined): number | null {
  const value = Number(text)
  return Number.isFinite(value) && value > 0 ? value : null
}
