import { isDeepStrictEqual } from 'node:util'
import { fromEnvironment, fromFile } from './read-config.ts'
import { type Config, SETTINGS, variableOf } from './schema.ts'
import { shownSetting } from './shown-config.ts'

/** Who decided a setting. */
export type SettingOrigin = 'command line' | 'environment' | 'file' | 'default'

/** A setting as people see it: a secret only as whether there is one. */
export type DescribedSetting = {
  readonly key: string
  readonly variable: string
  readonly description: string
  /** JSON. */
  readonly value: string
  readonly origin: SettingOrigin
}

/** Every setting of a server, in the order of the schema. Takes what `readConfig` took. */
export function describedSettings(
  config: Config,
  environment: NodeJS.ProcessEnv,
  file = 'klieg.config.json',
): DescribedSetting[] {
  const [byEnvironment, byFile] = [fromEnvironment(environment), fromFile(file)]
  return (Object.keys(SETTINGS) as (keyof Config)[]).map((key) => {
    const said = key in byEnvironment ? 'environment' : key in byFile ? 'file' : 'default'
    const value = byEnvironment[key] ?? byFile[key] ?? SETTINGS[key].default
    return {
      key,
      variable: variableOf(key),
      description: SETTINGS[key].description ?? '',
      value: shownSetting(key, config[key]),
      origin: isDeepStrictEqual(config[key], value) ? said : 'command line',
    }
  })
}
