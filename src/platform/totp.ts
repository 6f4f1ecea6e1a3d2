import { createHmac, randomBytes } from 'node:crypto'
import type { OneTimeCodes } from '../core/people/one-time-codes.ts'

const SECRET_BYTES = 20
const DIGITS = 6
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Time-based one-time passwords, as every authenticator app makes them: https://www.rfc-editor.org/rfc/rfc6238 */
export class Totp implements OneTimeCodes {
  newSecret(): string {
    return toBase32(randomBytes(SECRET_BYTES))
  }

  /** https://www.rfc-editor.org/rfc/rfc4226#section-5.3 */
  codeAt(secret: string, step: number): string {
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(step))
    const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
    const offset = (mac.at(-1) ?? 0) & 0xf
    const number = mac.readUInt32BE(offset) & 0x7fff_ffff
    return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
  }
}

/** https://www.rfc-editor.org/rfc/rfc4648#section-6, without padding. */
function toBase32(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('')
}

function fromBase32(text: string): Buffer {
  let bits = ''
  for (const letter of text) bits += BASE32.indexOf(letter).toString(2).padStart(5, '0')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
