/** `klieg/streaming`: videos by range in a server of your own. */
export { fileIterator, type FileIteratorOptions } from './file-iterator.ts'
export { type AnyRequest, getRequestIp, type RequestIpOptions } from './request-ip.ts'
export { getStreamingResponse, type StreamingOptions } from './streaming-response.ts'
export { logWatchRequest, type WatchLogEntry, type WatchLogStore } from './watch-request.ts'
export { writeResponse } from './write-response.ts'
