import type { ViewingRecord } from '../../core/viewing-store.ts'
import { csvRow } from '../csv-row.ts'
import { viewingView } from './viewing-view.ts'

type Portions = AsyncIterable<readonly ViewingRecord[]>

const COLUMNS = [
  'id',
  'kind',
  'subject',
  'title',
  'is_authenticated',
  'user',
  'address',
  'protocol',
  'started',
  'ended',
  'seconds_watched',
  'interval_unit',
  'intervals',
  'bytes',
]

/** The watch log as CSV, a portion at a time. */
export async function* csvOf(portions: Portions): AsyncGenerator<string> {
  yield csvRow(COLUMNS)
  for await (const records of portions) yield records.map(rowOf).join('')
}

/** The watch log as one JSON array, a portion at a time. */
export async function* jsonOf(portions: Portions): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const records of portions) {
    if (records.length === 0) continue
    yield separator + records.map((record) => JSON.stringify(viewingView(record))).join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

function rowOf(record: ViewingRecord): string {
  const view = viewingView(record)
  return csvRow([
    view.id,
    view.subject.kind,
    view.subject.id,
    view.subject.title,
    view.authenticated,
    view.user,
    view.address,
    view.protocol,
    view.startedAt,
    view.endedAt,
    view.secondsWatched,
    view.intervalUnit,
    view.intervals.map((span) => span.join('-')).join(' '),
    view.bytes,
  ])
}
