/** `klieg/broadcast`: storage for clients that upload their broadcasts, from routes of your own. */
export {
  type BroadcastSettings,
  readBroadcastSettings,
  type S3Settings,
} from '../../core/provision/broadcast-settings.ts'
export type { ProvisionedStorage, StartedStream } from '../../core/provision/provisioning.ts'
export {
  prepareStartHlsStreamResponse,
  prepareStopStreamResponse,
  type StartHlsStreamResponse,
  type StopStreamResponse,
} from '../../core/provision/stream-responses.ts'
export type { NewStream, Stream, StreamStore } from '../../core/provision/stream-store.ts'
export { prepareBucket } from './prepare-bucket.ts'
export { StreamRefused } from './stream-refused.ts'
export {
  refreshStream,
  startHlsStream,
  startStream,
  stopStream,
  type StreamCall,
  type StreamUser,
} from './stream-calls.ts'
