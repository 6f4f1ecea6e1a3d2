import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safeReturn } from './safe-return.ts'

test('[AC120] signing in leads back to a page of this server, and nowhere else', () => {
  assert.equal(safeReturn('/view/abc/?t=1#now'), '/view/abc/?t=1#now')
  assert.equal(safeReturn('/a/../account/'), '/account/')
  for (const to of [
    null,
    undefined,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    'view',
  ])
    assert.equal(safeReturn(to), '/', String(to))
})
