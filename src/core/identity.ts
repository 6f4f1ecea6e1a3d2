/** What an account is for: `admin` may do everything, `broadcaster` makes broadcasts, `viewer` watches. */
export type Role = 'admin' | 'broadcaster' | 'viewer'

/** Somebody with an account, here or in the application that embeds the server. */
export type Person = {
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** What an API key is limited to. */
export type Scope = 'broadcasts' | 'watch' | 'library' | 'admin'

/** Who is behind a request, and how that is known. */
export type Identity =
  | { readonly kind: 'session'; readonly person: Person; readonly sessionId: string }
  | {
      readonly kind: 'api-key'
      readonly person: Person
      readonly keyId: string
      readonly scopes: readonly Scope[]
    }
  /** Told by the embedding application. */
  | { readonly kind: 'host'; readonly person: Person }
