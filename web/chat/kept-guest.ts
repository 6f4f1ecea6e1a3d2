/** What a browser keeps of a guest: the name, and what the server knows them by. */
export type KeptGuest = { readonly name?: string; readonly guest?: string }

const KEY = 'klieg.chat'

/** Nothing where storage is closed or holds nonsense. */
export function keptGuest(storage: Pick<Storage, 'getItem'> | undefined = storageOfPage()): KeptGuest {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    const { name, guest } = kept as Record<string, unknown>
    return { ...(typeof name === 'string' && { name }), ...(typeof guest === 'string' && { guest }) }
  } catch {
    return {}
  }
}

/** Adds to what is kept. */
export function keepGuest(
  change: KeptGuest,
  storage: Pick<Storage, 'getItem' | 'setItem'> | undefined = storageOfPage(),
): void {
  try {
    storage?.setItem(KEY, JSON.stringify({ ...keptGuest(storage), ...change }))
  } catch {
    // It is asked for again next time.
  }
}

function storageOfPage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
