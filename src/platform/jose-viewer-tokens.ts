import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { ViewerTokenClaims, ViewerTokens } from '../core/viewer-token.ts'

const ISSUER = 'klieg'
const AUDIENCE = 'klieg:watch'
const ACTION = 'watch'
const ALGORITHM = 'EdDSA'
const SEED_BYTES = 32
/** An Ed25519 private key in PKCS #8, up to its seed (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const REQUIRED = ['sub', 'broadcast', 'action', 'exp', 'jti']

/**
 * Viewer tokens as JSON Web Tokens, signed by Ed25519 with a key that follows from the server's secret: whoever changes
 * the secret takes back all of them. https://www.rfc-editor.org/rfc/rfc8725
 */
export class JoseViewerTokens implements ViewerTokens {
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject

  constructor(secret: string) {
    const seed = Buffer.from(hkdfSync('sha256', secret, '', 'klieg viewer tokens', SEED_BYTES))
    const key = Buffer.concat([PKCS8_HEAD, seed])
    this.#privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    this.#publicKey = createPublicKey(this.#privateKey)
  }

  sign({ id, broadcastId, subject, expiresAt }: ViewerTokenClaims): Promise<string> {
    return new SignJWT({ broadcast: broadcastId, action: ACTION })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .setJti(id)
      .sign(this.#privateKey)
  }

  async read(token: string): Promise<ViewerTokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: REQUIRED,
        currentDate: new Date(0), // whether it has expired is asked by the clock of the domain
      })
      const { sub, exp, jti, action, broadcast } = payload
      if (action !== ACTION || typeof broadcast !== 'string') return undefined
      return { id: jti ?? '', broadcastId: broadcast, subject: sub ?? '', expiresAt: (exp ?? 0) * 1000 }
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
}
