/** Routes of your own that start and stop provisioned streams, in Fastify: PORT=3000 BROADCAST_…=… node broadcast.ts */
import Fastify from 'fastify'
import {
  prepareBucket,
  prepareStartHlsStreamResponse,
  prepareStopStreamResponse,
  startHlsStream,
  stopStream,
  StreamRefused,
} from 'klieg/broadcast'
import { BROADCAST_SETTINGS as settings, currentUser } from '../stream-model.ts'

const fastify = Fastify() // with @fastify/formbody it also takes parameters from forms

fastify.post('/stream/start/', async (request) => {
  // Do request validation, etc.
  const startResult = await startHlsStream({ settings, request, user: currentUser(request) })
  return { success: true, response: prepareStartHlsStreamResponse(startResult) }
})

fastify.post('/stream/stop/', async (request) => {
  const stream = await stopStream({ settings, request, user: currentUser(request) })
  return { success: true, response: prepareStopStreamResponse(stream) }
})

fastify.setErrorHandler((error, _request, reply) => {
  if (!(error instanceof StreamRefused)) return reply.send(error)
  const { statusCode, code, message } = error
  return reply.code(statusCode).send({ success: false, code, message })
})

await prepareBucket(settings)
const address = await fastify.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' })
console.log(`${address}/`)
