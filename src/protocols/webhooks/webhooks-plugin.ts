import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { assertAdministers } from '../assert-administers.ts'
import type { Doorkeeper } from '../../core/doorkeeper.ts'
import { WEBHOOK_EVENTS } from '../../core/webhooks/webhook.ts'
import type { Webhooks } from '../../core/webhooks/webhooks.ts'
import { PAGE_FIELDS, pageOf, partOf } from '../paging.ts'
import {
  DeliveryState,
  deliveryView,
  DeliveryViewSchema,
  EventSchema,
  webhookView,
  WebhookViewSchema,
} from './webhook-views.ts'

/** What these routes need from the rest of the system, and nothing more. */
export type WebhooksPluginOptions = {
  webhooks: Webhooks
  doorkeeper: Pick<Doorkeeper, 'assertMay'>
}

const Id = Type.Object({ id: Type.String() })
const DeliveryId = Type.Object({ id: Type.String(), delivery: Type.String() })
const Wishes = {
  url: Type.String({ minLength: 1, maxLength: 2000, description: 'http or https, not inside your network' }),
  description: Type.String({ maxLength: 200 }),
  events: Type.Array(EventSchema, { uniqueItems: true }),
  active: Type.Boolean(),
}
const Secret = Type.Object({ secret: Type.String({ description: 'Told this once; it signs.' }) })
const WithSecret = Type.Intersect([WebhookViewSchema, Secret])
const tags = ['Webhooks']

/** `/api/webhooks…`: who is told of what happens here, and what they have been told. For administrators. */
export async function webhooksPlugin(
  instance: FastifyInstance,
  { webhooks, doorkeeper }: WebhooksPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  const onRequest = async (request: FastifyRequest) => assertAdministers({ doorkeeper }, request)
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  fastify.get(
    '/api/webhooks',
    {
      onRequest,
      schema: {
        tags,
        summary: 'All of them, oldest first, and the events there are',
        response: {
          200: Type.Object({ items: Type.Array(WebhookViewSchema), events: Type.Array(Type.String()) }),
        },
      },
    },
    async () => ({ items: webhooks.list().map(webhookView), events: [...WEBHOOK_EVENTS] }),
  )

  fastify.post(
    '/api/webhooks',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Tell an address of events',
        body: Type.Object(
          {
            ...{ url: Wishes.url, events: Wishes.events },
            description: Type.Optional(Wishes.description),
            active: Type.Optional(Wishes.active),
          },
          { additionalProperties: false },
        ),
        response: { 201: WithSecret },
      },
    },
    async (request, reply) => {
      const { webhook, secret } = await webhooks.create({ description: '', active: true, ...request.body })
      return reply
        .code(201)
        .header('location', `/api/webhooks/${webhook.id}`)
        .send({ ...webhookView(webhook), secret })
    },
  )

  fastify.get(
    '/api/webhooks/:id',
    { onRequest, schema: { tags, summary: 'One of them', params: Id, response: { 200: WebhookViewSchema } } },
    async (request) => webhookView(webhooks.get(request.params.id)),
  )

  fastify.patch(
    '/api/webhooks/:id',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Change it, turn it off and on',
        params: Id,
        body: Type.Partial(Type.Object(Wishes), { additionalProperties: false }),
        response: { 200: WebhookViewSchema },
      },
    },
    async (request) => webhookView(await webhooks.edit(request.params.id, request.body)),
  )

  fastify.delete(
    '/api/webhooks/:id',
    { onRequest, schema: { tags, summary: 'Remove it and its log', params: Id } },
    async (request, reply) => {
      await webhooks.remove(request.params.id)
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/webhooks/:id/secret',
    {
      onRequest,
      schema: {
        tags,
        summary: 'A new secret; for a day events are signed with the old one as well',
        params: Id,
        response: { 200: WithSecret },
      },
    },
    async (request) => {
      const { webhook, secret } = await webhooks.changeSecret(request.params.id)
      return { ...webhookView(webhook), secret }
    },
  )

  fastify.post(
    '/api/webhooks/:id/test',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Send it a test; what came of it is in its log',
        params: Id,
        response: { 202: DeliveryViewSchema },
      },
    },
    async (request, reply) => reply.code(202).send(deliveryView(await webhooks.sendTest(request.params.id))),
  )

  fastify.get(
    '/api/webhooks/:id/deliveries',
    {
      onRequest,
      schema: {
        tags,
        summary: 'What it was sent within a week, newest first',
        params: Id,
        querystring: Type.Object({
          state: Type.Optional(DeliveryState),
          ...PAGE_FIELDS,
        }),
        response: {
          200: pageOf(DeliveryViewSchema),
        },
      },
    },
    async (request) => {
      const { state } = request.query
      const { part, page, pageSize } = partOf(request.query)
      const { records, total } = await webhooks.deliveries(request.params.id, {
        ...(state && { state }),
        ...part,
      })
      return { items: records.map(deliveryView), total, page, pageSize }
    },
  )

  fastify.get(
    '/api/webhooks/:id/deliveries/:delivery',
    {
      onRequest,
      schema: {
        tags,
        summary: 'One delivery with its attempts',
        params: DeliveryId,
        response: { 200: DeliveryViewSchema },
      },
    },
    async ({ params }) => deliveryView(await webhooks.delivery(params.id, params.delivery)),
  )

  fastify.post(
    '/api/webhooks/:id/deliveries/:delivery/resend',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Send the same once more, now',
        params: DeliveryId,
        response: { 202: DeliveryViewSchema },
      },
    },
    async ({ params }, reply) =>
      reply.code(202).send(deliveryView(await webhooks.resend(params.id, params.delivery))),
  )
}
