/** Makes and checks what must not be guessed. */
export interface Secrets {
  /** A public id of at least 128 random bits, fit for URLs. */
  newId(): string
  /** A stream key of at least 128 random bits, of another shape than an id. */
  newStreamKey(): string
  /** 256 random bits, fit for URLs and cookies. */
  newToken(): string
  /** 80 random bits in groups that people can type, of lower-case letters and digits. */
  newRecoveryCode(): string
  /** What may be stored of a key. */
  hash(key: string): string
  /** Takes the same time whether or not the key is right. */
  matches(key: string, hash: string): boolean
}
