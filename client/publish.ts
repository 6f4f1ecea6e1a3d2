import { LivePublication } from './live-publication.ts'
import type { Publication, PublishOptions } from './publication.ts'
import { WhipDoor } from './whip-door.ts'

/** Sends a stream to a WHIP endpoint, and again after every loss, until `close()`. Returns at once. */
export function publish(url: string | URL, stream: MediaStream, options: PublishOptions = {}): Publication {
  return new LivePublication(new WhipDoor(new URL(url, location.href), options), stream, options)
}
