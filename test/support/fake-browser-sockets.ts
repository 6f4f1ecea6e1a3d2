/** An EventSource that says what it is told to. */
export class FakeEventSource extends EventTarget {
  readonly url: string
  closed = false
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null

  constructor(url: string | URL) {
    super()
    this.url = String(url)
  }

  close(): void {
    this.closed = true
  }

  open(): void {
    this.onopen?.()
  }

  break(): void {
    this.onerror?.()
    this.dispatchEvent(new Event('error'))
  }

  say(event: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }))
  }
}

/** A WebSocket whose other end is the test. */
export class FakeWebSocket extends EventTarget {
  static readonly OPEN = 1
  readonly url: string
  readonly sent: Record<string, unknown>[] = []
  readyState = 0
  closedWith: number | undefined
  onopen: (() => void) | null = null
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  constructor(url: string | URL) {
    super()
    this.url = String(url)
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }

  close(code = 1005): void {
    this.closedWith = code
    this.drop(code)
  }

  open(): void {
    this.readyState = 1
    this.onopen?.()
  }

  say(message: unknown): void {
    const event = new MessageEvent('message', { data: JSON.stringify(message) })
    this.onmessage?.(event)
    this.dispatchEvent(event)
  }

  /** The other end is gone. */
  drop(code = 1006): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose?.({ code })
  }

  sentOf(type: string): Record<string, unknown>[] {
    return this.sent.filter((message) => message['type'] === type)
  }
}
