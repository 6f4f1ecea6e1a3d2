/** A setting that is wrong; the message names it and says what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
