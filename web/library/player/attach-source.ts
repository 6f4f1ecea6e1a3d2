/** Lets the element play a file or a playlist; returns a function that lets go of it. */
export function attachSource(
  video: HTMLVideoElement,
  { url, contentType, onFailed }: { url: string; contentType: string; onFailed: () => void },
): () => void {
  const release =
    contentType === 'application/vnd.apple.mpegurl' ? attachPlaylist(video, url, onFailed) : undefined
  if (!release) video.src = url
  return () => {
    release?.()
    video.removeAttribute('src')
    video.load() // or the browser goes on fetching it
  }
}

/** Undefined where the browser plays playlists by itself and nothing else could. */
function attachPlaylist(
  video: HTMLVideoElement,
  url: string,
  onFailed: () => void,
): (() => void) | undefined {
  if (!('MediaSource' in window || 'ManagedMediaSource' in window)) return undefined
  let release = () => {}
  let isWanted = true
  import('hls.js').then(
    ({ default: Hls }) => {
      if (!isWanted) return
      const hls = new Hls({ capLevelToPlayerSize: true })
      let recoveries = 0
      hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
        if (!fatal) return
        if (type === Hls.ErrorTypes.MEDIA_ERROR && recoveries++ < 2) hls.recoverMediaError()
        else onFailed()
      })
      hls.loadSource(url)
      hls.attachMedia(video)
      release = () => hls.destroy()
    },
    () => isWanted && onFailed(),
  )
  return () => {
    isWanted = false
    release()
  }
}
