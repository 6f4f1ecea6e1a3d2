import { Value } from 'typebox/value'
import { Emitter } from '../../core/emitter.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { Logger } from '../../core/ports.ts'
import type { SettingStore } from '../../core/setting-store.ts'
import { assertSensible } from './assert-sensible.ts'
import { ConfigError } from './config-error.ts'
import { type SettingOrigin, settingOrigins } from './setting-origins.ts'
import { type Config, ConfigSchema, SETTINGS, variableOf } from './schema.ts'
import { shownSetting } from './shown-config.ts'

/** What can be changed while the server runs: everybody who uses one of these reads it when it is needed. */
export const LIVE_SETTINGS = [
  ...(['registration', 'recordByDefault', 'chatByDefault', 'reconnectSeconds', 'hlsWindowSeconds'] as const),
  ...(['recordingsMaxDays', 'recordingsMaxGb', 'recordingsMinFreeMb', 'maxUploadMb'] as const),
  ...(['watchLogAddressDays', 'watchLogDays', 'auditLogDays'] as const),
  ...(['streamDefaultPermissionClasses', 'streamMaxLoadVolume', 'streamWatchLogEnabled'] as const),
  'logLevel',
] as const satisfies readonly (keyof Config)[]

export type LiveSetting = (typeof LIVE_SETTINGS)[number]

/** A setting as people see and change it; a secret only as whether there is one. */
export type DescribedSetting = {
  readonly key: string
  readonly variable: string
  readonly description: string
  /** JSON. */
  readonly value: string
  readonly origin: SettingOrigin | 'saved'
  /** It can be changed now, it was said when the server was started, or it is read at the next start. */
  readonly change: 'now' | 'locked' | 'restart'
  /** JSON: what holds once a change is taken back. */
  readonly fallback: string
  readonly type: 'boolean' | 'integer' | 'choice' | 'list' | 'text'
  readonly choices: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}

export type LiveSettingsOptions = {
  /** As the server was started. */
  config: Config
  environment: NodeJS.ProcessEnv
  file?: string
  logger: Logger
}

type Events = { changed: { readonly keys: readonly LiveSetting[] } }

/** The settings of a running server: as it was started, and for what was left open as it was changed since. */
export class LiveSettings {
  /** As it is now, whenever it is read. Whoever takes a copy has the copy. */
  readonly config: Config
  readonly #given: Config
  readonly #origins: Readonly<Record<keyof Config, SettingOrigin>>
  readonly #logger: Logger
  readonly #events: Emitter<Events>
  #saved: Partial<Config> = {}
  #store: SettingStore | undefined
  #changing: Promise<unknown> = Promise.resolve()

