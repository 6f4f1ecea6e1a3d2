import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvRow } from './csv-row.ts'

test('[WL47] no cell is a formula', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r'])
    assert.match(csvRow([`${start}cmd`]), new RegExp(`^"?'\\${start}cmd`))
  assert.equal(csvRow(['=HYPERLINK("http://x","y")', 'a=b']), `"'=HYPERLINK(""http://x"",""y"")",a=b\r\n`)
})

test('[WL47] quotes, commas and line breaks stay inside their cell; numbers stay numbers', () => {
  assert.equal(
    csvRow(['a,b', 'say "x"', 'two\r\nlines', null, -5, true, '']),
    '"a,b","say ""x""","two\r\nlines",,-5,true,\r\n',
  )
})
