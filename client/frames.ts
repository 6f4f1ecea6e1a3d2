import {
  type FramesPublication,
  type FramesPublishOptions,
  type FramesSource,
  LiveFramesPublication,
} from './frames-publication.ts'
import { type FramesWatchOptions, LiveFramesViewing } from './frames-viewing.ts'
import type { Viewing } from './viewing.ts'

export type { FramesPublication, FramesPublishOptions, FramesSource, FramesWatchOptions }
export type { FramesWish } from './frames-rate.ts'

/**
 * Sends what a video, canvas or stream shows as JPEG frames to `/ws/video/<id>/`, as fast and as good as the network and
 * the viewers take, and again after every loss, until `close()`. Without sound. Returns at once.
 */
export function publishFrames(
  url: string | URL,
  source: FramesSource,
  options: FramesPublishOptions = {},
): FramesPublication {
  return new LiveFramesPublication(new URL(url, location.href), source, options)
}

/** Shows the JPEG frames of `/ws/video/<id>/` in a canvas, and again after every loss, until `close()`. Returns at once. */
export function watchFrames(
  url: string | URL,
  canvas: HTMLCanvasElement,
  options: FramesWatchOptions = {},
): Viewing {
  return new LiveFramesViewing(new URL(url, location.href), canvas, options)
}
