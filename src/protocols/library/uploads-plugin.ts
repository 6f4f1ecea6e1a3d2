import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LibraryRights } from '../../core/library-rights.ts'
import { sendProblem } from '../problem.ts'
import { visitorOf } from '../visitor.ts'
import { UPLOADS_PATH, type Uploads } from './uploads.ts'

export type UploadsPluginOptions = { uploads: Uploads; rights: LibraryRights }

/** A client that sends nothing for this long is gone. */
const SILENCE = 60_000
const BYTES = 'application/offset+octet-stream'
const CODES: Readonly<Record<number, string>> = {
  404: 'upload-not-found',
  409: 'offset-mismatch',
  410: 'upload-not-found',
  412: 'precondition-failed',
  413: 'too-large',
  500: 'internal',
}
const tags = ['Library']

/** Uploads to the library that can be interrupted and continued, by tus 1.0. */
export async function uploadsPlugin(
  fastify: FastifyInstance,
  { uploads, rights }: UploadsPluginOptions,
): Promise<void> {
  // Not read here: what a video's bytes mean is asked while they come.
  fastify.addContentTypeParser(BYTES, (_request, _payload, done) => done(null))
  fastify.addHook('onRequest', async (request) => {
    rights.assertMayUpload(visitorOf(request.headers, request.ip, request.identity))
  })

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { raw } = request
    raw.setTimeout(SILENCE, () => raw.destroy())
    try {
      return await sendAnswer(reply, await uploads.answer(webRequestOf(request)))
    } finally {
      // What was refused half-way must still be read, or its sender never comes to read the answer.
      if (!raw.readableEnded && !raw.destroyed) raw.removeAllListeners('data').resume()
    }
  }

  const upload = `${UPLOADS_PATH}/:upload`
  fastify.post(UPLOADS_PATH, { schema: { tags, summary: 'Begin an upload (tus)' } }, answer)
  fastify.options(UPLOADS_PATH, { schema: { hide: true } }, answer)
  fastify.head(upload, { schema: { tags, summary: 'How much of it has arrived' } }, answer)
  fastify.patch(upload, { schema: { tags, summary: 'Continue it', consumes: [BYTES] } }, answer)
  fastify.delete(upload, { schema: { tags, summary: 'Give it up' } }, answer)
}

function webRequestOf({ raw, method, url }: FastifyRequest): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each)
  const hasBody = method === 'POST' || method === 'PATCH'
  return new Request(new URL(url, 'http://localhost'), {
    method,
    headers,
    ...(hasBody && { body: Readable.toWeb(raw) as ReadableStream, duplex: 'half' }),
  })
}

async function sendAnswer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  const { status } = response
  const text = await response.text()
  for (const [name, value] of response.headers)
    if (name !== 'content-type' && name !== 'content-length') reply.header(name, value)
  if (status >= 400)
    return sendProblem(reply, { status, code: CODES[status] ?? 'bad-request', detail: text.trim() })
  return reply.code(status).send(text === '' ? undefined : text)
}
