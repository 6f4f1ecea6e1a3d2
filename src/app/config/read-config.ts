import { existsSync, readFileSync } from 'node:fs'
import { Value } from 'typebox/value'
import { assertSensible } from './assert-sensible.ts'
import { ConfigError } from './config-error.ts'
import { ALIASES, type Config, ConfigSchema, type Setting, SETTINGS, variableOf } from './schema.ts'
import { shownSetting } from './shown-config.ts'

type Json = Record<string, unknown>

const KEYS = Object.keys(ConfigSchema.properties) as (keyof Config)[]
/** Variables of other parts that share the prefix. */
const INTERNAL = new Set(['KLIEG_MEDIA_WORKER'])

/**
 * Settings from the environment, then from `file` where it exists, then the defaults. Throws `ConfigError` for an
 * unknown key or a value that is not allowed.
 */
export function readConfig(
  environment: NodeJS.ProcessEnv,
  file = 'klieg.config.json',
  overrides: Partial<Config> = {},
): Config {
  const merged: Json = { ...fromFile(file), ...fromEnvironment(environment), ...overrides }
  if (merged['secret'] === '')
    throw new ConfigError('KLIEG_SECRET is empty: give it at least 32 random characters, or do not set it')
  const complete = Value.Default(ConfigSchema, merged) as Json
  if (Value.Check(ConfigSchema, complete)) {
    assertSensible(complete)
    return complete
  }
  const wrong = KEYS.find((key) => !Value.Check(ConfigSchema.properties[key], complete[key]))
  if (wrong === undefined) throw new ConfigError('the configuration is not valid')
  const { description = '', ...range } = SETTINGS[wrong]
  throw new ConfigError(
    `${variableOf(wrong)} is ${shownSetting(wrong, complete[wrong])}, which is not allowed. ${description}${rangeOf(range)}`,
  )
}

/** What the environment says, as values of the schema. Throws `ConfigError`. */
export function fromEnvironment(environment: NodeJS.ProcessEnv): Json {
  const byVariable = new Map([
    ...KEYS.map((key) => [variableOf(key), key] as const),
    ...Object.entries(ALIASES),
  ])
  const values: Json = {}
  for (const [variable, text] of Object.entries(environment)) {
    const key = byVariable.get(variable)
    if (text === undefined || INTERNAL.has(variable) || (!key && !isOurs(variable))) continue
    if (!key)
      throw new ConfigError(
        `${variable} is not a setting; see docs/configuration.md${closest(variable, [...byVariable.keys()])}`,
      )
    const value = parse(text, key, variable)
    if (key in values && values[key] !== value)
      throw new ConfigError(`${variableOf(key)} is also set by another name, and they say different things`)
    values[key] = value
  }
  return values
}

/** Other programs have settings that begin with STREAM_ too. */
function isOurs(variable: string): boolean {
  if (variable.startsWith('KLIEG_')) return true
  return variable.startsWith('STREAM_') && KEYS.some((key) => distance(variable, variableOf(key)) <= 2)
}

/** Environment variables are text; the schema says what they mean. */
function parse(text: string, key: keyof Config, variable: string): unknown {
  const property = SETTINGS[key]
  if (property.type === 'array' && text.trimStart().startsWith('[')) return jsonIn(text, variable)
  if (property.type === 'array')
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  if (property.type === 'boolean') return booleanIn(text, variable)
  if (property.type !== 'integer') return text
  if (!/^-?\d+$/.test(text.trim()))
    throw new ConfigError(`${variable} is "${text}", it must be a whole number`)
  return Number(text)
}

function booleanIn(text: string, variable: string): boolean {
  const word = text.trim().toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(word)) return true
  if (['false', '0', 'no', 'off'].includes(word)) return false
  throw new ConfigError(`${variable} is "${text}", it must be true or false`)
}

function jsonIn(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigError(`${where} is not JSON`) // the cause would quote what may be secret
  }
}

/** What the file says; nothing where there is none. Throws `ConfigError`. */
export function fromFile(file: string): Json {
  if (!existsSync(file)) return {}
  const content = jsonIn(readFileSync(file, 'utf8'), file)
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new ConfigError(`${file} must hold an object`)
  const unknown = Object.keys(content).find((key) => !KEYS.includes(key as keyof Config))
  if (unknown !== undefined)
    throw new ConfigError(`"${unknown}" in ${file} is not a setting${closest(unknown, KEYS)}`)
  return content as Json
}

function rangeOf({ minimum, maximum }: Setting): string {
  return minimum === undefined || maximum === undefined ? '' : ` From ${minimum} to ${maximum}.`
}

/** For a slip of the keyboard. */
function closest(wrong: string, known: readonly string[]): string {
  const near = known.find((name) => distance(wrong, name) <= 2)
  return near === undefined ? '' : `. Did you mean ${near}?`
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row[j] = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    previous = row
  }
  return previous[b.length] ?? 0
}
