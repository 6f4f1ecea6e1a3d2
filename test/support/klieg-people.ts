import assert from 'node:assert/strict'
import type { KliegProcess } from './klieg-process.ts'

const SETUP_LINK = /\/setup\?token=([\w-]{43})\s/
const PASSWORD = 'a calm sentence'

/** Somebody's browser: it keeps its cookie, and says that own pages send its requests. */
export class Tab {
  readonly server: KliegProcess
  cookie = ''

  constructor(server: KliegProcess) {
    this.server = server
  }

  async ask(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const { url } = this.server
    const answer = await fetch(url + path, {
      method,
      headers: {
        origin: url,
        ...(this.cookie !== '' && { cookie: this.cookie }),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    for (const each of answer.headers.getSetCookie()) this.cookie = each.split(';')[0] ?? ''
    return answer
  }

  /** What a success says. */
  async get<Body>(method: string, path: string, body?: object): Promise<Body> {
    const answer = await this.ask(method, path, body)
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`)
    return (answer.status === 204 ? undefined : await answer.json()) as Body
  }
}

/** The first administrator, by the link of the first start. */
export async function setUpAdmin(server: KliegProcess): Promise<Tab> {
  const [, token] = SETUP_LINK.exec(server.log) ?? []
  const tab = new Tab(server)
  const account = { email: 'root@example.org', name: 'Root', password: PASSWORD }
  await tab.get('POST', '/api/setup', { token, ...account })
  await tab.get('POST', '/api/auth/sign-in', { email: account.email, password: PASSWORD })
  return tab
}

/** Somebody that an administrator invited, signed in, with their id. */
export async function invite(
  admin: Tab,
  role: 'broadcaster' | 'viewer',
  name: string,
): Promise<{ tab: Tab; id: string }> {
  const { link } = await admin.get<{ link: string }>('POST', '/api/invitations', { role })
  const token = new URL(link).searchParams.get('token')
  const tab = new Tab(admin.server)
  const email = `${name}@example.org`
  await tab.get('POST', '/api/invitations/accept', { token, email, name, password: PASSWORD })
  await tab.get('POST', '/api/auth/sign-in', { email, password: PASSWORD })
  const { user } = await tab.get<{ user: { id: string } }>('GET', '/api/auth/me')
  return { tab, id: user.id }
}
