import type { Viewing, ViewingState } from './viewing.ts'
import { watch } from './watch.ts'

const STYLE = `
:host { display: block; position: relative; background: #000; color: #fff; aspect-ratio: 16 / 9; overflow: hidden;
  font: 1rem/1.4 system-ui, sans-serif }
:host([hidden]) { display: none }
video { width: 100%; height: 100%; object-fit: contain; display: block }
[part=message] { position: absolute; inset: auto 0 0 0; padding: 2.5rem 1rem 1rem; text-align: center;
  pointer-events: none; background: linear-gradient(transparent, #000c) }
[part=message]:empty { display: none }
[part=tap] { position: absolute; inset: 0; margin: auto; width: max-content; height: max-content; padding: .75rem 1.5rem;
  font: inherit; color: #000; background: #fff; border: 0; border-radius: 999px; cursor: pointer }
[part=tap][hidden] { display: none }
`

const MESSAGES: Record<ViewingState, string> = {
  connecting: 'Connecting…',
  waiting: 'Waiting for the picture…',
  live: '',
  reconnecting: 'Reconnecting…',
  offline: 'Not live yet. It starts here by itself.',
  ended: 'The broadcast has ended.',
  failed: 'This can not be played.',
}

/**
 * `<klieg-player src="https://host/whep/<id>" controls muted token="…" poster="…">` plays one broadcast, waits for it
 * and reconnects by itself. It tells `statechange`; its parts are `video`, `message` and `tap`.
 */
export class KliegPlayer extends HTMLElement {
  static readonly observedAttributes = ['src', 'token', 'controls', 'muted', 'poster']
  readonly #video = document.createElement('video')
  readonly #message = document.createElement('div')
  readonly #tap = document.createElement('button')
  #viewing: Viewing | undefined

  constructor() {
    super()
    const style = document.createElement('style')
    style.textContent = STYLE
    this.#video.part.add('video')
    this.#message.part.add('message')
    this.#message.setAttribute('role', 'status')
    this.#tap.part.add('tap')
    this.#tap.type = 'button'
    this.#tap.hidden = true
    this.#tap.addEventListener('click', () => void this.#viewing?.play())
    this.attachShadow({ mode: 'open' }).append(style, this.#video, this.#message, this.#tap)
  }

  /** The element's own viewing; undefined while it is not in a page or has no `src`. */
  get viewing(): Viewing | undefined {
    return this.#viewing
  }

  get video(): HTMLVideoElement {
    return this.#video
  }

  connectedCallback(): void {
    this.#start()
  }

  disconnectedCallback(): void {
    this.#stop()
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (name === 'controls') this.#video.controls = value !== null
    else if (name === 'muted') this.#video.muted = value !== null
    else if (name === 'poster') this.#video.poster = value ?? ''
    else if (this.isConnected) this.#start()
  }

  #start(): void {
    this.#stop()
    const src = this.getAttribute('src')
    if (src === null || src === '') return
    const token = this.getAttribute('token') ?? undefined
    this.#message.textContent = MESSAGES.connecting
    this.#viewing = watch(src, this.#video, {
      token,
      onState: (change) => {
        const { state, problem } = change
        this.#message.textContent = state === 'failed' && problem ? problem.message : MESSAGES[state]
        this.dispatchEvent(new CustomEvent('statechange', { detail: change }))
      },
      onPlayback: (playback) => {
        this.#tap.hidden = playback === 'playing'
        this.#tap.textContent = playback === 'muted' ? 'Tap for sound' : 'Tap to play'
      },
    })
  }

  #stop(): void {
    const viewing = this.#viewing
    this.#viewing = undefined
    this.#tap.hidden = true
    void viewing?.close()
  }
}

if (!customElements.get('klieg-player')) customElements.define('klieg-player', KliegPlayer)
