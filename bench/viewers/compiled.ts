import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Path of a C program of this folder, compiled once per change; needs gcc, libssl-dev and libsrtp2-dev. */
export function compiled(name: 'viewers' | 'send-floor' | 'write-floor'): string {
  const source = path.join(import.meta.dirname, `${name}.c`)
  const folder = path.join(tmpdir(), 'klieg-bench')
  const program = path.join(folder, name)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs)
    execFileSync('gcc', ['-O2', '-o', program, source, '-lssl', '-lcrypto', '-lsrtp2'], { stdio: 'inherit' })
  return program
}
