import { randomUUID } from 'node:crypto'
import type { AskHook, HookAnswer } from '../../core/authorisation-hook.ts'
import { GuardedPost } from './guarded-post.ts'
import { signedHeaders } from './standard-webhook.ts'

const WITHIN = 3_000
const MAX_ANSWER = 4096
const MAX_NAME = 200

/** Asks an address of the configuration, signed as webhooks are. 200 allows; everything else is a no. */
export function httpHook({
  url,
  secret,
  version,
}: {
  url: string
  secret: string
  version: string
}): AskHook {
  const post = new GuardedPost({ allowed: 'everywhere' })
  return async (question) => {
    const body = JSON.stringify(question)
    const request = { id: `msg_${randomUUID()}`, at: Date.now(), body, secrets: [secret] }
    const headers = {
      'content-type': 'application/json',
      'user-agent': `Klieg/${version}`,
      ...signedHeaders(request),
    }
    const answer = await post.send({ url, headers, body, within: WITHIN, maxAnswer: MAX_ANSWER })
    return answer.status === 200 ? { allowed: true, ...personIn(answer.body) } : { allowed: false }
  }
}

/** Who it is, where the answer says so. */
function personIn(text: string): Pick<HookAnswer, 'person'> {
  try {
    const { userId, name } = JSON.parse(text) as { userId?: unknown; name?: unknown }
    if (typeof userId !== 'string' || userId === '' || userId.length > 64) return {}
    return { person: { id: userId, name: typeof name === 'string' ? name.slice(0, MAX_NAME) : userId } }
  } catch {
    return {}
  }
}
