import { type Static, Type } from 'typebox'

const PageSize = Type.String({
  default: '50',
  pattern: '^([1-9]\\d?|1\\d\\d|200)$',
  description: '1 to 200',
})

/** Parameters of a list that say which page of it is meant. */
export const PAGE_FIELDS = {
  page: Type.String({ default: '1', pattern: '^[1-9]\\d{0,5}$' }),
  pageSize: PageSize,
}

export const PageQuery = Type.Object(PAGE_FIELDS)

/** What the answer says of the page, beside its items. */
export const PAGE_FACTS = { total: Type.Integer(), page: Type.Integer(), pageSize: Type.Integer() }

/** The answer: items, and which part of how many they are. */
export function pageOf<Item extends Type.TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), ...PAGE_FACTS })
}

/** What a store is asked for, and what the answer says of it. */
export function partOf(query: Static<typeof PageQuery>) {
  const [page, pageSize] = [Number(query.page), Number(query.pageSize)]
  return { part: { offset: (page - 1) * pageSize, limit: pageSize }, page, pageSize }
}
