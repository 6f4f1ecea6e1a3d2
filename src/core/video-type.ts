/** How a file is put together, whatever its extension calls it. */
export type Container = 'iso' | 'matroska' | 'ogg' | 'avi' | 'mpeg-ts' | 'mpeg-ps' | 'asf' | 'flv'

type VideoType = { readonly contentType: string; readonly container: Container }

const TYPES: Readonly<Record<string, VideoType>> = {
  mp4: { contentType: 'video/mp4', container: 'iso' },
  m4v: { contentType: 'video/mp4', container: 'iso' },
  mov: { contentType: 'video/quicktime', container: 'iso' },
  '3gp': { contentType: 'video/3gpp', container: 'iso' },
  webm: { contentType: 'video/webm', container: 'matroska' },
  mkv: { contentType: 'video/x-matroska', container: 'matroska' },
  ogv: { contentType: 'video/ogg', container: 'ogg' },
  avi: { contentType: 'video/x-msvideo', container: 'avi' },
  ts: { contentType: 'video/mp2t', container: 'mpeg-ts' },
  mts: { contentType: 'video/mp2t', container: 'mpeg-ts' },
  m2ts: { contentType: 'video/mp2t', container: 'mpeg-ts' },
  mpg: { contentType: 'video/mpeg', container: 'mpeg-ps' },
  mpeg: { contentType: 'video/mpeg', container: 'mpeg-ps' },
  wmv: { contentType: 'video/x-ms-wmv', container: 'asf' },
  flv: { contentType: 'video/x-flv', container: 'flv' },
}

/** The extensions of videos, without a dot. */
export const VIDEO_EXTENSIONS: readonly string[] = Object.keys(TYPES)

/** By the extension; undefined where it is not that of a video. */
export function videoTypeOf(name: string): VideoType | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined
}
