import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { SourceQuery } from '../../core/library.ts'
import { folded, type LibrarySort, orderOf, wordsOf } from '../../core/library-item.ts'
import type { VideoRecord, VideoStore } from '../../core/video-store.ts'
import type { Schema } from './schema.ts'
import type { VideoRow } from './video-row.ts'

/** Keeps the index of the library's files in SQL. */
export class SqlVideoStore implements VideoStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async all(): Promise<VideoRecord[]> {
    return (await this.#database.selectFrom('video').selectAll().execute()).map(recordOf)
  }

  async find(id: string): Promise<VideoRecord | undefined> {
    const row = await this.#database.selectFrom('video').selectAll().where('id', '=', id).executeTakeFirst()
    return row && recordOf(row)
  }

  async list({ q, sort, limit }: SourceQuery): ReturnType<VideoStore['list']> {
    const matching = this.#database
      .selectFrom('video')
      .where((video) => video.and(wordsOf(q).map((word) => containsWord(video, word))))
    const { total } = await matching
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await matching
      .selectAll()
      .orderBy(sql.raw(ORDER[sort]))
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute()
    return { records: rows.map(recordOf), total }
  }

  async put(record: VideoRecord): Promise<void> {
    const row = rowOf(record)
    const { id: _, ...changes } = row
    await this.#database
      .insertInto('video')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
      .execute()
  }

  async remove(id: string): Promise<void> {
    await this.#database.deleteFrom('video').where('id', '=', id).execute()
  }
}

/** As `compareItems` has it. */
const ORDER: Readonly<Record<LibrarySort, string>> = {
  newest: 'created_at desc',
  oldest: 'created_at asc',
  name: 'ordered_title asc',
  duration: 'coalesce(duration, -1) desc',
  size: 'size desc',
}

function containsWord(video: ExpressionBuilder<Schema, 'video'>, word: string) {
  const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return sql<boolean>`${video.ref('folded_path')} like ${pattern} escape '\\'`
}

function rowOf({ facts, posterVersion, examined, ...record }: VideoRecord): VideoRow {
  return {
    id: record.id,
    path: record.path,
    title: record.title,
    folded_path: folded(record.path),
    ordered_title: orderOf(record.title),
    size: record.size,
    modified_at: record.modifiedAt,
    created_at: record.createdAt,
    duration: facts.duration,
    width: facts.width,
    height: facts.height,
    codecs: facts.codecs.join(','),
    bitrate: facts.bitrate,
    poster_version: posterVersion,
    examined: Number(examined),
  }
}

function recordOf(row: VideoRow): VideoRecord {
  return {
    id: row.id,
    path: row.path,
    title: row.title,
    size: row.size,
    modifiedAt: row.modified_at,
    createdAt: row.created_at,
    facts: {
      duration: row.duration,
      width: row.width,
      height: row.height,
      codecs: row.codecs === '' ? [] : row.codecs.split(','),
      bitrate: row.bitrate,
    },
    posterVersion: row.poster_version,
    examined: Boolean(row.examined),
  }
}
