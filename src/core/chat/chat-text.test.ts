import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cleanName, cleanText, lengthOf } from './chat-text.ts'
import { isReserved } from './reserved-names.ts'

describe('text', () => {
  test('[CH10] it is one line without controls, bidi tricks and what can not be seen', () => {
    const tricks: [string, string][] = [
      ['  two\r\n\tlines ', 'two lines'],
      ['a\u0000b\u001b[31mc\u007f\u009f', 'ab[31mc'],
      ['abc\u202egnp.exe\u202c \u2066x\u2069\u200e\u200f\u061c', 'abcgnp.exe x'],
      ['in\u200bvis\u2060ible\ufeff\u00ad\u3164\u{e0041}', 'in vis ible'.replaceAll(' ', '')],
      ['\ud800lone', 'lone'],
      ['\u00a0\u2003\u3000', ''],
      ['Z' + '\u0301'.repeat(60) + '!', 'Z' + '\u0301'.repeat(4) + '!'],
    ]
    for (const [trick, plain] of tricks) assert.equal(cleanText(trick), plain, JSON.stringify(trick))
  })

  test('[CH10] scripts and emoji that need joiners and marks keep them', () => {
    for (const text of ['👩‍👩‍👧 ❤️', 'می‌خواهم', 'क्‍ष', 'tiếng Việt', '<b>bold</b> & "so"', 'שלום'])
      assert.equal(cleanText(text), text)
  })

  test('[CH11] a name is short, and its letters have no other shape', () => {
    assert.equal(cleanName('\u202eＡｎｎ\u200d\u200c '), 'Ann')
    assert.equal(lengthOf(cleanName('😀'.repeat(60))), 40)
    assert.equal(cleanName('👩‍🚀'), '👩‍🚀')
    assert.equal(cleanName('\u200b\u2060'), '')
  })

  test('[CH12] a name that looks like those who run the chat is recognised', () => {
    const imitations = [
      ...['Moderator', 'MODERATOR', 'M0derat0r', 'Modera tor', 'm.o.d.e.r.a.t.o.r', 'Mоdеrаtоr', 'Μοderator'],
      ...[
        'the moderator',
        'rnoderator',
        'ᴍᴏᴅᴇʀᴀᴛᴏʀ',
        '𝕄𝕠𝕕𝕖𝕣𝕒𝕥𝕠𝕣',
        'Mödérâtör',
        '[MOD]',
        'Mod 1',
        'Admin',
        'Аdmin',
      ],
      ...['4dm1n', 'adm|n', 'Admlnistrator', 'System', 'Klieg', 'K1ieg', 'Host', 'STREAMER'],
    ]
    for (const name of imitations) assert.ok(isReserved(cleanName(name)), name)
    for (const name of ['Modest', 'Admiral Nelson', 'Anna', 'Hosta', 'Иван', 'Μαρία', 'Model T', '123', '😀'])
      assert.ok(!isReserved(cleanName(name)), name)
  })
})
