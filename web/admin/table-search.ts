/** What a table shows, as it stands in the address of the page. */
export type TableSearch = {
  q?: string
  /** State, role or result: whatever the table can be narrowed to. */
  only?: string
  page?: number
}

/** Only what makes sense of an address that anybody may have written. */
export function tableSearchIn(raw: Record<string, unknown>): TableSearch {
  const text = (name: string) => {
    const value = raw[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : ''
  }
  const page = Number(raw['page'])
  return {
    ...(text('q') && { q: text('q') }),
    ...(/^[a-z-]{1,32}$/.test(text('only')) && { only: text('only') }),
    ...(Number.isInteger(page) && page > 1 && page < 1_000_000 && { page }),
  }
}

/** One of those that there are, or none. */
export function oneOf<Name extends string>(
  names: readonly Name[],
  wish: string | undefined,
): Name | undefined {
  return names.find((name) => name === wish)
}
