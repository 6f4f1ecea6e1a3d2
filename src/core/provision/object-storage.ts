/** What a client uploaded. */
export type StoredObject = { readonly bytes: Uint8Array; readonly etag: string }

export type ReadWish = {
  /** Bytes; what is larger is `too-large`. */
  limit: number
  /** The version that is known already. */
  unless?: string | undefined
}

/** What the server itself does with the bucket. What asks it rejects with `storage-unavailable`. */
export interface ObjectStorage {
  /** Undefined where there is no such object. Rejects with `too-large` as well. */
  read(key: string, wish: ReadWish): Promise<StoredObject | 'unchanged' | undefined>
  /** In bytes; undefined where there is no such object. */
  sizeOf(key: string): Promise<number | undefined>
  /** An address that anybody may get it from for at least that many seconds; the same one for some minutes. */
  addressOf(key: string, seconds: number): string
}
