/** Characters of the longest message, and of the longest name. */
export const MAX_TEXT = 500
export const MAX_NAME = 40

/** Controls, and characters that turn the text around them or are not seen at all. */
const HARMFUL =
  /[\p{Cc}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\uffff]|[\u{e0000}-\u{e007f}]/gu
/** Joiners belong into some scripts and into emoji, and into no name made of letters. */
const JOINERS = /[\u200c\u200d]/g
/** More marks on one letter than any script needs: they would cover the lines above and below. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu

/** One line of text that harms nobody around it; may be empty. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .replace(HARMFUL, '')
    .replace(PILED_MARKS, '$1')
    .replace(/ {2,}/g, ' ')
    .trim()
}

/** The same for a name, cut to length. */
export function cleanName(name: string): string {
  const joined = /\p{Extended_Pictographic}/u.test(name) ? name : name.replace(JOINERS, '')
  return cutTo(MAX_NAME, cleanText(joined.normalize('NFKC'))).trim()
}

/** How many characters people would count, not code units. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

function cutTo(limit: number, text: string): string {
  return lengthOf(text) <= limit ? text : [...text].slice(0, limit).join('')
}
