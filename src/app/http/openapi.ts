import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { describedAnswers } from './described-answers.ts'

const PROBLEM = {
  description: 'Refused or failed; `code` is stable and says why.',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'detail'],
        properties: {
          type: { type: 'string', const: 'about:blank' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { type: 'string', description: 'Programs branch on it.' },
          detail: { type: 'string', description: 'For people.' },
        },
      },
    },
  },
}
const METHODS_THAT_CHANGE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** `/openapi.json` describes every route that has a schema; `/docs` shows it. */
export async function installOpenApi(fastify: FastifyInstance, version: string): Promise<void> {
  await fastify.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Klieg',
        version,
        description:
          'Self-hosted live video: one broadcast id, any door in, any door out. Errors are application/problem+json.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'Sign-in', description: 'In and out, setup, invitations and forgotten passwords.' },
        { name: 'Account', description: 'What people change of their own account.' },
        { name: 'API keys', description: 'What programs sign in with.' },
        { name: 'Users', description: 'Accounts and invitations, for administrators.' },
        { name: 'Broadcasts', description: 'Make, list, follow, change and stop them.' },
        { name: 'Sharing', description: 'Who may watch what is private.' },
        { name: 'WHIP', description: 'Publish over WebRTC (RFC 9725).' },
        { name: 'WHEP', description: 'Watch over WebRTC.' },
        { name: 'HLS', description: 'Watching by any number of people through any HTTP cache.' },
        {
          name: 'Chat',
          description: 'What was said, and moderation; talking itself is a WebSocket, `/ws/chat/<id>/`.',
        },
        { name: 'Audit log', description: 'Who did what, for administrators; read only.' },
        { name: 'Webhooks', description: 'Who is told of what happens here, for administrators.' },
        { name: 'Frames', description: 'Motion JPEG, for <img>, curl and OpenCV.' },
        { name: 'Watch log', description: 'Who watched what, for administrators; read only.' },
        { name: 'Administration', description: 'How the server itself is, for administrators.' },
        { name: 'Start and stop', description: 'The same broadcasts under other names.' },
        {
          name: 'Provisioned streams',
          description: 'Storage for clients that upload their streams themselves.',
        },
        { name: 'Recordings', description: 'Replay and download of what was broadcast.' },
        { name: 'Library', description: 'Videos and recordings.' },
        { name: 'Server', description: 'What it is, and how it is.' },
      ],
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-klieg',
            description:
              'Of a sign-in; only pages of this server may change anything with it. Named klieg without https.',
          },
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, klieg_…' },
          streamKey: { type: 'http', scheme: 'bearer', description: 'The stream key of the broadcast.' },
          viewerToken: { type: 'http', scheme: 'bearer', description: 'Where a broadcast is private.' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: described(schema, String(route.method), url), url }),
  })
  await fastify.register(swaggerUi, { routePrefix: '/docs', staticCSP: false })
  fastify.get('/openapi.json', { schema: { hide: true } }, async () => fastify.swagger())
}

/** What clients need to know of a route, beside what the server checks. */
function described(schema: FastifySchema, method: string, url: string): FastifySchema {
  if (schema.hide) return schema
  const { consumes, body } = schema
  return {
    ...schema,
    ...(consumes && !body && { body: { content: bodiesOf(consumes) } }),
    response: { ...answersOf(schema, method, url), default: PROBLEM },
    ...rightsOf(schema, method),
  }
}

function answersOf({ response }: FastifySchema, method: string, url: string): object {
  if (!response) return describedAnswers(method, url) ?? { 200: { description: 'Done.', type: 'null' } }
  return Object.fromEntries(
    Object.entries(response).map(([status, answer]) => [
      status,
      { description: STATUS_CODES[status], ...(answer as object) },
    ]),
  )
}

function bodiesOf(types: readonly string[]): Record<string, object> {
  return Object.fromEntries(
    types.map((type) => [
      type,
      { schema: type.startsWith('image/') ? { type: 'string', format: 'binary' } : { type: 'string' } },
    ]),
  )
}

/** A server with --open asks for none of these, hence the empty alternative. */
function rightsOf({ tags = [] }: FastifySchema, method: string): FastifySchema {
  if (tags.includes('Sign-in')) return {}
  if (tags.includes('Account')) return { security: [{ session: [] }] }
  if (tags.includes('Users')) return { security: [{ session: [] }, { apiKey: [] }] }
  if (tags.includes('API keys')) return { security: [{ session: [] }] }
  if (tags.includes('WHEP') || tags.includes('HLS') || tags.includes('Frames'))
    return { security: [{ viewerToken: [] }, {}] }
  return METHODS_THAT_CHANGE.has(method) ? { security: [{ streamKey: [] }, {}] } : {}
}
