import assert from 'node:assert/strict'
import { test } from 'node:test'
import { downloadName } from './download-name.ts'

test('[LB45] a downloaded item is called by its title, with the extension of the file', () => {
  assert.equal(downloadName({ title: 'a', download: '/api/stream/?path=sub%2Fa.webm' }), 'a.webm')
  assert.equal(downloadName({ title: 'A show', download: '/recordings/x/video.mp4' }), 'A show.mp4')
  assert.equal(downloadName({ title: 'b', download: '/somewhere' }), 'b.mp4')
})
