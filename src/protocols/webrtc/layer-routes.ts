import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BroadcastError } from '../../core/errors.ts'
import type { LayerSelection } from '../../core/media-host.ts'
import { answerPreflight } from './sdp-over-http.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** How a WHEP answer points here. */
export const LAYER_RELATION = 'rel="urn:ietf:params:whep:ext:core:layer"'

type Resource = { Params: { id: string; session: string } }
type WantedLayer = {
  mediaId?: string
  rid?: string
  encodingId?: string
  maxWidth?: number
  maxHeight?: number
}

/** Lets a player choose its simulcast layer; asking for nothing in particular lets the server choose. */
export function layerRoutes(
  fastify: FastifyInstance,
  watched: (request: FastifyRequest<Resource>) => Promise<WebRtcSession>,
): void {
  const url = '/whep/:id/:session/layer'
  answerPreflight(fastify, url, { 'accept-post': 'application/json' })

  fastify.post<Resource & { Body: WantedLayer }>(
    url,
    {
      schema: {
        tags: ['WHEP'],
        summary: 'Choose the simulcast layer',
        body: {
          type: 'object',
          properties: {
            mediaId: { type: 'string', maxLength: 64 },
            rid: { type: 'string', maxLength: 64 },
            encodingId: { type: 'string', maxLength: 64, description: 'Another name for rid' },
            maxWidth: { type: 'integer', minimum: 1, maximum: 65_535 },
            maxHeight: { type: 'integer', minimum: 1, maximum: 65_535 },
          },
        },
      },
    },
    async (request, reply) => {
      const session = await watched(request)
      await session.host.selectLayer(session.id, selectionOf(request.body, session))
      return reply.code(200).send()
    },
  )
}

function selectionOf(
  { mediaId, rid, encodingId, maxWidth, maxHeight }: WantedLayer,
  { broadcast, videoMid }: WebRtcSession,
): LayerSelection {
  if (mediaId !== undefined && mediaId !== videoMid)
    throw new BroadcastError('bad-request', 'mediaId must be the MID of the video')
  const wanted = rid ?? encodingId
  const layers = broadcast.tracks.find(({ kind }) => kind === 'video')?.layers ?? []
  if (wanted !== undefined && !layers.some((layer) => layer.rid === wanted))
    throw new BroadcastError('bad-request', `the layers are: ${layers.map((layer) => layer.rid).join(', ')}`)
  return {
    ...(wanted === undefined ? {} : { rid: wanted }),
    ...(maxWidth === undefined ? {} : { maxWidth }),
    ...(maxHeight === undefined ? {} : { maxHeight }),
  }
}
