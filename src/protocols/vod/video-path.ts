import { videoTypeOf } from '../../core/video-type.ts'

const MAX_BYTES = 255
/** Separators and stream names of other systems, and what has no place in a name. */
const FORBIDDEN = /[\\:\u0000-\u001f\u007f]/
/** Windows opens a device by these names, whatever the folder and extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i

/** Whether a path may lead to a video: relative, plain, no hidden names, and the extension of a video. */
export function isVideoPath(path: string): boolean {
  if (path === '' || !path.isWellFormed() || Buffer.byteLength(path) > MAX_BYTES) return false
  if (FORBIDDEN.test(path) || videoTypeOf(path) === undefined) return false
  return path.split('/').every(isPlainName)
}

/** No empty name, none of the folder itself or the one above, none that Windows would read as another. */
function isPlainName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[. ]$/.test(name) && !DEVICE.test(name)
}
