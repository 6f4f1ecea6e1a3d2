import type { Page } from 'playwright-core'

/** What a player by hand has played. */
export type PlayedByHand = {
  parts: number
  frames: number
  /** Stretches that were buffered; more than one means holes. */
  ranges: number
  errors: string[]
}

/**
 * As a browser with HLS of its own does it: reads the playlists below `base`, waits for parts by blocking reload, and
 * appends what they list to Media Source Extensions, byte for byte.
 */
export function playPlaylistByHand(page: Page, base: string, seconds: number): Promise<PlayedByHand> {
  return page.evaluate(
    async ([base, seconds]) => {
      const errors: string[] = []
      const playlists = await (await fetch(`${base}index.m3u8`)).text()
      const codecs = /CODECS="([^"]+)"/.exec(playlists)?.[1]?.split(',') ?? []
      const sound = /TYPE=AUDIO.*URI="([^"]+)"/.exec(playlists)?.[1] ?? ''
      const picture = /#EXT-X-STREAM-INF.*\n(.+)/.exec(playlists)?.[1] ?? ''
      const video = document.createElement('video')
      video.muted = true
      video.addEventListener('error', () => errors.push(String(video.error?.message)))
      const source = new MediaSource()
      video.src = URL.createObjectURL(source)
      document.body.append(video)
      await new Promise((resolve) => source.addEventListener('sourceopen', resolve, { once: true }))
      let parts = 0

      async function append(buffer: SourceBuffer, url: URL): Promise<void> {
        const response = await fetch(url)
        if (!response.ok) throw new Error(`${response.status} for ${url.pathname}`)
        buffer.appendBuffer(await response.arrayBuffer())
        await new Promise((resolve) => buffer.addEventListener('updateend', resolve, { once: true }))
      }

      async function play(address: string, type: string, until: number): Promise<void> {
        const playlistUrl = new URL(address, base)
        const buffer = source.addSourceBuffer(type)
        const appended = new Set<string>()
        let next = ''
        while (performance.now() < until) {
          const url = new URL(playlistUrl)
          if (next !== '') url.search += next
          const response = await fetch(url)
          const text = await response.text()
          if (!response.ok) throw new Error(`${response.status}: ${text}`)
          for (const line of text.split('\n')) {
            const name = /^#EXT-X-(?:MAP|PART):.*URI="([^"]+)"/.exec(line)?.[1]
            if (name === undefined || appended.has(name)) continue
            // Parts before the first that can be decoded alone are of no use.
            if (line.startsWith('#EXT-X-PART') && appended.size === 1 && !line.includes('INDEPENDENT'))
              continue
            appended.add(name)
            await append(buffer, new URL(name, playlistUrl))
            if (line.startsWith('#EXT-X-PART')) parts++
          }
          const [, run, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\w+)\.(\d+)\.(\d+)\.m4s"/.exec(text) ?? []
          if (run === undefined) throw new Error('there is no preload hint')
          next = `&_HLS_msn=${msn}&_HLS_part=${part}`
          const start = buffer.buffered.length > 0 ? buffer.buffered.start(0) : 0
          if (video.currentTime < start) video.currentTime = start
          void video.play().catch(() => undefined)
        }
      }

      const until = performance.now() + seconds * 1000
      const [videoCodec = '', audioCodec = ''] = codecs
      const failed = (error: unknown) => errors.push(String(error))
      await Promise.all([
        play(picture, `video/mp4; codecs="${videoCodec}"`, until).catch(failed),
        play(sound, `audio/mp4; codecs="${audioCodec}"`, until).catch(failed),
      ])
      const { totalVideoFrames } = video.getVideoPlaybackQuality()
      return { parts, frames: totalVideoFrames, ranges: video.buffered.length, errors }
    },
    [base, seconds] as const,
  )
}
