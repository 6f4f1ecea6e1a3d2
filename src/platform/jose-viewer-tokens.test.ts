import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { JoseViewerTokens } from './jose-viewer-tokens.ts'
import { SealedText } from './sealed-text.ts'

const SECRET = 'a secret of at least thirty-two characters'
const CLAIMS = { id: 'one', broadcastId: 'lecture', subject: 'Ann', expiresAt: 1_795_000_000_000 }

describe('viewer tokens', () => {
  test('[PERM50] a token is a JWT by EdDSA with all its claims, and says what was put in', async () => {
    const token = await new JoseViewerTokens(SECRET).sign(CLAIMS)

    assert.deepEqual(decodeProtectedHeader(token), { alg: 'EdDSA', typ: 'JWT' })
    assert.deepEqual(decodeJwt(token), {
      ...{ iss: 'klieg', aud: 'klieg:watch', sub: 'Ann', broadcast: 'lecture', action: 'watch' },
      ...{ exp: 1_795_000_000, jti: 'one' },
    })
    assert.deepEqual(await new JoseViewerTokens(SECRET).read(token), CLAIMS)
  })

  test('[PERM51] what was not made here is nothing: other secrets, other claims, no signature', async () => {
    const tokens = new JoseViewerTokens(SECRET)
    const good = await tokens.sign(CLAIMS)
    const [head = '', body = '', signature = ''] = good.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const others = Buffer.from(JSON.stringify({ ...decodeJwt(good), broadcast: 'other' })).toString(
      'base64url',
    )
    const { privateKey } = generateKeyPairSync('ed25519')
    const forged = await new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey)
    const bySecret = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(SECRET))
    for (const wrong of [
      '',
      'a.b.c',
      `${none}.${body}.`,
      `${head}.${others}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      forged,
      bySecret,
      await new JoseViewerTokens(`another ${SECRET}`).sign(CLAIMS),
    ])
      assert.equal(await tokens.read(wrong), undefined, wrong)
  })

  test('[PERM52] sealed text is opened by the same secret only, and cannot be altered', () => {
    const sealed = new SealedText(SECRET).close('{"viewing":"1"}')
    assert.match(sealed, /^[\w-]+$/)
    assert.ok(!Buffer.from(sealed, 'base64url').toString('latin1').includes('viewing'))
    assert.notEqual(new SealedText(SECRET).close('{"viewing":"1"}'), sealed)
    assert.equal(new SealedText(SECRET).open(sealed), '{"viewing":"1"}')
    assert.equal(new SealedText(`another ${SECRET}`).open(sealed), undefined)
    const altered = `${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`
    for (const wrong of [altered, sealed.slice(0, -2), `${sealed}!`, '', 'short'])
      assert.equal(new SealedText(SECRET).open(wrong), undefined, wrong)
  })
})
