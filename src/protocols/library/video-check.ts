import { fileTypeFromBuffer, fileTypeFromFile } from 'file-type'
import { BroadcastError } from '../../core/errors.ts'
import { type Container, VIDEO_EXTENSIONS, videoTypeOf } from '../../core/video-type.ts'

const CONTAINERS: Readonly<Record<string, Container>> = {
  'video/mp4': 'iso',
  'video/quicktime': 'iso',
  'video/x-m4v': 'iso',
  'video/3gpp': 'iso',
  'video/3gpp2': 'iso',
  'video/webm': 'matroska',
  'video/matroska': 'matroska',
  'video/ogg': 'ogg',
  'application/ogg': 'ogg',
  'video/vnd.avi': 'avi',
  'video/mp2t': 'mpeg-ts',
  'video/MP1S': 'mpeg-ps',
  'video/MP2P': 'mpeg-ps',
  'video/mpeg': 'mpeg-ps',
  'video/x-ms-asf': 'asf',
  'application/vnd.ms-asf': 'asf',
  'video/x-flv': 'flv',
}

/** Enough of a file to tell what it is. */
export const HEAD_BYTES = 4100

/** Throws `unsupported-media` for a name that is not that of a video. */
export function assertVideoName(name: string): void {
  if (!videoTypeOf(name))
    throw new BroadcastError(
      'unsupported-media',
      `only videos can be uploaded: ${VIDEO_EXTENSIONS.join(', ')}`,
    )
}

/** Rejects with `unsupported-media` where a file is not what its name says. */
export async function assertVideoContent(content: string | Buffer, name: string): Promise<void> {
  const type = await (typeof content === 'string' ? fileTypeFromFile(content) : fileTypeFromBuffer(content))
  const container = type && CONTAINERS[type.mime]
  if (container === undefined || container !== videoTypeOf(name)?.container)
    throw new BroadcastError(
      'unsupported-media',
      `this file is ${type ? `of type ${type.mime}` : 'of an unknown type'}, not the video that its name says`,
    )
}
