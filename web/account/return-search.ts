/** Where to go after signing in, as the address of the page has it. */
export function returnSearchIn({ to }: Readonly<Record<string, unknown>>): { to?: string } {
  return typeof to === 'string' && to !== '/' ? { to } : {}
}
