import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeMailServer } from '../../test/support/fake-mail-server.ts'
import { SmtpMailer } from './smtp-mailer.ts'

test('[AC72] a letter reaches the mail server as plain text, from whom it says', async () => {
  await using server = await FakeMailServer.listen()
  using mailer = new SmtpMailer({ url: server.url, from: 'Klieg <klieg@example.org>' })

  await mailer.send({ to: 'anna@example.org', subject: 'Grüße', text: 'Line one\nLine two\n' })

  const letter = server.letters.at(0)
  assert.equal(letter?.from, 'klieg@example.org')
  assert.deepEqual(letter?.to, ['anna@example.org'])
  assert.match(letter?.content ?? '', /^Content-Type: text\/plain; charset=utf-8\r$/m)
  assert.match(letter?.content ?? '', /\r\n\r\nLine one\r\nLine two\r\n/)
})

test('[AC72] nothing in a letter becomes a header or another recipient', async () => {
  await using server = await FakeMailServer.listen()
  using mailer = new SmtpMailer({ url: server.url, from: 'klieg@example.org' })

  await mailer.send({ to: 'anna@example.org', subject: 'Hello\r\nBcc: eve@example.org', text: 'x' })

  const letter = server.letters.at(0)
  assert.deepEqual(letter?.to, ['anna@example.org'])
  assert.doesNotMatch(letter?.content ?? '', /^Bcc:/im)
})

test('[AC72] a mail server that is not there is an error', async () => {
  using mailer = new SmtpMailer({ url: 'smtp://127.0.0.1:1', from: 'klieg@example.org' })
  await assert.rejects(mailer.send({ to: 'anna@example.org', subject: 's', text: 't' }), /ECONNREFUSED/)
})
