/** A file below a rendition, by its name. */
export type Resource =
  | { readonly kind: 'initialization'; readonly run: string; readonly number: number }
  | { readonly kind: 'segment'; readonly run: string; readonly number: number }
  | { readonly kind: 'part'; readonly run: string; readonly number: number; readonly part: number }

const INITIALIZATION = /^([a-z0-9]{1,12})\.init(\d{1,9})\.mp4$/
const MEDIA = /^([a-z0-9]{1,12})\.(\d{1,15})(?:\.(\d{1,9}))?\.m4s$/

/** Undefined for names that were never given. */
export function resourceOf(name: string): Resource | undefined {
  const header = INITIALIZATION.exec(name)
  if (header) return { kind: 'initialization', run: header[1] ?? '', number: Number(header[2]) }
  const media = MEDIA.exec(name)
  if (!media) return undefined
  const [, run = '', number, part] = media
  return part === undefined
    ? { kind: 'segment', run, number: Number(number) }
    : { kind: 'part', run, number: Number(number), part: Number(part) }
}
