import type { Seal } from '../../src/core/seal.ts'
import type { ViewerTokenClaims, ViewerTokens } from '../../src/core/viewer-token.ts'

/** Tokens that anybody can read, in the shape of real ones: `fake.<claims>.<signature>`. */
export class FakeViewerTokens implements ViewerTokens {
  async sign(claims: ViewerTokenClaims): Promise<string> {
    return `fake.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`
  }

  async read(token: string): Promise<ViewerTokenClaims | undefined> {
    const [kind, claims = '', signature] = token.split('.')
    if (kind !== 'fake' || signature !== 'signature') return undefined
    return JSON.parse(Buffer.from(claims, 'base64url').toString()) as ViewerTokenClaims
  }
}

/** A seal that hides nothing. */
export const fakeSeal: Seal = {
  close: (text) => `sealed-${Buffer.from(text).toString('base64url')}`,
  open: (sealed) =>
    sealed.startsWith('sealed-')
      ? Buffer.from(sealed.slice('sealed-'.length), 'base64url').toString()
      : undefined,
}
