import path from 'node:path'
import { installRecordings } from '../../src/app/recordings.ts'
import type { Visibility } from '../../src/core/broadcast-store.ts'
import { RecordingSource } from '../../src/core/recording/recording-source.ts'
import { Recordings } from '../../src/core/recording/recordings.ts'
import type { SeenRequest } from '../../src/core/request-viewing.ts'
import { Mp4Maker } from '../../src/platform/recordings/mp4/mp4-maker.ts'
import { PosterMaker } from '../../src/platform/recordings/poster-maker.ts'
import { FakeProbe } from './fake-probe.ts'
import { FakeRecordingStore } from './fake-recording-store.ts'
import { recorded, type RecordedOptions } from './recorded.ts'
import { restRig } from './rest-rig.ts'

export type ReplayOptions = RecordedOptions & {
  open?: boolean
  visibility?: Visibility
  ownerId?: string
}

/** One recording of the broadcast `b1` on the disk, and the doors to it on a port. */
export async function replayRig({
  open = true,
  visibility = 'public',
  ownerId,
  ...options
}: ReplayOptions = {}) {
  const rest = await restRig({ open })
  const { broadcasts, fastify, clock } = rest
  const { streamKey } = await broadcasts.create({ id: 'b1', visibility, ownerId })
  const store = new FakeRecordingStore({ find: async (id) => (await broadcasts.find(id))?.record })
  const made = await recorded({ ...options, store })
  const { storage, id, logger } = made
  const folder = (one: string) => storage.folder(one)
  const mp4 = new Mp4Maker({ folder, free: () => storage.free(), minFree: 0 })
  const probe = new FakeProbe()
  const posters = new PosterMaker({ folder, probe, logger })
  const recordings = new Recordings({
    ...{ recorder: made.recorder, storage, store, clock, logger },
    limits: { maxAge: Infinity, maxBytes: Infinity },
    release: (one) => mp4.release(one),
  })
  await recordings.recovered
  const seen: SeenRequest[] = []
  const poster = posters.posterOf.bind(posters)
  await installRecordings(
    fastify,
    {
      ...{ recordings, poster },
      mediaFile: (one, name) => path.join(folder(one), name),
      videoFile: (record, renditions) => mp4.fileOf({ id: record.id, title: record.title, renditions }),
    },
    { ...rest, viewings: { seen: (request) => void seen.push(request) } },
  )
  const url = await fastify.listen({ host: '127.0.0.1', port: 0 })
  return {
    ...{ ...rest, ...made, store, recordings, mp4, probe, seen, url, streamKey },
    source: new RecordingSource({ recordings, poster, findBroadcast: (one) => broadcasts.find(one) }),
    address: (name: string) => `${url}/recordings/${id}/${name}`,
    async [Symbol.asyncDispose](): Promise<void> {
      await fastify.close()
      await mp4[Symbol.asyncDispose]()
      await made.recorder.close()
      await recordings.close()
      made[Symbol.dispose]()
    },
  }
}
