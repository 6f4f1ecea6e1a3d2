import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeBrowser } from '../test/support/fake-browser.ts'
import { getLibraryItem, latestRecordingOf, listLibrary, removeLibraryItem } from './library.ts'

test('[LB40] each call of the library is one request', async (t) => {
  const browser = new FakeBrowser(t)
  browser.answer = () => Response.json({ items: [] })
  await listLibrary()
  await listLibrary({ q: 'a b', kind: undefined, sort: 'name', page: 2 })
  await getLibraryItem('file', 'a/b')
  await removeLibraryItem('recording', 'r')
  assert.equal(await latestRecordingOf('a b'), undefined)

  assert.deepEqual(
    browser.requests.map(({ method, url }) => `${method} ${url}`),
    [
      'GET https://live.example/api/library?',
      'GET https://live.example/api/library?q=a+b&sort=name&page=2',
      'GET https://live.example/api/library/file/a%2Fb',
      'DELETE https://live.example/api/library/recording/r',
      'GET https://live.example/api/recordings?broadcast=a+b&state=ready&pageSize=1',
    ],
  )
})
