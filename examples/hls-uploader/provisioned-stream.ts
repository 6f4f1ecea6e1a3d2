import { setTimeout as sleep } from 'node:timers/promises'
import { backOff } from './back-off.ts'

/** What the server says of the stream. Dates are GMT, `2015-10-22 15:27:40`. */
export type Stream = { id: string; name: string | null; start_date: string; stop_date?: string }

/** Where to upload to, and with which right. `aws_expiration` is in seconds from now. */
export type S3Endpoint = {
  aws_access_key_id: string
  aws_secret_access_key: string
  aws_session_token: string
  aws_expiration: number
  s3_bucket_name: string
  s3_bucket_path: string
  s3_bucket_region: string
}

type StartAnswer = { stream: Stream; endpoint: { S3: S3Endpoint } }

/** The server refused, and would refuse again. */
export class Refused extends Error {}

const PATIENCE = 10_000
const ATTEMPTS_TO_STOP = 6

/** One stream on a Klieg server, from its start to its stop. */
export class ProvisionedStream {
  readonly stream: Stream
  readonly s3: S3Endpoint
  readonly #server: URL
  readonly #token: string | undefined

  /** `token` is an API key; a server that is open to all needs none. */
  static async start(server: URL, token: string | undefined, name?: string): Promise<ProvisionedStream> {
    const wanted = { type: 'hls', ...(name !== undefined && { name }) }
    return new ProvisionedStream(server, token, await post<StartAnswer>(server, 'start', token, wanted))
  }

  private constructor(server: URL, token: string | undefined, { stream, endpoint }: StartAnswer) {
    this.#server = server
    this.#token = token
    this.stream = stream
    this.s3 = endpoint.S3
  }

  /** Credentials for the same place that are good for longer. Rejects with Refused once the stream is stopped. */
  async refresh(): Promise<S3Endpoint> {
    const { endpoint } = await this.#post<StartAnswer>('refresh')
    return endpoint.S3
  }

  /** Tries again while the server is away: until it hears this, it takes the stream for live. */
  async stop(): Promise<Stream> {
    for (let failures = 1; ; failures++) {
      try {
        return (await this.#post<{ stream: Stream }>('stop')).stream
      } catch (error) {
        if (error instanceof Refused || failures === ATTEMPTS_TO_STOP) throw error
        await sleep(backOff(failures))
      }
    }
  }

  #post<Answer>(verb: string): Promise<Answer> {
    return post(this.#server, verb, this.#token, { id: this.stream.id })
  }
}

async function post<Answer>(
  server: URL,
  verb: string,
  token: string | undefined,
  parameters: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(new URL(`stream/${verb}/`, server), {
    method: 'POST',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: new URLSearchParams(parameters),
    signal: AbortSignal.timeout(PATIENCE),
  })
  if (response.ok) return (await response.json()) as Answer
  const reason = `${verb}: ${response.status} ${await response.text()}`
  throw response.status < 500 && response.status !== 429 ? new Refused(reason) : new Error(reason)
}
