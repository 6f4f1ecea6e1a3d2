import { uploadThumbnail } from '../../client/index.ts'
import { SERVER } from '../server-address.ts'
import { thumbnailSize } from './thumbnail-size.ts'

const FIRST_AFTER = 1500
const INTERVAL = 10_000
const QUALITY = 0.75

/** Sends what `video` shows as a picture for the live list, now and then; returns a function that stops. */
export function sendThumbnails(
  video: HTMLVideoElement,
  { id, streamKey }: { id: string; streamKey: string },
): () => void {
  const send = async () => {
    const jpeg = await pictureOf(video)
    if (jpeg) await uploadThumbnail(id, jpeg, { server: SERVER, key: streamKey })
  }
  // One that fails is not missed: the next one is on its way.
  const attempt = () => void send().catch(() => undefined)
  const first = setTimeout(attempt, FIRST_AFTER)
  const timer = setInterval(attempt, INTERVAL)
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}

function pictureOf(video: HTMLVideoElement): Promise<Blob | null> {
  if (video.videoWidth === 0) return Promise.resolve(null)
  const { width, height } = thumbnailSize(video.videoWidth, video.videoHeight)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.drawImage(video, 0, 0, width, height)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
}
