import type { Page } from 'playwright-core'

/** What a viewer's screen showed. */
export type Watched = {
  /** Milliseconds from the drawing of a picture until it was shown. */
  delays: number[]
  /** How often nothing moved for longer than half a second. */
  stalls: number
  longestStall: number
}

/** Squares in a row, one for each bit of the clock, and a last one that is always white. */
export const CLOCK = { bits: 30, square: 20, width: 640, height: 360, framesPerSecond: 30 }

/** Publishes a canvas with a moving picture on which the time of its drawing is burned in; in an own page. */
export function publishClock(page: Page, whip: string, streamKey: string): Promise<void> {
  return page.evaluate(
    async ({ whip, streamKey, bits, square, width, height, framesPerSecond }) => {
      const canvas = document.createElement('canvas')
      Object.assign(canvas, { width, height })
      const context = canvas.getContext('2d')
      if (!context) throw new Error('no canvas')
      setInterval(() => {
        const now = Date.now()
        const hue = (now / 20) % 360
        context.fillStyle = `hsl(${hue} 50% 40%)`
        context.fillRect(0, 0, width, height)
        context.fillStyle = '#fff'
        context.fillRect((now / 5) % width, 150, 60, 120)
        for (let bit = 0; bit <= bits; bit++) {
          const isSet = bit === bits || (Math.floor(now / 2 ** bit) & 1) === 1
          context.fillStyle = isSet ? '#fff' : '#000'
          context.fillRect(bit * square, 0, square, square * 2)
        }
      }, 1000 / framesPerSecond)
      const sound = new AudioContext()
      const tone = sound.createOscillator()
      const destination = sound.createMediaStreamDestination()
      tone.connect(destination)
      tone.start()
      const stream = canvas.captureStream(framesPerSecond)
      const peer = new RTCPeerConnection()
      const video = peer.addTransceiver(stream.getVideoTracks()[0] ?? '', { direction: 'sendonly' })
      peer.addTransceiver(destination.stream.getAudioTracks()[0] ?? '', { direction: 'sendonly' })
      const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? []
      video.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/H264'))
      await peer.setLocalDescription()
      const answer = await fetch(whip, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', authorization: `Bearer ${streamKey}` },
        body: peer.localDescription?.sdp ?? '',
      })
      if (!answer.ok) throw new Error(await answer.text())
      await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
      Object.assign(globalThis, { peer }) // or it is collected
    },
    { whip, streamKey, ...CLOCK },
  )
}

/** Reads the clock from every picture that the page's video shows, for so many seconds. */
export function readClock(page: Page, seconds: number): Promise<Watched> {
  return page.evaluate(
    async ({ seconds, bits, square, width }) => {
      const video = document.querySelector('video')
      if (!video) throw new Error('no video')
      const strip = document.createElement('canvas')
      Object.assign(strip, { width: bits + 1, height: 1 })
      const context = strip.getContext('2d', { willReadFrequently: true })
      if (!context) throw new Error('no canvas')
      context.imageSmoothingEnabled = false
      const watched = { delays: [] as number[], stalls: 0, longestStall: 0 }
      const until = performance.now() + seconds * 1000
      let movedAt = performance.now()
      return new Promise<typeof watched>((resolve) => {
        const look = (_now: number, { expectedDisplayTime }: { expectedDisplayTime: number }) => {
          const now = performance.now()
          const still = now - movedAt
          movedAt = now
          if (still > 500) {
            watched.stalls++
            watched.longestStall = Math.max(watched.longestStall, still)
          }
          const shownAt = performance.timeOrigin + expectedDisplayTime
          const drawnAt = read(shownAt)
          if (drawnAt !== undefined && shownAt - drawnAt < 60_000) watched.delays.push(shownAt - drawnAt)
          if (now < until) video.requestVideoFrameCallback(look)
          else resolve(watched)
        }
        video.requestVideoFrameCallback(look)
      })

      /** The latest time before this one whose lowest bits are in the picture; undefined when the last square is not white. More than a minute is a square that was read wrongly. */
      function read(before: number): number | undefined {
        if (!video || !context) return undefined
        const scale = video.videoWidth / width
        // One pixel out of the middle of each square.
        for (let bit = 0; bit <= bits; bit++) {
          const x = (bit + 0.5) * square * scale
          context.drawImage(video, x, square * scale, 1, 1, bit, 0, 1, 1)
        }
        const { data } = context.getImageData(0, 0, bits + 1, 1)
        if ((data[bits * 4] ?? 0) < 128) return undefined
        let low = 0
        for (let bit = 0; bit < bits; bit++) if ((data[bit * 4] ?? 0) >= 128) low += 2 ** bit
        const period = 2 ** bits
        const high = Math.floor(before / period) * period
        return high + low <= before ? high + low : high - period + low
      }
    },
    { seconds, ...CLOCK },
  )
}
