import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import path from 'node:path'

export type WrkResult = { readonly requests: number; readonly bytes: number }

/** Loads `url` with a few connections that ask without pause; `script` is a file of this folder. Throws when an answer fails. */
export async function wrk(
  url: string,
  {
    seconds,
    connections = 4,
    script,
    env = {},
  }: { seconds: number; connections?: number; script?: string; env?: NodeJS.ProcessEnv },
): Promise<WrkResult> {
  const scripted = script === undefined ? [] : ['-s', path.join(import.meta.dirname, script)]
  const child = spawn('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, ...scripted, url], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = await text(child.stdout)
  const summary = /(\d+) requests in [\d.]+\w+, ([\d.]+)([KMGT]?)B read/.exec(output)
  if (!summary || /Non-2xx|Socket errors/.test(output)) throw new Error(`wrk: ${output}`)
  const unit = 1024 ** 'KMGT'.indexOf(summary[3] ?? '') * 1024
  return { requests: Number(summary[1]), bytes: Number(summary[2]) * (summary[3] === '' ? 1 : unit) }
}
