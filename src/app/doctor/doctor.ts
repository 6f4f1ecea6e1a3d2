import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { createServer, isIP } from 'node:net'
import { promisify } from 'node:util'
import type { Config } from '../config/schema.ts'
import { databaseFinding } from './database-finding.ts'
import { storageFinding } from './storage-finding.ts'

const FFMPEG_TIMEOUT = 10_000

/** One thing that was looked at. */
export type Finding = { readonly ok: boolean; readonly what: string; readonly cure?: string }

/** Looks at everything that a server with these settings needs, without starting one. */
export async function examine(config: Config): Promise<Finding[]> {
  const iceHost = config.iceHost || config.host
  const udp = Array.from({ length: config.workers }, (_, index) => udpPort(iceHost, config.icePort + index))
  return Promise.all([
    tcpPort(config.host, config.port),
    ...udp,
    folder(config.dataDir),
    databaseFinding(config),
    announced(config, iceHost),
    ffmpeg(config.ffmpeg),
    storageFinding(config),
  ])
}

/** The same for a server that runs: its ports are its own. */
export async function examineRunning(config: Config): Promise<Finding[]> {
  return Promise.all([
    folder(config.dataDir),
    databaseFinding(config),
    announced(config, config.iceHost || config.host),
    ffmpeg(config.ffmpeg),
    storageFinding(config),
  ])
}

async function tcpPort(host: string, port: number): Promise<Finding> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return { ok: true, what: `TCP port ${port} on ${host} is free` }
  } catch (error) {
    return {
      ok: false,
      what: `TCP port ${port} on ${host}: ${reason(error)}`,
      cure: 'Set KLIEG_PORT or KLIEG_HOST, or stop what uses it.',
    }
  } finally {
    server.close()
  }
}

async function udpPort(host: string, port: number): Promise<Finding> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4')
  try {
    socket.bind(port, host)
    await once(socket, 'listening')
    return { ok: true, what: `UDP port ${port} on ${host} is free` }
  } catch (error) {
    return {
      ok: false,
      what: `UDP port ${port} on ${host}: ${reason(error)}`,
      cure: 'Set KLIEG_ICE_PORT or KLIEG_ICE_HOST, or stop what uses it.',
    }
  } finally {
    socket.close()
  }
}

async function folder(dataDir: string): Promise<Finding> {
  try {
    mkdirSync(dataDir, { recursive: true })
    accessSync(dataDir, constants.W_OK)
    return { ok: true, what: `${dataDir} can be written to` }
  } catch (error) {
    return {
      ok: false,
      what: `${dataDir}: ${reason(error)}`,
      cure: 'Set KLIEG_DATA_DIR to a folder that this user may write to.',
    }
  }
}

/** Private addresses reach nobody outside; a server behind NAT must announce its public one. */
async function announced({ iceAddresses }: Config, iceHost: string): Promise<Finding> {
  const addresses = iceAddresses.length > 0 ? iceAddresses : [iceHost]
  const what = `WebRTC announces ${addresses.join(', ')}`
  if (addresses.some((address) => !isPrivate(address))) return { ok: true, what }
  return {
    ok: true,
    what: `${what}: viewers on this machine or network only`,
    cure: 'For viewers elsewhere set KLIEG_ICE_HOST=0.0.0.0 and KLIEG_ICE_ADDRESSES to the public address, and open the UDP port.',
  }
}

const isPrivate = (address: string) =>
  /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|0\.|::1$|::$|f[cd]|fe80)/i.test(address)

async function ffmpeg(binary: string): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)(binary, ['-version'], { timeout: FFMPEG_TIMEOUT })
    const version = /ffmpeg version (\S+)/.exec(stdout)?.[1]
    return { ok: true, what: `ffmpeg ${version ?? ''} is there` }
  } catch {
    return {
      ok: true,
      what: `${binary} is not there: the library shows no posters and durations`,
      cure: 'Install ffmpeg, or set KLIEG_FFMPEG to where it is.',
    }
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
