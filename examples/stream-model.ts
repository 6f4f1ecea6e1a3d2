/** What the broadcast examples share: a stream model, settings, and who is signed in. Yours are a database and accounts. */
import { randomUUID } from 'node:crypto'
import { type BroadcastSettings, readBroadcastSettings, type NewStream, type Stream } from 'klieg/broadcast'

class Streams {
  readonly #rows = new Map<string, Stream>()

  async create(stream: NewStream): Promise<Stream> {
    return this.#keep({ ...stream, id: randomUUID(), stopDate: null })
  }

  async find(id: string): Promise<Stream | undefined> {
    return this.#rows.get(id)
  }

  async stop(id: string, stopDate: number): Promise<Stream> {
    const row = this.#rows.get(id)
    if (!row) throw new Error(`no stream ${id}`)
    return this.#keep({ ...row, stopDate: row.stopDate ?? stopDate })
  }

  async discard(id: string): Promise<void> {
    this.#rows.delete(id)
  }

  #keep(row: Stream): Stream {
    this.#rows.set(row.id, row)
    return row
  }
}

const { env } = process

/** Checked here, so that a server with wrong settings does not start. */
export const BROADCAST_SETTINGS: BroadcastSettings = readBroadcastSettings({
  STREAM_MODEL: new Streams(),
  S3: {
    AWS_ACCESS_KEY_ID: env['BROADCAST_AWS_ACCESS_KEY'] ?? '',
    AWS_SECRET_ACCESS_KEY: env['BROADCAST_AWS_ACCESS_SECRET'] ?? '',
    BUCKET: env['BROADCAST_S3_BUCKET'] ?? '',
    ...(env['BROADCAST_S3_ENDPOINT'] && { ENDPOINT: env['BROADCAST_S3_ENDPOINT'] }),
    ...(env['BROADCAST_ROLE_ARN'] && { ROLE_ARN: env['BROADCAST_ROLE_ARN'] }),
  },
})

const USERS = new Map([
  ['Bearer key-of-ada', { id: 'ada' }],
  ['Bearer key-of-bert', { id: 'bert' }],
])

export function currentUser({ headers }: { headers: { authorization?: string | undefined } }) {
  return USERS.get(headers.authorization ?? '')
}
