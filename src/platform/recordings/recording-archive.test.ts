import assert from 'node:assert/strict'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import type { RecordedSegment, RenditionJournal } from '../../core/recording/journal.ts'
import { RecordingArchive } from './recording-archive.ts'

const segment = (number: number, offset: number, size: number): RecordedSegment => ({
  ...{ number, file: 0, offset, size, startedAt: 0, period: 0, duration: 2, sha256: '' },
})

test('[DVR4] segments are read while the recording grows; missing and removed ones are absent', async () => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'v0-0.mp4')
  writeFileSync(file, 'header')
  const segments: RecordedSegment[] = []
  const journal: RenditionJournal = {
    ...{ id: 'v0', kind: 'video', codec: 'H264', initializations: [], begun: undefined },
    segments,
  }
  const archive = new RecordingArchive({ journals: [journal] }, folder.path)
  assert.equal(archive.has('v0', 0), false)

  appendFileSync(file, 'first')
  segments.push(segment(0, 6, 5), { ...segment(1, 11, 0), missing: true })
  appendFileSync(file, 'second')
  segments.push(segment(2, 11, 6))

  assert.equal(String(await archive.read('v0', 0)), 'first')
  assert.equal(String(await archive.read('v0', 2)), 'second')
  assert.equal(await archive.read('v0', 1), undefined)
  assert.equal(await archive.read('a0', 0), undefined)
  rmSync(file)
  assert.equal(await archive.read('v0', 0), undefined)
})
