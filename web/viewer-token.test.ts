import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { keepViewerToken, pictureAddress, takeViewerToken, viewerTokenOf } from './viewer-token.ts'

/** A tab at this address, which may have a storage. */
function tab(t: TestContext, href: string, storage: Map<string, string> | undefined = new Map()) {
  const shown: string[] = []
  const globals = {
    location: new URL(href),
    history: {
      state: { key: 'kept' },
      replaceState: (_state: unknown, _title: string, url: URL) => shown.push(url.href),
    },
    sessionStorage: {
      getItem: (name: string) => kept(storage).get(name) ?? null,
      setItem: (name: string, value: string) => kept(storage).set(name, value),
    },
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  t.after(() => {
    for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name)
  })
  return shown
}

function kept(storage: Map<string, string> | undefined): Map<string, string> {
  if (!storage) throw new Error('no storage here')
  return storage
}

test('[WEB70] the viewer token is taken out of the address, and kept for the tab and its broadcast', (t) => {
  const shown = tab(t, 'https://live.example/tv/view/one/?from=mail&token=a.b.c#top')
  takeViewerToken()
  assert.deepEqual(shown, ['https://live.example/tv/view/one/?from=mail#top'])
  assert.equal(viewerTokenOf('one'), 'a.b.c')
  assert.equal(viewerTokenOf('other'), undefined)
  assert.equal(pictureAddress('one', '/thumbnail.jpg?v=2'), '/thumbnail.jpg?v=2&token=a.b.c')
  assert.equal(pictureAddress('one', null), null)
})

test('[WEB70] a reload of the tab still has it', (t) => {
  tab(t, 'https://live.example/embed/reloaded', new Map([['klieg-viewer-token reloaded', 'a.b.c']]))
  takeViewerToken()
  assert.equal(viewerTokenOf('reloaded'), 'a.b.c')
})

test('[WEB70] other pages and empty tokens are left alone, and no storage is no problem', (t) => {
  for (const href of ['https://live.example/reset/?token=x', 'https://live.example/view/two/?token=']) {
    const shown = tab(t, href)
    takeViewerToken()
    assert.deepEqual(shown, [])
  }
  tab(t, 'https://live.example/embed/three?token=a.b.c', undefined)
  takeViewerToken()
  assert.equal(viewerTokenOf('three'), 'a.b.c')
  keepViewerToken('four', 'd.e.f')
  assert.equal(viewerTokenOf('four'), 'd.e.f')
  assert.equal(viewerTokenOf('five'), undefined)
})
