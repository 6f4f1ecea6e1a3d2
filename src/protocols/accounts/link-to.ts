/** The address of a page that works by a token, as it is told to people. */
export function linkTo(base: string, page: 'setup' | 'reset' | 'invitation', token: string): string {
  return `${base.replace(/\/$/, '')}/${page}?token=${token}`
}
