import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from './config/read-config.ts'

const SMTP = { KLIEG_SMTP_URL: 'smtp://anna:geheim@mail.example:587' }
const FROM = { KLIEG_MAIL_FROM: 'Klieg <klieg@example.org>' }
const PUBLIC = { KLIEG_PUBLIC_URL: 'https://live.example' }
const read = (environment: NodeJS.ProcessEnv) => readConfig(environment, '/nonexistent/klieg.config.json')

test('[AC104] a mail server needs a sender and the public URL, and its password is not told', () => {
  assert.equal(read({ ...SMTP, ...FROM, ...PUBLIC }).smtpUrl, SMTP.KLIEG_SMTP_URL)
  for (const [environment, message] of [
    [{ ...SMTP, ...PUBLIC }, /KLIEG_MAIL_FROM/],
    [{ ...SMTP, ...FROM }, /KLIEG_PUBLIC_URL/],
    [{ ...FROM, ...PUBLIC, KLIEG_SMTP_URL: 'http://anna:geheim@mail.example' }, /KLIEG_SMTP_URL/],
    [{ ...SMTP, ...PUBLIC, KLIEG_MAIL_FROM: 'a@b.cd\r\nBcc: x@y.zz' }, /KLIEG_MAIL_FROM/],
  ] as const)
    assert.throws(
      () => read(environment),
      (error: Error) => message.test(error.message) && !error.message.includes('geheim'),
    )
})
