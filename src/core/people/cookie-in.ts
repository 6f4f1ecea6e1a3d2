/** The value of the first of `names` that a Cookie header has (RFC 6265 §5.4). */
export function cookieIn(header: string, names: readonly string[]): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim())
  for (const name of names) {
    const pair = pairs.find((each) => each.startsWith(`${name}=`))
    if (pair !== undefined && pair.length > name.length + 1) return pair.slice(name.length + 1)
  }
  return undefined
}
