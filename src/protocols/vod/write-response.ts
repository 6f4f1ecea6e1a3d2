import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'

/**
 * Sends an answer of `getStreamingResponse` where the framework speaks node:http: Express, Connect, plain Node. Resolves
 * with whether all of it was sent; a client that leaves in between is no error.
 */
export async function writeResponse(response: Response, outgoing: ServerResponse): Promise<boolean> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (!response.body) {
    outgoing.end()
    return true
  }
  try {
    await pipeline(response.body as AsyncIterable<Uint8Array>, outgoing)
    return true
  } catch {
    return false // the pipeline has closed both ends; the client sees that something is missing
  }
}
