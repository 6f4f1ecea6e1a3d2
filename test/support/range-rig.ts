import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Fastify from 'fastify'
import { installErrorHandler } from '../../src/protocols/http-errors.ts'
import { validation } from '../../src/protocols/validation.ts'
import { type RangeDoorOptions, rangePlugin, type WatchedFact } from '../../src/protocols/vod/range-plugin.ts'
import { TABLE_SIZE } from './range-table.ts'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** Bytes that differ from place to place. */
export function videoBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8)) & 0xff
  return bytes
}

/** A folder of videos, and around it what must not be reached. */
export function videoFolder() {
  const outer = mkdtempSync(path.join(tmpdir(), 'klieg-range-'))
  const root = path.join(outer, 'videos')
  const bytes = videoBytes(TABLE_SIZE)
  mkdirSync(path.join(root, 'season 1'), { recursive: true })
  for (const name of ['film.mp4', 'season 1/ärger & 100%.mp4', 'upper.MP4'])
    writeFileSync(path.join(root, name), bytes)
  return {
    outer,
    root,
    bytes,
    at: (name: string) => path.join(root, name),
    [Symbol.dispose]: () => rmSync(outer, { recursive: true, force: true }),
  }
}

/** Puts into the folder what attackers would like to find there. */
export function plantTraps({ outer, root, bytes }: { outer: string; root: string; bytes: Buffer }): void {
  writeFileSync(path.join(outer, 'outside.mp4'), bytes)
  mkdirSync(path.join(outer, 'videos-of-others'))
  writeFileSync(path.join(outer, 'videos-of-others/film.mp4'), bytes)
  for (const name of [
    '.hidden.mp4',
    'CON.mp4',
    'NUL.mp4',
    'secret.txt',
    'film',
    'C:film.mp4',
    'a.mp4::$DATA',
    'back\\slash.mp4',
    'dot.mp4.',
  ])
    writeFileSync(path.join(root, name), bytes)
  mkdirSync(path.join(root, 'folder.mp4'))
  mkdirSync(path.join(root, '.private'))
  writeFileSync(path.join(root, '.private/film.mp4'), bytes)
  execFileSync('mkfifo', [path.join(root, 'fifo.mp4')])
  symlinkSync(path.join(outer, 'outside.mp4'), path.join(root, 'link.mp4'))
  symlinkSync(outer, path.join(root, 'way-out'))
  symlinkSync(path.join(outer, 'videos-of-others'), path.join(root, 'neighbour'))
  symlinkSync('/dev/zero', path.join(root, 'zero.mp4'))
  symlinkSync('loop.mp4', path.join(root, 'loop.mp4'))
}

/** How often this process has the file open. */
export function openCount(file: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file
    } catch {
      return false // closed since
    }
  }).length
}

/** One request as it is, nothing tidied up. */
export function ask(
  url: string,
  {
    method = 'GET',
    headers = {},
    agent,
  }: { method?: string; headers?: Record<string, string>; agent?: Agent } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const [, host = '', port = '', target = ''] = /^http:\/\/([^:/]+):(\d+)(.*)$/.exec(url) ?? []
  const sent = request({ host, port, path: target, method, headers, agent }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
    )
  })
  sent.on('error', reject)
  sent.end()
  return promise
}

/** The door on a port of its own, over a folder with one film. */
export async function rangeRig(options: Partial<RangeDoorOptions> = {}) {
  const folder = videoFolder()
  const facts: WatchedFact[] = []
  const warnings: string[] = []
  const fastify = Fastify({
    ajv: validation,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: true,
    logger: { level: 'warn', stream: { write: (line) => void warnings.push(line) } },
  })
  installErrorHandler(fastify)
  fastify.addHook(
    'onRequest',
    async (_request, reply) => void reply.header('x-content-type-options', 'nosniff'),
  )
  await fastify.register(rangePlugin, {
    root: folder.root,
    settings: { maxLoad: 8 * 1024 * 1024, pathVariable: 'path' },
    authorize: () => ({ authenticated: false }),
    watched: (fact) => facts.push(fact),
    ...options,
  })
  await fastify.listen({ host: '127.0.0.1', port: 0 })
  const base = `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}`
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  return {
    ...folder,
    facts,
    warnings,
    base,
    port: Number(new URL(base).port),
    url: (name = 'film.mp4') => `${base}/api/stream/?path=${encodeURIComponent(name)}`,
    /** Asks for the film. */
    get: (headers: Record<string, string> = {}, method = 'GET') =>
      ask(`${base}/api/stream/?path=film.mp4`, { headers, method, agent }),
    agent,
    async [Symbol.asyncDispose]() {
      agent.destroy()
      await fastify.close()
      folder[Symbol.dispose]()
    },
  }
}
