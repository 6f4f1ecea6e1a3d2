import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const compress = promisify(gzip)
const FASTEST = 1

/** A playlist whose every address carries `query`, which begins with "?": players send nothing else along. */
export function withQuery(playlist: string, query: string): string {
  return playlist
    .replaceAll(/URI="([^"?]+)(\?[^"]*)?"/g, (_whole, address: string) => `URI="${address}${query}"`)
    .replaceAll(/^([^#\s?][^\s?]*)(\?\S*)?$/gm, (_whole, address: string) => `${address}${query}`)
}

/** What a private broadcast's playlist says is for one player, and kept nowhere. */
export async function sendOwn(
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<FastifyReply> {
  reply.header('cache-control', 'private, no-store')
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(text)
  return reply.header('content-encoding', 'gzip').send(await compress(text, { level: FASTEST }))
}
