/** A letter in plain text. */
export type Letter = { readonly to: string; readonly subject: string; readonly text: string }

/** Sends letters; absent where no mail server is configured. */
export interface Mailer {
  /** Rejects when the mail server does not take it. */
  send(letter: Letter): Promise<void>
}

/** For somebody who wants a new password. */
export function resetLetter(to: string, link: string): Letter {
  return {
    to,
    subject: 'A new password for Klieg',
    text: `Somebody, probably you, asked for a new password.\n\nChoose it here within an hour:\n${link}\n\nIf it was not you, do nothing: your password stays as it is.\n`,
  }
}

/** For somebody who is invited. `expires` is a date in words. */
export function invitationLetter(to: string, { link, expires }: { link: string; expires: string }): Letter {
  return {
    to,
    subject: 'You are invited to Klieg',
    text: `You are invited to live broadcasts on a Klieg server.\n\nMake your account here, until ${expires}:\n${link}\n`,
  }
}
