import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

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
      components: {
        securitySchemes: {
          streamKey: { type: 'http', scheme: 'bearer', description: 'The stream key of the broadcast.' },
        },
      },
    },
  })
  await fastify.register(swaggerUi, { routePrefix: '/docs', staticCSP: false })
  fastify.get('/openapi.json', { schema: { hide: true } }, async () => fastify.swagger())
}
