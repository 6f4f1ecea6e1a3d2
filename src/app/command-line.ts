import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { Command, Option } from 'commander'
import { addAdminCommands } from './admin-commands.ts'
import { collectSeldom } from './collect-seldom.ts'
import { ConfigError } from './config/config-error.ts'
import { readConfig } from './config/read-config.ts'
import type { Config } from './config/schema.ts'
import { shownConfig } from './config/shown-config.ts'
import { addDatabaseCommands } from './database-commands.ts'
import { examine } from './doctor/doctor.ts'
import type { KliegServer } from './klieg-server.ts'

type Flags = { open?: boolean; host?: string; port?: number }

const EXIT_WITHIN = 30_000

/** `klieg …`: reads the arguments and does what they say. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const version = packageVersion()
  const program = new Command('klieg')
    .description('Live video on your own server: one broadcast id, any door in, any door out.')
    .version(version)
  const host = new Option('--host <address>', 'address to listen on (KLIEG_HOST)')
  const port = new Option('--port <number>', 'port to listen on (KLIEG_PORT)').argParser(Number)
  program
    .command('serve')
    .description('start the server')
    .option('--open', 'no accounts: everybody on this machine may broadcast; listens on loopback only')
    .addOption(host)
    .addOption(port)
    .action((flags: Flags) => serve(configured(flags), flags.open ?? false, version))
  program
    .command('config')
    .description('print the settings in force, without secrets')
    .addOption(host)
    .addOption(port)
    .action((flags: Flags) => console.log(shownConfig(configured(flags))))
  program
    .command('doctor')
    .description('check ports, addresses, folders and programs, and say what to change')
    .addOption(host)
    .addOption(port)
    .action(async (flags: Flags) => {
      const findings = await examine(configured(flags))
      for (const { ok, what, cure } of findings)
        console.log(`${ok ? '✔' : '✖'} ${what}${cure ? `\n    ${cure}` : ''}`)
      process.exitCode = findings.every(({ ok }) => ok) ? 0 : 1
    })
  addAdminCommands(program, () => configured({}))
  addDatabaseCommands(program, { configured: () => configured({}), version })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}

function configured({ host, port }: Flags): Config {
  return readConfig(process.env, 'klieg.config.json', {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
  })
}

async function serve(config: Config, open: boolean, version: string): Promise<void> {
  collectSeldom()
  let server: KliegServer
  try {
    const { KliegServer } = await import('./klieg-server.ts') // half of the start, which no other command needs
    server = await KliegServer.start({ config, open, version })
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const { code } = error as { code?: string }
    console.error(
      code === 'EADDRINUSE'
        ? `Port ${config.port} on ${config.host} is taken. Set KLIEG_PORT to another, or stop what uses it.`
        : `The server did not start: ${error instanceof Error ? error.message : String(error)}. "klieg doctor" may tell why.`,
    )
    process.exit(1)
  }
  console.log(
    open
      ? `\n  Klieg is open on this machine: ${server.url}\n  No account needed. Press Ctrl+C to stop.\n`
      : `\n  Klieg listens on ${server.url}\n${firstStep(server)}  Press Ctrl+C to stop.\n`,
  )
  let signals = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (++signals > 1) process.exit(1)
      setTimeout(() => process.exit(1), EXIT_WITHIN).unref()
      void server.close().then(() => process.exit(0))
    })
}

/** There is no default account: whoever reads this makes the first one. */
function firstStep({ setupLink }: KliegServer): string {
  if (setupLink === undefined) return ''
  return `\n  There is no administrator yet. Open this link to become it; it works once:\n  ${setupLink}\n\n`
}

/** Of package.json, which is one folder higher in the published output. */
function packageVersion(): string {
  for (const up of ['../..', '../../..']) {
    try {
      const file = path.join(import.meta.dirname, up, 'package.json')
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    } catch {
      // one folder higher, then
    }
  }
  return 'unknown'
}
