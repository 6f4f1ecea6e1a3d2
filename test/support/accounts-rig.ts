import Fastify, { type InjectOptions } from 'fastify'
import { accountsPlugin } from '../../src/protocols/accounts/accounts-plugin.ts'
import { SessionCookie } from '../../src/protocols/accounts/session-cookie.ts'
import { installErrorHandler } from '../../src/protocols/http-errors.ts'
import { installRequestIdentity } from '../../src/protocols/request-identity.ts'
import { validation } from '../../src/protocols/validation.ts'
import { isOwnOrigin } from '../../src/protocols/visitor.ts'
import type { Role } from '../../src/core/identity.ts'
import { setUpDoor } from './webrtc-door.ts'
import { FakeMailer, PASSWORD, peopleRig } from './people-rig.ts'

type Wanted = { publicUrl?: string; mail?: boolean; registration?: boolean }

/** A browser: it keeps its cookie and says where its pages are from. */
export type FakeBrowserTab = {
  ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
    headers?: object,
  ): Promise<Answer>
  cookie: string | undefined
}
/** What the routes of this door may say; a test reads what it expects. */
export type AnswerBody = {
  code: string
  needed: boolean
  user: AnsweredUser | null
  items: (AnsweredUser & { current: boolean; address: string; agent: string })[]
  total: number
  page: number
  pageSize: number
  secret: string
  uri: string
  recoveryCodes: string[]
  key: string
  link: string
  mailed: boolean
} & AnsweredUser
type AnsweredUser = {
  id: string
  email: string | null
  name: string
  role: string
  secondFactor: boolean
  disabledAt: string | null
}
export type Answer = {
  status: number
  body: AnswerBody
  setCookie: string | undefined
  headers: Record<string, unknown>
}

/** The accounts door over fakes. */
export async function accountsRig({ publicUrl = '', mail = false, registration = false }: Wanted = {}) {
  const door = await setUpDoor({ open: false })
  const cookie = new SessionCookie(publicUrl)
  const rig = peopleRig({ clock: door.clock, cookies: cookie.names })
  const mailer = new FakeMailer()
  const forgotten: string[] = []
  const fastify = Fastify({ ajv: validation, trustProxy: true })
  installErrorHandler(fastify)
  installRequestIdentity(fastify, {
    authentication: rig.people.authentication,
    isOwnPage: ({ headers }) => isOwnOrigin(headers),
  })
  await fastify.register(accountsPlugin, {
    ...{ people: rig.people, cookie, doorkeeper: door.doorkeeper, clock: door.clock, logger: rig.logger },
    ...{ publicUrl, registration: () => registration, mailer: mail ? mailer : undefined },
    forget: async (userId) => forgotten.push(userId),
  })

  function tab(address = '192.0.2.1'): FakeBrowserTab {
    const browser: FakeBrowserTab = {
      cookie: undefined,
      async ask(method, url, payload, headers = {}) {
        const answer = await fastify.inject({
          method,
          url,
          remoteAddress: address,
          headers: {
            ...{ host: 'live.example', origin: 'http://live.example', 'user-agent': 'A browser' },
            ...(browser.cookie !== undefined && { cookie: browser.cookie }),
            ...headers,
          },
          ...(payload && { payload }),
        } as InjectOptions)
        const setCookie = answer.headers['set-cookie']?.toString()
        if (setCookie !== undefined) {
          const [pair = ''] = setCookie.split(';')
          browser.cookie = pair.endsWith('=') ? undefined : pair
        }
        const body = answer.body === '' ? undefined : answer.json<AnswerBody>()
        return { status: answer.statusCode, body: body as AnswerBody, setCookie, headers: answer.headers }
      },
    }
    return browser
  }

  /** Somebody who is signed in. */
  async function signedIn(name: string, role: Role = 'viewer') {
    const user = await rig.add(name, { role })
    const browser = tab()
    await browser.ask('POST', '/api/auth/sign-in', { email: user.email, password: PASSWORD })
    return { user, ...browser, browser }
  }

  return { ...rig, fastify, mailer, tab, signedIn, forgotten }
}
