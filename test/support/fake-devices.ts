import type { TestContext } from 'node:test'
import { settle } from './fake-browser.ts'
import type { FakeStream } from './fake-media.ts'

type Device = { kind: string; deviceId: string; label: string }

/** The cameras, microphones and screens of a page. It remembers what was asked of them. */
export class FakeDevices {
  list: Device[] = []
  permissions: Record<string, string> | undefined = {}
  /** What the next openings give, one after the other. */
  open: (FakeStream | Error)[] = []
  readonly asked: MediaStreamConstraints[] = []
  locks = 0
  released = 0
  readonly #events = new EventTarget()
  readonly #document = new EventTarget()
  readonly #t: TestContext

  constructor(t: TestContext) {
    this.#t = t
    const open = async (constraints: MediaStreamConstraints) => this.#open(constraints)
    const devices = Object.assign(this.#events, {
      enumerateDevices: async () => this.list,
      getUserMedia: open,
      getDisplayMedia: open,
    })
    this.#define(globalThis, 'isSecureContext', true)
    this.#define(globalThis, 'document', this.#document)
    this.visible = true
    this.make({
      mediaDevices: devices,
      permissions: { query: async ({ name }: { name: string }) => this.#permission(name) },
      wakeLock: { request: async () => this.#lock() },
    })
  }

  set visible(visible: boolean) {
    Object.assign(this.#document, { visibilityState: visible ? 'visible' : 'hidden' })
    this.#document.dispatchEvent(new Event('visibilitychange'))
  }

  /** Whether the page came by https, or from this machine. */
  set secure(secure: boolean) {
    this.#define(globalThis, 'isSecureContext', secure)
  }

  /** Changes what `navigator` has. */
  make(parts: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(parts)) this.#define(navigator, name, value)
  }

  /** Something was plugged in or out. */
  async change(): Promise<void> {
    this.#events.dispatchEvent(new Event('devicechange'))
    await settle()
  }

  settle(): Promise<void> {
    return settle()
  }

  #open(constraints: MediaStreamConstraints): FakeStream {
    this.asked.push(constraints)
    const next = this.open.shift()
    if (!next) throw new DOMException('', 'NotFoundError')
    if (next instanceof Error) throw next
    return next
  }

  #permission(name: string): { state: string } {
    if (!this.permissions) throw new TypeError('unknown permission')
    return { state: this.permissions[name] ?? 'prompt' }
  }

  #lock(): { release: () => Promise<void> } {
    this.locks++
    return {
      release: async () => {
        this.released++
      },
    }
  }

  #define(target: object, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(target, name)
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
    this.#t.after(() => {
      if (before) Object.defineProperty(target, name, before)
      else Reflect.deleteProperty(target, name)
    })
  }
}
