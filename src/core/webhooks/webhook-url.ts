import { BroadcastError } from '../errors.ts'

const MAX_LENGTH = 2000

/** Throws `bad-request` unless it is http or https without a user: where it leads is checked when it is used. */
export function assertWebhookUrl(text: string): void {
  if (text.length > MAX_LENGTH || !URL.canParse(text))
    throw new BroadcastError('bad-request', 'this is no address of a web server')
  const { protocol, username, password } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new BroadcastError('bad-request', 'a webhook is sent by https or http only')
  if (username !== '' || password !== '')
    throw new BroadcastError('bad-request', 'a webhook is signed: its address has no user and no password')
}
