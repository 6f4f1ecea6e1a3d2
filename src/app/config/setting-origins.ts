import { isDeepStrictEqual } from 'node:util'
import { fromEnvironment, fromFile } from './read-config.ts'
import { type Config, SETTINGS } from './schema.ts'

/** Who decided a setting when the server was started. */
export type SettingOrigin = 'command line' | 'environment' | 'file' | 'default'

/** Where each setting of `config` comes from. Takes what `readConfig` took. */
export function settingOrigins(
  config: Config,
  environment: NodeJS.ProcessEnv,
  file = 'klieg.config.json',
): Record<keyof Config, SettingOrigin> {
  const [byEnvironment, byFile] = [fromEnvironment(environment), fromFile(file)]
  const origins = (Object.keys(SETTINGS) as (keyof Config)[]).map((key) => {
    const said = key in byEnvironment ? 'environment' : key in byFile ? 'file' : 'default'
    const value = byEnvironment[key] ?? byFile[key] ?? SETTINGS[key].default
    return [key, isDeepStrictEqual(config[key], value) ? said : 'command line'] as const
  })
  return Object.fromEntries(origins) as Record<keyof Config, SettingOrigin>
}
