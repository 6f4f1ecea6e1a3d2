import { type Config, SETTINGS } from './schema.ts'

const HIDDEN = '(set)'

/** A setting's value as it may be shown: without secrets. */
export function shownSetting(key: keyof Config, value: unknown): string {
  return JSON.stringify(SETTINGS[key].writeOnly && value !== '' ? HIDDEN : value, withoutCredentials)
}

/** All settings, one JSON object, without secrets. */
export function shownConfig(config: Config): string {
  const shown = Object.entries(config).map(([key, value]) => [
    key,
    SETTINGS[key as keyof Config].writeOnly && value !== '' ? HIDDEN : value,
  ])
  return JSON.stringify(Object.fromEntries(shown), withoutCredentials, 2)
}

/** Those of TURN servers. */
const withoutCredentials = (key: string, value: unknown) => (key === 'credential' ? HIDDEN : value)
