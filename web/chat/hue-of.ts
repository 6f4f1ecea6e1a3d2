const HUES = 8

/** Which colour an author has, the same for everybody. */
export function hueOf(author: string): number {
  let sum = 0
  for (let i = 0; i < author.length; i++) sum = (sum * 31 + author.charCodeAt(i)) >>> 0
  return sum % HUES
}
