import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { contentSecurityPolicy, NONCE_PLACE } from './security-headers.ts'

/** Addresses that are pages, with and without a slash at the end; everything else unknown is a friendly 404. */
const PAGES = [
  ...['/', '/admin/', '/admin/:tab/', '/broadcast/', '/view/:id/', '/embed/:id', '/library/'],
  '/library/:kind/:id/',
]
const ACCOUNT_PAGES = ['/setup/', '/sign-in/', '/reset/', '/invitation/', '/register/', '/account/']

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Klieg</title>
<p>The server runs, but its web interface has not been built: run <code>npm start</code>, or <code>npm run build</code> once.</p>`

const NONCE_BYTES = 16

export type Pages = {
  /** Sends the interface, which finds out by itself which page is meant. */
  send(reply: FastifyReply, status?: number): FastifyReply
}

/** Serves the web interface from `folder`: one document for all pages, files with hashed names for ever. */
export async function servePages(
  fastify: FastifyInstance,
  folder: string,
  { accounts, sources }: { accounts: boolean; sources: readonly string[] },
): Promise<Pages> {
  const index = path.join(folder, 'index.html')
  const pages: Pages = {
    send(reply, status = 200) {
      const nonce = randomBytes(NONCE_BYTES).toString('base64')
      const html = existsSync(index) ? readFileSync(index, 'utf8') : NOT_BUILT
      return reply
        .code(status)
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-cache')
        .header('content-security-policy', contentSecurityPolicy(reply.request.url, { nonce, sources }))
        .send(html.replaceAll(NONCE_PLACE, nonce))
    },
  }
  if (existsSync(path.join(folder, 'assets')))
    await fastify.register(fastifyStatic, {
      root: path.join(folder, 'assets'),
      prefix: '/assets/',
      immutable: true,
      maxAge: '365d',
      index: false,
    })
  for (const page of accounts ? [...PAGES, ...ACCOUNT_PAGES] : PAGES)
    fastify.get(page, { schema: { hide: true } }, async (_request, reply) => pages.send(reply))
  const icon = path.join(folder, 'favicon.svg')
  if (existsSync(icon))
    fastify.get('/favicon.svg', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('image/svg+xml').header('cache-control', 'max-age=86400').send(readFileSync(icon)),
    )
  return pages
}
