import { BroadcastError } from '../../core/errors.ts'
import type { BroadcastSettings } from '../../core/provision/broadcast-settings.ts'
import type { StartedStream } from '../../core/provision/provisioning.ts'
import type { Stream } from '../../core/provision/stream-store.ts'
import { type ParameterRequest, streamParameter } from '../../protocols/provision/stream-parameters.ts'
import { provisionedPlaceOf } from './provisioned-place.ts'
import { refusing } from './stream-refused.ts'

/** Who asks, as your application knows them. `id`: up to 128 letters, digits or any of `. _ @ = + -`. */
export type StreamUser = { readonly id: string | number }

/** What came to a route of yours. */
export type StreamCall = {
  readonly settings: BroadcastSettings
  /** With `query` and `body` parsed, as in Express and Fastify: `type`, `name` and `id` are read from there. */
  readonly request: ParameterRequest
  /** Who is signed in; nobody is refused with 403. */
  readonly user: StreamUser | null | undefined
}

/**
 * Starts a stream of the type that the request asks for, of which there is `hls`: keeps it in `STREAM_MODEL`, and
 * makes credentials that can upload below `<user>/<stream>/` in the bucket and do nothing else.
 *
 * Rejects with `StreamRefused`: `not-allowed` (403, nobody is signed in), `unknown-stream-type` (400), `bad-request`
 * (400, a parameter is too long, no text, or there twice), `bad-id` (400, the user's id), `storage-unavailable` (503);
 * then there is no stream.
 */
export function startStream({ settings, request, user }: StreamCall): Promise<StartedStream> {
  return refusing(async () => {
    const ownerId = idOf(user)
    const wish = { type: streamParameter(request, 'type'), name: streamParameter(request, 'name'), ownerId }
    return provisionedPlaceOf(settings).provisioning.startStream(wish)
  })
}

/** As `startStream`, for a route that starts HLS and nothing else: the request needs no `type`. */
export function startHlsStream({ settings, request, user }: StreamCall): Promise<StartedStream> {
  return refusing(async () => {
    const wish = { name: streamParameter(request, 'name'), ownerId: idOf(user) }
    return provisionedPlaceOf(settings).provisioning.startHlsStream(wish)
  })
}

/**
 * New credentials for the stream that is the request's `id`, before the old ones expire. The answer is that of a start.
 * Rejects as `stopStream` does, and with `storage-unavailable` (503).
 */
export function refreshStream(call: StreamCall): Promise<StartedStream> {
  return refusing(async () => provisionedPlaceOf(call.settings).provisioning.refreshStream(askOf(call)))
}

/**
 * Stops the stream that is the request's `id`, and closes its place in the bucket for credentials that are still valid;
 * where your keys may not do that, those hold until they expire and the process warns with `KLIEG_REVOKE`.
 *
 * Rejects with `StreamRefused`: `bad-request` (400, no id), `stream-not-found` (404), `not-allowed` (403, somebody
 * else's stream, or nobody is signed in), `stream-stopped` (409).
 */
export function stopStream(call: StreamCall): Promise<Stream> {
  return refusing(async () => provisionedPlaceOf(call.settings).provisioning.stopStream(askOf(call)))
}

function askOf({ request, user }: StreamCall) {
  const ownerId = idOf(user)
  return { id: streamParameter(request, 'id'), by: { ownerId } }
}

function idOf(user: StreamCall['user']): string {
  if (user === null || user === undefined)
    throw new BroadcastError('not-allowed', 'sign in to start and stop streams')
  return String(user.id)
}
