import { broadcastAddress } from './broadcast-address.ts'
import { LiveViewing } from './live-viewing.ts'
import type { Viewing, WatchOptions } from './viewing.ts'
import { WhepDoor } from './whep-door.ts'

/** Shows a broadcast of a WHEP endpoint in a video element, and again after every loss, until `close()`. Returns at once. */
export function watch(url: string | URL, video: HTMLVideoElement, options: WatchOptions = {}): Viewing {
  const endpoint = new URL(url, location.href)
  const door = new WhepDoor(endpoint, options)
  return new LiveViewing(door, video, { ...options, address: broadcastAddress(endpoint) })
}
