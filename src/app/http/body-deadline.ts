import type { FastifyInstance, FastifyRequest } from 'fastify'

export type BodyDeadline = {
  /** Milliseconds from the headers to the end of the body. */
  within: number
  /** Those whose bodies take long by their nature, and which watch over them themselves. */
  except: (request: FastifyRequest) => boolean
}

/** Cuts off who takes too long to send a body. Node's own limit knows no exceptions. */
export function installBodyDeadline(fastify: FastifyInstance, { within, except }: BodyDeadline): void {
  fastify.addHook('onRequest', async (request) => {
    const { raw } = request
    if (!hasBody(request) || except(request)) return
    const timer = setTimeout(() => raw.destroy(), within)
    raw.once('close', () => clearTimeout(timer))
  })
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
