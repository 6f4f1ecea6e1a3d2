/** PostgreSQL gives a bigint as text. */
type Big = number | string

/** `folded_path` is searched, `ordered_title` sorted by; codecs are separated by commas. */
export type VideoRow = {
  id: string
  path: string
  title: string
  folded_path: string
  ordered_title: string
  size: Big
  modified_at: Big
  created_at: Big
  duration: number | null
  width: number | null
  height: number | null
  codecs: string
  bitrate: Big | null
  poster_version: string | null
  examined: number
}
