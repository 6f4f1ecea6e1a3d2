/** Routes of your own that start and stop provisioned streams, in Express: PORT=3000 BROADCAST_…=… node broadcast.ts */
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler } from 'express'
import {
  prepareBucket,
  prepareStartHlsStreamResponse,
  prepareStopStreamResponse,
  startHlsStream,
  stopStream,
  StreamRefused,
} from 'klieg/broadcast'
import { BROADCAST_SETTINGS as settings, currentUser } from '../stream-model.ts'

const app = express()
app.use(express.json(), express.urlencoded({ extended: false }))

app.post('/stream/start/', async (request, response) => {
  // Do request validation, etc.
  const startResult = await startHlsStream({ settings, request, user: currentUser(request) })
  response.json({ success: true, response: prepareStartHlsStreamResponse(startResult) })
})

app.post('/stream/stop/', async (request, response) => {
  const stream = await stopStream({ settings, request, user: currentUser(request) })
  response.json({ success: true, response: prepareStopStreamResponse(stream) })
})

const refuse: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof StreamRefused)) {
    next(error)
    return
  }
  const { statusCode, code, message } = error
  response.status(statusCode).json({ success: false, code, message })
}
app.use(refuse)

await prepareBucket(settings)
const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
)
