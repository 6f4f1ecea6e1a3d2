/** Where to go after signing in: a path of this server, whatever the address of the page says. */
export function safeReturn(to: string | null | undefined): string {
  if (to === null || to === undefined || !/^\/(?![/\\])/.test(to)) return '/'
  const url = URL.canParse(to, 'http://own') ? new URL(to, 'http://own') : undefined
  return url?.origin === 'http://own' ? url.pathname + url.search + url.hash : '/'
}
