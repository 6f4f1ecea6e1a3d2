/** One value of a Link header, its URL made absolute. */
export type Link = {
  readonly url: string
  readonly rel: string
  readonly parameters: Readonly<Record<string, string>>
}

const VALUE = /<([^>]*)>((?:\s*;\s*[\w-]+\*?(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))?)*)/g
const PARAMETER = /;\s*([\w-]+)\*?(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+)))?/g

/** Reads the Link headers of one answer (RFC 8288); what it does not understand is left out. */
export function parseLinks(header: string | null, base: string | URL): Link[] {
  const links: Link[] = []
  for (const [, target = '', rest = ''] of (header ?? '').matchAll(VALUE)) {
    const parameters: Record<string, string> = {}
    for (const [, name = '', quoted, token] of rest.matchAll(PARAMETER))
      parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? token ?? ''
    if (URL.canParse(target, base))
      links.push({ url: new URL(target, base).href, rel: parameters['rel'] ?? '', parameters })
  }
  return links
}

/** The ICE servers that a WHIP or WHEP answer recommends (RFC 9725 §4.6). */
export function iceServersIn(links: readonly Link[]): RTCIceServer[] {
  return links
    .filter(({ rel }) => rel === 'ice-server')
    .map(({ url, parameters: { username, credential } }) => ({
      urls: url,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    }))
}
