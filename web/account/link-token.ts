import { useState } from 'react'

/** The token that the address of this page carries; undefined where it has none. */
export function useLinkToken(): string | undefined {
  const [token] = useState(() => new URLSearchParams(location.search).get('token') ?? undefined)
  return token
}
