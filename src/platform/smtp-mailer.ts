import nodemailer from 'nodemailer'
import type { Letter, Mailer } from '../core/people/mailer.ts'

const PATIENCE = 15_000

/** Sends letters through one mail server. */
export class SmtpMailer implements Mailer, Disposable {
  readonly #transport: ReturnType<typeof nodemailer.createTransport>
  readonly #from: string

  /** `url` as in smtp://name:password@host:587, or smtps:// for TLS from the start. */
  constructor({ url, from }: { url: string; from: string }) {
    this.#from = from
    this.#transport = nodemailer.createTransport({
      url,
      connectionTimeout: PATIENCE,
      greetingTimeout: PATIENCE,
      socketTimeout: PATIENCE,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  async send({ to, subject, text }: Letter): Promise<void> {
    // As an object, an address is taken as one address, whatever is in it.
    await this.#transport.sendMail({ from: this.#from, to: { name: '', address: to }, subject, text })
  }

  [Symbol.dispose](): void {
    this.#transport.close()
  }
}
