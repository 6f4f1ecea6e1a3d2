import { type Static, Type } from 'typebox'
import type { ViewerTokenRecord } from '../core/share-store.ts'

const MINUTE = 60
const DAY = 24 * 60 * MINUTE
const LONGEST = 365 * DAY

/** What can be wished of a new token. */
export const TokenWishes = {
  name: Type.Optional(Type.String({ maxLength: 100, description: 'For whom it is' })),
  expiresIn: Type.Optional(
    Type.Integer({ minimum: MINUTE, maximum: LONGEST, description: 'seconds; by default a day' }),
  ),
}

/** A viewer token as its maker sees it later. */
export const TokenSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  createdAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time' }),
})

/** The same when it is made. */
export const MadeTokenSchema = Type.Intersect([
  TokenSchema,
  Type.Object({
    token: Type.String({ description: 'Told this once.' }),
    url: Type.String({ description: 'Where its holders watch; whoever has it may.' }),
  }),
])

/** Milliseconds. */
export function lastsOf({ expiresIn = DAY }: { readonly expiresIn?: number }): number {
  return expiresIn * 1000
}

export function tokenView({ id, name, createdAt, expiresAt }: ViewerTokenRecord): Static<typeof TokenSchema> {
  return {
    id,
    name,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}

export function madeTokenView(
  { record, token }: { readonly record: ViewerTokenRecord; readonly token: string },
  url: string,
): Static<typeof MadeTokenSchema> {
  return { ...tokenView(record), token, url }
}
