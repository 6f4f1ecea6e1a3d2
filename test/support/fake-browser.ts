import { setMaxListeners } from 'node:events'
import type { TestContext } from 'node:test'
import { FakeEventSource, FakeWebSocket } from './fake-browser-sockets.ts'
import { FakeStream } from './fake-media.ts'
import { FakePeer } from './fake-peer.ts'

/** One request that the page made. */
export type FakeRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body: string
  keepalive: boolean
}

type Answer = Response | Error | Promise<Response>

/** The parts of a browser that the client uses. It remembers what was done with them; time moves by `pass` only. */
export class FakeBrowser {
  readonly requests: FakeRequest[] = []
  readonly peers: FakePeer[] = []
  readonly eventSources: FakeEventSource[] = []
  readonly sockets: FakeWebSocket[] = []
  readonly page = new EventTarget()
  readonly network = new EventTarget()
  /** Answers each request; an Error is a network failure. Without one, everything is 404. */
  answer: (request: FakeRequest) => Answer = () => new Response(null, { status: 404 })
  /** What Math.random says. */
  chance = 1
  readonly #t: TestContext
  #elapsed = 1000
  readonly #owned = new AsyncDisposableStack()

  constructor(t: TestContext) {
    this.#t = t
    t.after(async () => {
      await settle()
      await this.#owned.disposeAsync()
    })
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    t.mock.method(Math, 'random', () => this.chance)
    t.mock.method(performance, 'now', () => this.#elapsed)
    setMaxListeners(0, this.page, this.network) // a hundred viewers are no leak
    this.#install({
      location: new URL('https://live.example/view/'),
      fetch: (url: URL | string, init: RequestInit = {}) => this.#fetch(String(url), init),
      addEventListener: this.page.addEventListener.bind(this.page),
      removeEventListener: this.page.removeEventListener.bind(this.page),
      MediaStream: FakeStream,
      HTMLMediaElement: { HAVE_FUTURE_DATA: 3 },
      RTCPeerConnection: remembering(FakePeer, this.peers),
      RTCRtpSender: { getCapabilities: () => ({ codecs: CODECS }) },
      EventSource: remembering(FakeEventSource, this.eventSources),
      WebSocket: remembering(FakeWebSocket, this.sockets),
    })
    this.#define(navigator, 'connection', this.network)
  }

  /** The latest connection. */
  get peer(): FakePeer {
    const peer = this.peers.at(-1)
    if (!peer) throw new Error('no connection was made')
    return peer
  }

  /** What shall be closed while there is still a browser. */
  owns<Owned extends AsyncDisposable>(owned: Owned): Owned {
    this.#owned.defer(async () => {
      await owned[Symbol.asyncDispose]()
      await settle()
    })
    return owned
  }

  requestsOf(method: string): FakeRequest[] {
    return this.requests.filter((request) => request.method === method)
  }

  /** Lets time pass, and everything happen that follows from it. */
  async pass(milliseconds: number): Promise<void> {
    await settle()
    this.#elapsed += milliseconds
    this.#t.mock.timers.tick(milliseconds)
    await settle()
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { signal, body } = init
    signal?.throwIfAborted()
    const request = {
      method: init.method ?? 'GET',
      url,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof body === 'string' ? body : '',
      keepalive: init.keepalive ?? false,
    }
    this.requests.push(request)
    const answer = this.answer(request)
    if (answer instanceof Error) throw answer
    const aborted = new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    })
    return Promise.race([answer, aborted])
  }

  #install(globals: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(globals)) this.#define(globalThis, name, value)
  }

  #define(target: object, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(target, name)
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
    this.#owned.defer(() => {
      if (before) Object.defineProperty(target, name, before)
      else Reflect.deleteProperty(target, name)
    })
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

const CODECS = [
  { mimeType: 'video/VP8', clockRate: 90_000 },
  { mimeType: 'video/rtx', clockRate: 90_000 },
  { mimeType: 'video/H264', clockRate: 90_000, sdpFmtpLine: 'packetization-mode=0;profile-level-id=42e01f' },
  { mimeType: 'video/H264', clockRate: 90_000, sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
  { mimeType: 'video/AV1', clockRate: 90_000 },
]

/** `new` of the returned class leaves each instance in `made`. */
function remembering<Made extends object>(type: new (...given: never[]) => Made, made: Made[]): object {
  return new Proxy(type, {
    construct(target, given: never[]) {
      const instance = new target(...given)
      made.push(instance)
      return instance
    },
  })
}
