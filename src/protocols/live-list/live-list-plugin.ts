import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Broadcasts } from '../../core/broadcasts.ts'
import { onAir } from '../broadcast-changes.ts'
import { baseUrlOf, broadcastView } from '../broadcast-view.ts'

export type LiveListOptions = {
  broadcasts: Broadcasts
  publicUrl: string
  sendPage: (reply: FastifyReply) => FastifyReply
}

/** `/streams/`: the page of what is live, or the same as JSON for those who ask for JSON. */
export async function liveListPlugin(
  fastify: FastifyInstance,
  { broadcasts, publicUrl, sendPage }: LiveListOptions,
): Promise<void> {
  fastify.get(
    '/streams/',
    {
      schema: {
        tags: ['Broadcasts'],
        summary: 'What is live: JSON when asked for JSON, else a page',
      },
    },
    async (request, reply) => {
      reply.header('vary', 'accept')
      if (!prefersJson(request.headers.accept)) return sendPage(reply)
      const base = baseUrlOf(publicUrl, request)
      return { streams: (await onAir(broadcasts)).map((broadcast) => broadcastView(broadcast, base)) }
    },
  )
}

const prefersJson = (accept = '') => accept.includes('application/json') && !accept.includes('text/html')
