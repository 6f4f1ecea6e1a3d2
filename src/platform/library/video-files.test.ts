import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { FACTS, FakeProbe } from '../../../test/support/fake-probe.ts'
import { FakeVideoStore } from '../../../test/support/fake-video-store.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { systemClock } from '../system-clock.ts'
import { VideoFiles } from './video-files.ts'

const ALL = { q: '', sort: 'name', limit: 100 } as const

async function setUp(files: readonly string[] = []) {
  const resources = new AsyncDisposableStack()
  const folder = resources.use(temporaryFolder())
  const root = folder.file('videos')
  const store = new FakeVideoStore()
  const probe = new FakeProbe()
  const logger = new FakeLogger()

  /** As something that was copied there a while ago. */
  function write(name: string, content = name, age = 60): void {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true })
    writeFileSync(path.join(root, name), content)
    const then = Date.now() / 1000 - age
    utimesSync(path.join(root, name), then, then)
  }
  async function openAgain() {
    const posters = folder.file('posters')
    const isServed = (place: string) => !place.includes(':')
    const addressOf = (place: string) => `/at/${place}`
    const videos = resources.use(
      await VideoFiles.open({ root, posters, isServed, addressOf, store, probe, clock: systemClock, logger }),
    )
    await videos.scan()
    await videos.idle
    return videos
  }
  for (const file of files) write(file)
  const videos = await openAgain()
  const titles = async (of = videos) => (await of.list(ALL)).items.map(({ title }) => title)
  const idOf = async (title: string) =>
    (await videos.list(ALL)).items.find((item) => item.title === title)?.id ?? ''
  return {
    ...{ folder, root, store, probe, logger, videos, write, openAgain, titles, idOf },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

describe('the files of the library', () => {
  test('[LB13] videos in all folders are found; hidden ones, links and other files are not', async () => {
    await using rig = await setUp([
      'a.mp4',
      'deep/er/b.webm',
      '.hidden.mp4',
      '.git/c.mp4',
      'd.txt',
      'odd:name.mp4',
    ])
    symlinkSync('/etc', path.join(rig.root, 'elsewhere'))
    symlinkSync(path.join(rig.root, 'a.mp4'), path.join(rig.root, 'link.mp4'))
    await rig.videos.scan()

    const { items } = await rig.videos.list(ALL)
    assert.deepEqual(
      items.map(({ title, play, contentType }) => ({ title, play, contentType })),
      [
        { title: 'a', play: '/at/a.mp4', contentType: 'video/mp4' },
        { title: 'b', play: '/at/deep/er/b.webm', contentType: 'video/webm' },
      ],
    )
  })

  test('[LB13] each is looked into once, also when the server starts again', async () => {
    await using rig = await setUp(['a.mp4', 'b.mp4'])
    assert.equal(rig.videos.pending, 0)
    const [item] = (await rig.videos.list(ALL)).items
    assert.deepEqual(
      { duration: item?.duration, width: item?.width, codecs: item?.codecs },
      { duration: FACTS.duration, width: FACTS.width, codecs: FACTS.codecs },
    )
    await rig.openAgain()
    assert.equal(rig.probe.probed.length, 2)
  })

  test('[LB13] what changes, comes or goes while the server runs is noticed, and an id stays with its path', async () => {
    await using rig = await setUp(['a.mp4', 'gone.mp4'])
    const id = await rig.idOf('a')
    const before = (await rig.videos.get(id))?.posterVersion
    rig.write('a.mp4', 'longer than before', 30)
    rig.write('new folder/late.mp4')
    await rig.videos.remove(await rig.idOf('gone'))

    await eventually(
      async () => (await rig.titles()).join() === 'a,late' && (await rig.videos.get(id))?.size === 18,
      () => JSON.stringify([...rig.store.records.values()]),
    )
    await rig.videos.idle
    assert.notEqual((await rig.videos.get(id))?.posterVersion, before)
    rig.write('new folder/later.mp4') // a folder that is new is watched too
    await eventually(
      async () => (await rig.titles()).includes('later'),
      () => 'not noticed',
    )
  })

  test('[LB13] a file that is still being written waits until it rests', async () => {
    await using rig = await setUp()
    rig.write('growing.mp4', 'the beginning', 0)
    await rig.videos.scan()
    assert.deepEqual(await rig.titles(), [])
    await eventually(
      async () => (await rig.titles()).length === 1,
      () => 'not found',
    )
  })

  test('[LB14] a poster shows what comes after the beginning, or the beginning of what is short', async () => {
    await using rig = await setUp(['a.mp4'])
    const id = await rig.idOf('a')
    assert.equal((await rig.videos.poster(id))?.toString(), 'picture at 2')
    assert.equal(await rig.videos.poster('nobody'), undefined)

    rig.probe.lastPicture = 1
    rig.write('cut short.mp4')
    await rig.videos.scan()
    await rig.videos.idle
    assert.equal((await rig.videos.poster(await rig.idOf('cut short')))?.toString(), 'picture at 0')
  })

  test('[LB14] what cannot be read is in the library all the same, and not tried again', async () => {
    await using rig = await setUp(['broken.mp4'])
    const [item] = (await rig.videos.list(ALL)).items
    assert.deepEqual([item?.title, item?.duration, item?.posterVersion], ['broken', null, null])
    assert.ok(
      rig.logger.lines.some(({ level, message }) => level === 'warn' && message === 'video cannot be read'),
    )
    await rig.openAgain()
    assert.equal(rig.probe.probed.length, 1)
  })

  test('[LB14] without ffmpeg there are no posters and durations; they come once it is there', async () => {
    await using rig = await setUp()
    rig.probe.isThere = false
    rig.write('a.mp4')
    await rig.videos.scan()
    await rig.videos.idle
    assert.deepEqual([(await rig.videos.list(ALL)).items[0]?.duration, rig.videos.pending], [null, 0])

    rig.probe.isThere = true
    await rig.openAgain()
    assert.equal((await rig.videos.list(ALL)).items[0]?.duration, FACTS.duration)
  })

  test('[LB15] a whole file is moved in under its name, or the next one that is free', async () => {
    await using rig = await setUp(['a.mp4'])
    const upload = rig.folder.file('upload')
    writeFileSync(upload, 'uploaded')
    const id = await rig.videos.adopt(upload, '../a.mp4')

    assert.equal((await rig.videos.get(id))?.title, 'a (2)')
    assert.equal(readFileSync(path.join(rig.root, 'a (2).mp4'), 'utf8'), 'uploaded')
    assert.equal(readFileSync(path.join(rig.root, 'a.mp4'), 'utf8'), 'a.mp4')
    assert.equal(existsSync(upload), false)
    await rig.videos.idle
    assert.equal((await rig.videos.get(id))?.duration, FACTS.duration)
  })

  test('[LB15] one that comes in while the folders are compared is kept, and looked into once', async () => {
    await using rig = await setUp(['a.mp4'])
    const upload = rig.folder.file('upload')
    writeFileSync(upload, 'uploaded')
    const then = Date.now() / 1000 - 60
    utimesSync(upload, then, then)
    const all = rig.store.all.bind(rig.store)
    rig.store.all = async () => {
      const known = await all()
      rig.store.all = all
      await rig.videos.adopt(upload, 'b.mp4')
      return known
    }
    await rig.videos.scan()
    await rig.videos.idle

    assert.deepEqual(await rig.titles(), ['a', 'b'])
    assert.equal(rig.probe.probed.filter((file) => file.endsWith('b.mp4')).length, 1)
  })

  test('[LB16] a video that is removed takes its poster with it; one that is gone already is forgotten', async () => {
    await using rig = await setUp(['a.mp4', 'sub/b.mp4'])
    const [a, b] = [await rig.idOf('a'), await rig.idOf('b')]
    assert.equal(await rig.videos.remove(a), true)
    assert.equal(existsSync(path.join(rig.root, 'a.mp4')), false)
    assert.equal(readdirSync(rig.folder.file('posters')).length, 1)
    assert.equal(await rig.videos.remove(a), false)
    assert.equal(await rig.videos.get(a), undefined)
    assert.equal(await rig.videos.remove(b), true)
    assert.deepEqual(await rig.titles(), [])
  })
})
