import type { RenditionWindow } from './rendition-window.ts'

/**
 * The playlist of playlists (RFC 8216bis §4.4.6): each video layer is a variant, with the sound beside it, so that a
 * second rendition of the sound finds its place. `query` goes behind every address.
 */
export function multivariantPlaylist(windows: readonly RenditionWindow[], query: string): string {
  const video = windows.filter(({ rendition }) => rendition.kind === 'video')
  const audio = windows.filter(({ rendition }) => rendition.kind === 'audio')
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6']
  if (windows.every(({ isIndependent }) => isIndependent)) lines.push('#EXT-X-INDEPENDENT-SEGMENTS')
  const loudest = Math.max(0, ...audio.map(({ bandwidth }) => bandwidth.peak))
  const average = Math.max(0, ...audio.map(({ bandwidth }) => bandwidth.average))
  if (video.length > 0)
    for (const [index, { rendition }] of audio.entries())
      lines.push(
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="${index === 0 ? 'Sound' : `Sound ${index + 1}`}",DEFAULT=${index === 0 ? 'YES' : 'NO'},AUTOSELECT=YES,CHANNELS="2",URI="${rendition.id}/index.m3u8${query}"`,
      )
  const audioCodecs = audio.flatMap(({ latest }) => latest?.initialization.codecs ?? [])
  for (const { rendition, bandwidth, latest } of video.length > 0 ? video : audio) {
    const { codecs = '', width = 0, height = 0 } = latest?.initialization ?? {}
    const all = rendition.kind === 'video' ? [...new Set([codecs, ...audioCodecs])] : [codecs]
    const sound = rendition.kind === 'video' ? { peak: loudest, average } : { peak: 0, average: 0 }
    const attributes = [
      `BANDWIDTH=${bandwidth.peak + sound.peak}`,
      `AVERAGE-BANDWIDTH=${bandwidth.average + sound.average}`,
      `CODECS="${all.join(',')}"`,
      ...(width > 0 ? [`RESOLUTION=${width}x${height}`] : []),
      ...(rendition.kind === 'video' && audio.length > 0 ? ['AUDIO="sound"'] : []),
    ]
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, `${rendition.id}/index.m3u8${query}`)
  }
  lines.push('')
  return lines.join('\n')
}
