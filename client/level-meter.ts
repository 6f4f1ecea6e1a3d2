/** Shows that a microphone hears something. */
export type LevelMeter = { stop(): void }

/** Quieter than this shows as 0: about what an empty room makes. */
const FLOOR_DECIBELS = -60
/** How much of a peak remains after each picture, so that the needle falls instead of trembling. */
const FALL = 0.92

/**
 * Reports the loudness of the stream's audio, 0–1 on a scale of decibels, once per displayed picture.
 * Silent in the sense that it plays nothing. Without audio in the stream it reports 0 once.
 */
export function meterLevel(stream: MediaStream, onLevel: (level: number) => void): LevelMeter {
  const track = stream.getAudioTracks()[0]
  if (!track || typeof AudioContext === 'undefined') {
    onLevel(0)
    return { stop: () => undefined }
  }
  const context = new AudioContext()
  const source = context.createMediaStreamSource(new MediaStream([track]))
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const resume = () => void context.resume().catch(() => undefined)
  document.addEventListener('pointerdown', resume, { once: true }) // a context may sleep until the first gesture

  let shown = 0
  let request = requestAnimationFrame(measure)
  function measure(): void {
    analyser.getFloatTimeDomainData(samples)
    shown = Math.max(levelOf(samples), shown * FALL)
    onLevel(shown)
    request = requestAnimationFrame(measure)
  }

  return {
    stop: () => {
      cancelAnimationFrame(request)
      document.removeEventListener('pointerdown', resume)
      source.disconnect()
      if (context.state !== 'closed') void context.close()
    },
  }
}

/** Root mean square in decibels, from the floor to full scale as 0–1. */
export function levelOf(samples: Float32Array): number {
  let squares = 0
  for (const sample of samples) squares += sample * sample
  const decibels = 10 * Math.log10(squares / samples.length || Number.MIN_VALUE)
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DECIBELS))
}
