import { type Static, Type } from 'typebox'
import type { LibraryItem } from '../../core/library-item.ts'

const orNull = <Schema extends ReturnType<typeof Type.String | typeof Type.Number>>(schema: Schema) =>
  Type.Union([schema, Type.Null()])

/** An item of the library as the outside sees it. */
export const LibraryItemSchema = Type.Object({
  kind: Type.String({ description: 'file or recording' }),
  id: Type.String(),
  title: Type.String(),
  duration: orNull(Type.Number({ description: 'seconds' })),
  size: Type.Number({ description: 'bytes' }),
  createdAt: Type.String({ format: 'date-time' }),
  width: orNull(Type.Number()),
  height: orNull(Type.Number()),
  codecs: Type.Array(Type.String()),
  poster: orNull(Type.String({ description: 'path of a JPEG' })),
  listed: Type.Boolean({ description: 'false: nobody else finds it in the list' }),
  play: Type.String({ description: 'path of what is played' }),
  download: Type.String({ description: 'path of the whole file' }),
  contentType: Type.String({ description: 'of what is played' }),
})

export type LibraryItemView = Static<typeof LibraryItemSchema>

/** Paths are the server's own. */
export function libraryItemView({ createdAt, posterVersion, codecs, ...item }: LibraryItem): LibraryItemView {
  const path = `/api/library/${item.kind}/${encodeURIComponent(item.id)}/poster.jpg`
  return {
    ...item,
    codecs: [...codecs],
    createdAt: new Date(createdAt).toISOString(),
    poster: posterVersion === null ? null : `${path}?v=${encodeURIComponent(posterVersion)}`,
  }
}
