import process from 'node:process'
import type { FastifyBaseLogger } from 'fastify'
import pino from 'pino'
import type { Config } from './config/schema.ts'
import { logText } from './log-text.ts'

export type LoggerOptions = Pick<Config, 'logLevel' | 'logFormat'> & {
  /** Said with every line. */
  base?: Readonly<Record<string, string>>
  /** Where lines go; by default the standard output. */
  output?: { write(line: string): void }
}

/** Fields that may hold what lets somebody in, at the top and one below. */
const SECRET_FIELDS = ['authorization', 'cookie', 'credential', 'password', 'secret', 'streamKey', 'token']

/** The log: one line per event, no secrets. */
export function openLogger({ logLevel, logFormat, base, output }: LoggerOptions): FastifyBaseLogger {
  const options = {
    level: logLevel,
    base: base ?? null,
    redact: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.headers.${field}`]),
    serializers: { error: pino.stdSerializers.err },
  }
  const readable = logFormat === 'text' || (logFormat === 'auto' && process.stdout.isTTY)
  const lines = output ?? process.stdout
  if (readable) return pino(options, { write: (line: string) => void lines.write(logText(line)) })
  return output ? pino(options, output) : pino(options)
}
