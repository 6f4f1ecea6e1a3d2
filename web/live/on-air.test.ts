import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BroadcastState, BroadcastView } from '../../client/index.ts'
import { type ListChange, onAirAfter } from './on-air.ts'

function broadcast(id: string, minute: number, state: BroadcastState = 'live', viewers = 0): BroadcastView {
  const at = `2026-01-01T12:${String(minute).padStart(2, '0')}:00Z`
  return {
    id,
    state,
    viewers,
    title: id,
    visibility: 'public',
    record: false,
    delivery: 'sfu',
    chat: true,
    createdAt: at,
    startedAt: state === 'created' ? null : at,
    endedAt: null,
    codecs: [],
    tracks: [],
    health: null,
    warnings: [],
    thumbnail: null,
    urls: {
      studio: '',
      view: '',
      embed: '',
      whip: '',
      whep: '',
      signalling: '',
      chat: '',
      hls: null,
      frames: '',
      thumbnail: '',
    },
  }
}

function idsAfter(...changes: ListChange[]): string[] {
  let list: readonly BroadcastView[] = []
  for (const change of changes) list = onAirAfter(list, change)
  return list.map(({ id }) => id)
}

const LIST: ListChange = {
  type: 'list',
  broadcasts: [
    broadcast('early', 1),
    broadcast('over', 2, 'ended'),
    broadcast('later', 3, 'reconnecting'),
    broadcast('unborn', 4, 'created'),
  ],
}

test('[WEB10] what is on air is listed, the latest first', () => {
  assert.deepEqual(idsAfter(LIST), ['later', 'early'])
})

test('[WEB10] one that starts is added, one that ends or is removed is gone', () => {
  const started: ListChange = { type: 'started', broadcast: broadcast('newest', 9) }
  const ended: ListChange = { type: 'ended', broadcast: broadcast('later', 3, 'ended') }

  assert.deepEqual(idsAfter(LIST, started), ['newest', 'later', 'early'])
  assert.deepEqual(idsAfter(LIST, started, ended, { type: 'removed', id: 'early' }), ['newest'])
})

test('[WEB10] an update takes the place of what was known, also of one not yet known', () => {
  const [first] = onAirAfter(onAirAfter([], LIST), {
    type: 'updated',
    broadcast: broadcast('later', 3, 'live', 7),
  })
  assert.deepEqual([first?.id, first?.state, first?.viewers], ['later', 'live', 7])

  assert.deepEqual(idsAfter({ type: 'updated', broadcast: broadcast('surprise', 5) }), ['surprise'])
  assert.deepEqual(idsAfter({ type: 'updated', broadcast: broadcast('unborn', 5, 'created') }), [])
})