  constructor({ config, environment, file, logger }: LiveSettingsOptions) {
    this.#given = config
    this.#origins = settingOrigins(config, environment, file)
    this.#logger = logger
    this.#events = new Emitter((error) => logger.error({ error }, 'settings listener failed'))
    this.config = { ...config }
    for (const key of LIVE_SETTINGS)
      Object.defineProperty(this.config, key, { enumerable: true, get: () => this.#valueOf(key) })
  }

  /** Somebody told us what changed; whoever cannot read it when it is needed follows it. */
  on(listener: (fact: Events['changed']) => void): () => void {
    return this.#events.on('changed', listener)
  }

  /** Takes what was saved in earlier runs; what makes no sense any more is left out. */
  async load(store: SettingStore): Promise<void> {
    this.#store = store
    let saved: Partial<Config> = {}
    for (const { key, value: text } of await store.all()) {
      const value = parsed(text)
      if (isLive(key) && Value.Check(ConfigSchema.properties[key], value)) saved = { ...saved, [key]: value }
      else this.#logger.warn({ setting: key }, 'a saved setting is not valid any more and is left out')
    }
    this.#saved = saved
    this.#tell()
  }

  /** Every setting, in the order of the schema. */
  describe(): DescribedSetting[] {
    return (Object.keys(SETTINGS) as (keyof Config)[]).map((key) => {
      const { description = '', minimum, maximum } = SETTINGS[key]
      const isOpen = isLive(key) && this.#origins[key] === 'default'
      return {
        ...{ key, description, ...inputOf(key) },
        variable: variableOf(key),
        value: shownSetting(key, this.config[key]),
        origin: isOpen && key in this.#saved ? 'saved' : this.#origins[key],
        change: !isLive(key) ? 'restart' : isOpen ? 'now' : 'locked',
        fallback: shownSetting(key, this.#given[key]),
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      }
    })
  }

  /**
   * All of it or nothing; null takes a change back. Rejects with `bad-request` for what is not allowed, with
   * `setting-fixed` for what cannot be changed here, with `overloaded` when it cannot be kept.
   */
  change(wishes: Readonly<Record<string, unknown>>): Promise<void> {
    const change = this.#changing.then(() => this.#change(wishes))
    this.#changing = change.catch(() => undefined)
    return change
  }

  async #change(wishes: Readonly<Record<string, unknown>>): Promise<void> {
    let next: Partial<Config> = this.#saved
    const changes = new Map<string, string | null>()
    for (const [key, value] of Object.entries(wishes)) {
      this.#assertOpen(key)
      if (value !== null) assertAllowed(key, value)
      const { [key]: _before, ...others } = next
      next = value === null ? others : { ...others, [key]: value }
      changes.set(key, value === null ? null : JSON.stringify(value))
    }
    assertTogether({ ...this.#given, ...next })
    try {
      await this.#store?.save(changes)
    } catch (error) {
      throw new BroadcastError('overloaded', 'the settings cannot be kept now', {
        cause: error,
        retryAfter: 5,
      })
    }
    this.#saved = next
    this.#logger.info({ settings: Object.keys(wishes) }, 'settings changed')
    this.#tell()
  }

  #assertOpen(key: string): asserts key is LiveSetting {
    if (!(key in SETTINGS)) throw new BroadcastError('bad-request', `"${key}" is no setting`)
    if (!isLive(key))
      throw new BroadcastError('setting-fixed', `${variableOf(key)} is read when the server starts`)
    const origin = this.#origins[key]
    if (origin !== 'default')
      throw new BroadcastError(
        'setting-fixed',
        `${variableOf(key)} was given by the ${origin}: change it there`,
      )
  }

  #valueOf<Key extends LiveSetting>(key: Key): Config[Key] {
    const isOpen = this.#origins[key] === 'default' && key in this.#saved
    return isOpen ? (this.#saved as Config)[key] : this.#given[key]
  }

  #tell(): void {
    this.#events.emit('changed', { keys: LIVE_SETTINGS })
  }
}

function isLive(key: string): key is LiveSetting {
  return (LIVE_SETTINGS as readonly string[]).includes(key)
}

function assertAllowed(key: LiveSetting, value: unknown): void {
  if (Value.Check(ConfigSchema.properties[key], value)) return
  const { description = '', minimum, maximum } = SETTINGS[key]
  const range = minimum === undefined ? '' : ` From ${minimum} to ${maximum}.`
  throw new BroadcastError('bad-request', `${variableOf(key)}: this is not allowed. ${description}${range}`)
}

function assertTogether(config: Config): void {
  try {
    assertSensible(config)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new BroadcastError('bad-request', error.message)
  }
}

/** What whoever changes it chooses from. */
function inputOf(key: keyof Config): Pick<DescribedSetting, 'type' | 'choices'> {
  const { type, pattern = '', items } = SETTINGS[key]
  if (type === 'array') return { type: 'list', choices: choicesIn(items) }
  if (type === 'boolean' || type === 'integer') return { type, choices: [] }
  const alternatives = /^\^\(([a-z|-]+)\)\$$/.exec(pattern)?.[1]?.split('|')
  return alternatives ? { type: 'choice', choices: alternatives } : { type: 'text', choices: [] }
}

/** The words of a union of literals. */
function choicesIn(items: { anyOf?: readonly { const?: unknown }[] } = {}): string[] {
  return (items.anyOf ?? []).flatMap(({ const: choice }) => (typeof choice === 'string' ? [choice] : []))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
