/** What can go wrong with a camera, a microphone or a screen. */
export type DeviceErrorCode =
  | 'insecure-context'
  | 'unsupported'
  | 'not-allowed'
  | 'not-found'
  | 'in-use'
  | 'unsuitable'
  | 'cancelled'
  | 'failed'

/** Whom a failure is about. */
export type DeviceKind = 'camera' | 'microphone' | 'camera-and-microphone' | 'screen'

const NAMES: Record<DeviceKind, string> = {
  camera: 'camera',
  microphone: 'microphone',
  'camera-and-microphone': 'camera and the microphone',
  screen: 'screen',
}

/** A device could not be opened: `message` says what happened, `remedy` what the person can do. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError'
  readonly code: DeviceErrorCode
  readonly remedy: string

  constructor(code: DeviceErrorCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.remedy = remedy
  }
}

/** Puts what getUserMedia and getDisplayMedia reject with into words. Browsers disagree on names: all known ones count. */
export function deviceError(cause: unknown, kind: DeviceKind): DeviceError {
  const name = cause instanceof Error ? cause.name : ''
  const message = cause instanceof Error ? cause.message : ''
  const what = NAMES[kind]
  const error = (code: DeviceErrorCode, text: string, remedy: string) =>
    new DeviceError(code, text, remedy, { cause })

  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      if (/system/i.test(message))
        return error(
          'not-allowed',
          `The operating system keeps the ${what} from the browser.`,
          'Allow it for this browser in the privacy settings of your system, then start the browser anew.',
        )
      if (kind === 'screen')
        return error('cancelled', 'No screen was chosen.', 'Share again and choose a screen, window or tab.')
      return error(
        'not-allowed',
        `This page may not use the ${what}.`,
        'Open the settings beside the address bar, allow it there, and try again.',
      )
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return error('not-found', `No ${what} was found.`, 'Plug one in, or choose another source.')
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return error(
        'in-use',
        `The ${what} can not be read.`,
        'Close other programs and tabs that use it, or plug it in again.',
      )
    case 'OverconstrainedError':
    case 'ConstraintNotSatisfiedError':
      return error(
        'unsuitable',
        `The ${what} can not do what was asked.`,
        'Choose another one, or a lower quality.',
      )
    case 'InvalidStateError':
      return error('cancelled', `The ${what} was not asked for by a click.`, 'Press the button once more.')
    default:
      return error('failed', `The ${what} could not be opened.`, 'Try again, or choose another source.')
  }
}

/** `navigator.mediaDevices`, or why there is none. */
export function mediaDevices(): MediaDevices {
  if (!globalThis.isSecureContext)
    throw new DeviceError(
      'insecure-context',
      'Browsers give cameras and microphones to secure pages only.',
      'Open this page by https://, or by http://localhost on the machine that serves it.',
    )
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices
  if (!devices)
    throw new DeviceError(
      'unsupported',
      'This browser can not open cameras and microphones.',
      'Use a current Chrome, Edge, Firefox or Safari, outside of other apps.',
    )
  return devices
}
