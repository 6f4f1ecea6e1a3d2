import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BroadcastError } from '../../core/errors.ts'
import { sendProblem } from '../../protocols/problem.ts'
import { BufferPool } from '../../protocols/vod/buffer-pool.ts'
import type { ByteRange } from '../../protocols/vod/parse-range.ts'
import { planAnswer } from '../../protocols/vod/plan-answer.ts'
import { ResponseOutlet } from '../../protocols/vod/response-outlet.ts'
import { sendParts } from '../../protocols/vod/send-parts.ts'
import { VideoFile } from '../../protocols/vod/video-file.ts'

/** Sends a file that the server chose itself, as the range door sends videos; without a limit, for ranges are exact. */
export function fileSender(): (
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
) => Promise<readonly ByteRange[]> {
  const pool = new BufferPool()
  return async (request, reply, path) => {
    using outlet = new ResponseOutlet(request.raw, reply.raw)
    if (!(await outlet.turn())) {
      reply.hijack()
      return []
    }
    using file = await VideoFile.open(path)
    if (!file) throw new BroadcastError('recording-not-found', 'this file is gone')
    const plan = planAnswer(request, file, { maxLoad: Infinity })
    if (plan.status === 412 || plan.status === 416) {
      const code = plan.status === 412 ? 'precondition-failed' : 'range-not-satisfiable'
      sendProblem(reply.headers(plan.headers), {
        status: plan.status,
        code,
        detail: plan.status === 412 ? 'The file is not as you expect it.' : 'The file ends before that.',
      })
      return []
    }
    reply.hijack()
    const { raw } = reply
    raw.writeHead(plan.status, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...plan.headers })
    try {
      const { delivered, outcome } = await sendParts(outlet, file.fd, plan, pool)
      if (outcome === 'whole') raw.end()
      else raw.destroy() // the length was promised: only so does the client notice
      return delivered
    } catch (error) {
      raw.destroy()
      reply.log.error({ error }, 'a file could not be read')
      return []
    }
  }
}
