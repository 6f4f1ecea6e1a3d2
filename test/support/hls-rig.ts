import type { Archive } from '../../src/protocols/hls/archive.ts'
import type { SeenRequest } from '../../src/core/request-viewing.ts'
import { hlsPlugin } from '../../src/protocols/hls/hls-plugin.ts'
import type { HlsStream } from '../../src/protocols/hls/hls-stream.ts'
import { HlsStreams } from '../../src/protocols/hls/hls-streams.ts'
import { attributesOf, type ReadPlaylist, readPlaylist } from './hls-playlist.ts'
import { PackagingRig } from './packaging-rig.ts'
import { restRig } from './rest-rig.ts'

type Answer = { status: number; body: Buffer; text: string; headers: Record<string, unknown> }

/** Has everything that it is asked for. */
export const EVERYTHING: Archive = { has: () => true, read: async () => Buffer.from('archived') }

/** The door over a packager whose publishers' time passes only when told to. */
export async function hlsRig({ window = 60, archive }: { window?: number; archive?: Archive } = {}) {
  const rest = await restRig()
  const { fastify, clock, broadcasts } = rest
  const streams = new HlsStreams({ clock, targetDuration: 4, window })
  const seen: SeenRequest[] = []
  await fastify.register(hlsPlugin, {
    ...{ streams, clock, guesses: rest.guesses, secrets: rest.secrets, access: rest.watchAccess },
    watched: (request) => void seen.push(request),
    readyWithin: 10_000,
  })
  await broadcasts.create({ id: 'lecture' })

  /** A broadcast runs: from now on it can be watched. */
  const begin = () => {
    const stream: HlsStream = streams.begin({ id: 'lecture' }, archive)
    return { stream, rig: new PackagingRig({ clock, listener: stream }) }
  }
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const {
      statusCode,
      rawPayload,
      payload,
      headers: got,
    } = await fastify.inject({
      url: path.startsWith('/') ? path : `/hls/lecture/${path}`,
      headers,
    })
    return { status: statusCode, body: rawPayload, text: payload, headers: got }
  }
  const playlist = async (path = 'v0/index.m3u8', options = {}): Promise<ReadPlaylist> => {
    const { status, text } = await get(path)
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
    return readPlaylist(text, options)
  }
  /** Asks, and lets the question reach the place where it waits. */
  const ask = async (path: string) => {
    const asked = { answer: undefined as Answer | undefined, done: get(path) }
    void asked.done.then((answer) => (asked.answer = answer))
    await settled()
    return asked
  }
  return { ...rest, streams, seen, begin, get, playlist, ask }
}

/** Everything that was set off has happened, except what waits for time to pass. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Each variant and audio rendition of a multivariant playlist. */
export function variantsOf(text: string): Record<'variants' | 'sounds', Record<string, string>[]> {
  const lines = text.split('\n')
  const variants = lines.flatMap((line, index) =>
    line.startsWith('#EXT-X-STREAM-INF:') ? [{ ...attributes(line), uri: lines[index + 1] ?? '' }] : [],
  )
  const sounds = lines.flatMap((line) => (line.startsWith('#EXT-X-MEDIA:') ? [attributes(line)] : []))
  return { variants, sounds }
}

const attributes = (line: string): Record<string, string> => Object.fromEntries(attributesOf(line))
