/** Where a browser on this machine finds what listens on `host`. */
export function placeOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
