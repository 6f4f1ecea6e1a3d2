/** `folded_path` is searched, `ordered_title` sorted by; codecs are separated by commas. */
export type VideoRow = {
  id: string
  path: string
  title: string
  folded_path: string
  ordered_title: string
  size: number
  modified_at: number
  created_at: number
  duration: number | null
  width: number | null
  height: number | null
  codecs: string
  bitrate: number | null
  poster_version: string | null
  examined: number
}
