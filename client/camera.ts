import { DeviceError, deviceError, type DeviceKind, mediaDevices } from './device-error.ts'

/** Which camera and microphone, and how; `false` leaves one out. */
export type CameraOptions = {
  camera?: string | boolean | undefined
  microphone?: string | boolean | undefined
  /** Wished for, not insisted on. Default 1280 × 720 at 30. */
  width?: number | undefined
  height?: number | undefined
  frameRate?: number | undefined
  /** On phones: `user` (default) or `environment`. Not with a device id. */
  facing?: 'user' | 'environment' | undefined
  /** Off for music. Default true. */
  voiceProcessing?: boolean | undefined
}

/** Opens camera and microphone. Rejects with DeviceError. A device that has gone is replaced by the default one. */
export async function openCamera(options: CameraOptions = {}): Promise<MediaStream> {
  const devices = mediaDevices()
  const constraints = constraintsFor(options)
  const kind = kindOf(constraints)
  try {
    return await devices.getUserMedia(constraints)
  } catch (cause) {
    const error = deviceError(cause, kind)
    const chosen = typeof options.camera === 'string' || typeof options.microphone === 'string'
    if (!chosen || !['unsuitable', 'not-found'].includes(error.code)) throw error
  }
  try {
    return await devices.getUserMedia(constraintsFor({ ...options, ...anyOf(options) }))
  } catch (cause) {
    throw deviceError(cause, kind)
  }
}

/** What a screen is shared with. */
export type ScreenOptions = {
  /** What the tab or system plays, where the browser can. Default true. */
  audio?: boolean | undefined
  frameRate?: number | undefined
}

/** Lets the person choose a screen, window or tab; must be called from a click. Rejects with DeviceError. */
export async function shareScreen({
  audio = true,
  frameRate = 30,
}: ScreenOptions = {}): Promise<MediaStream> {
  const devices = mediaDevices() as { getDisplayMedia?: MediaDevices['getDisplayMedia'] }
  if (!devices.getDisplayMedia)
    throw new DeviceError(
      'unsupported',
      'This browser can not share the screen.',
      'Use a desktop browser; phones can share their camera.',
    )
  try {
    const stream = await devices.getDisplayMedia({ video: { frameRate: { ideal: frameRate } }, audio })
    for (const track of stream.getVideoTracks()) track.contentHint = 'detail' // text stays readable
    return stream
  } catch (cause) {
    throw deviceError(cause, 'screen')
  }
}

/**
 * Opens a camera again that stopped by itself: unplugged, taken by another program, or put to sleep by a phone.
 * Returns a function that stops watching over it.
 */
export function reopenWhenEnded(
  stream: MediaStream,
  {
    options,
    onReopened,
    onFailed,
  }: {
    options?: CameraOptions | undefined
    onReopened: (stream: MediaStream) => void
    onFailed?: ((error: DeviceError) => void) | undefined
  },
): () => void {
  let current = stream
  let stopped = false
  const isStopped = () => stopped
  let opening = false
  let due = false

  const reopen = async () => {
    if (stopped || opening || !due) return
    if (document.visibilityState === 'hidden') return // phones refuse; visibilitychange comes back to it
    opening = true
    try {
      const next = await openCamera(options)
      due = false
      forget()
      for (const track of current.getTracks()) track.stop()
      if (isStopped()) for (const track of next.getTracks()) track.stop()
      else {
        current = next
        watch()
        onReopened(next)
      }
    } catch (error) {
      due = false
      if (!isStopped() && error instanceof DeviceError) onFailed?.(error)
    } finally {
      opening = false
    }
  }
  const ended = () => {
    due = true
    void reopen()
  }
  const changed = () => {
    if (current.getTracks().some(({ readyState }) => readyState === 'ended')) ended()
  }
  const watch = () => {
    for (const track of current.getTracks()) track.addEventListener('ended', ended)
  }
  const forget = () => {
    for (const track of current.getTracks()) track.removeEventListener('ended', ended)
  }

  watch()
  document.addEventListener('visibilitychange', changed)
  const devices = mediaDevices()
  devices.addEventListener('devicechange', changed)
  return () => {
    stopped = true
    forget()
    document.removeEventListener('visibilitychange', changed)
    devices.removeEventListener('devicechange', changed)
  }
}

function constraintsFor(options: CameraOptions): MediaStreamConstraints {
  const { camera = true, microphone = true, width = 1280, height = 720, frameRate = 30 } = options
  const { facing = 'user', voiceProcessing = true } = options
  const voice = {
    echoCancellation: voiceProcessing,
    noiseSuppression: voiceProcessing,
    autoGainControl: voiceProcessing,
  }
  return {
    video: camera !== false && {
      width: { ideal: width },
      height: { ideal: height },
      frameRate: { ideal: frameRate },
      ...(typeof camera === 'string' ? { deviceId: { exact: camera } } : { facingMode: { ideal: facing } }),
    },
    audio: microphone !== false && {
      ...voice,
      ...(typeof microphone === 'string' && { deviceId: { exact: microphone } }),
    },
  }
}

function anyOf({ camera, microphone }: CameraOptions): CameraOptions {
  return { camera: camera !== false, microphone: microphone !== false }
}

function kindOf({ video, audio }: MediaStreamConstraints): DeviceKind {
  if (video && audio) return 'camera-and-microphone'
  return video ? 'camera' : 'microphone'
}
