/** The newest of a live playlist. */
export type PlaylistEdge = {
  /** Address of the newest whole segment; undefined before the first. */
  readonly segment: string | undefined
  /** Number of the segment, and of the part in it, that come next. */
  readonly msn: number
  readonly part: number
}

/** Reads where a media playlist ends. */
export async function edgeOf(playlist: string): Promise<PlaylistEdge> {
  const response = await fetch(playlist)
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${text}`)
  const names = [...text.matchAll(/^[^#\n].*\.m4s$/gm)]
  const name = names.at(-1)?.[0]
  const hint = /PRELOAD-HINT:TYPE=PART,URI="\w+\.(\d+)\.(\d+)\.m4s/.exec(text)
  if (!hint) throw new Error('the playlist is not live')
  return {
    segment: name === undefined ? undefined : new URL(name, playlist).href,
    msn: Number(hint[1]),
    part: Number(hint[2]),
  }
}

/** Waits until it has a whole segment. */
export async function untilSegment(playlist: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const segment = await edgeOf(playlist).then(
      (edge) => edge.segment,
      () => undefined,
    )
    if (segment !== undefined) return segment
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('no segment came')
}
