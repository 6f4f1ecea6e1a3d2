import { broadcastAddress } from './broadcast-address.ts'
import { LivePublication } from './live-publication.ts'
import { LiveViewing } from './live-viewing.ts'
import { PeerBroadcasterDoor } from './peer-broadcaster-door.ts'
import { PeerViewerDoor } from './peer-viewer-door.ts'
import type { Publication, PublishOptions } from './publication.ts'
import type { Viewing, WatchOptions } from './viewing.ts'

/** What only makes sense when the server forwards. */
type ForwardedOnly = 'simulcast'

/** Sends a stream to each viewer directly, for broadcasts with `p2p` delivery. `url` is the signalling WebSocket. */
export function publishPeerToPeer(
  url: string | URL,
  stream: MediaStream,
  options: Omit<PublishOptions, ForwardedOnly> = {},
): Publication {
  return new LivePublication(new PeerBroadcasterDoor(webSocketUrl(url), options), stream, options)
}

/** Shows what a broadcaster sends directly, for broadcasts with `p2p` delivery. `url` is the signalling WebSocket. */
export function watchPeerToPeer(
  url: string | URL,
  video: HTMLVideoElement,
  options: Omit<WatchOptions, 'media'> = {},
): Viewing {
  const endpoint = webSocketUrl(url)
  const door = new PeerViewerDoor(endpoint, options)
  return new LiveViewing(door, video, { ...options, address: broadcastAddress(endpoint) })
}

function webSocketUrl(url: string | URL): URL {
  const absolute = new URL(url, location.href)
  absolute.protocol = absolute.protocol.replace(/^http/, 'ws')
  return absolute
}
