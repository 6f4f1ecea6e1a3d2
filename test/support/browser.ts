import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const ARTEFACTS = path.join(import.meta.dirname, '../../test-results/screenshots')

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
]
const WITHOUT_UDP = ['--webrtc-ip-handling-policy=disable_non_proxied_udp']

/** A real Chromium with a fake camera and microphone and an empty profile. */
export class Browser implements AsyncDisposable {
  readonly #context: BrowserContext
  readonly #profile: string
  /** What pages wrote to the console as errors, and what they threw. */
  readonly errors: string[] = []

  static async open(
    options: {
      width?: number
      height?: number
      dark?: boolean
      phone?: boolean
      /** Whether the network lets UDP through. Default true. */
      udp?: boolean
      /** Runs in every page before its own scripts. */
      script?: string
    } = {},
  ): Promise<Browser> {
    const profile = mkdtempSync(path.join(tmpdir(), 'klieg-browser-'))
    const viewport = { width: options.width ?? 1280, height: options.height ?? 800 }
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      headless: false, // the flag below asks for the new headless mode, which playwright's own flag does not
      args: options.udp === false ? [...FLAGS, ...WITHOUT_UDP] : FLAGS,
      viewport,
      colorScheme: options.dark ? 'dark' : 'light',
      hasTouch: options.phone ?? false,
      isMobile: options.phone ?? false,
    })
    if (options.script !== undefined) await context.addInitScript(options.script)
    return new Browser(context, profile)
  }

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context
    this.#profile = profile
  }

  async page(url: string): Promise<Page> {
    const page = await this.#context.newPage()
    page.on('pageerror', (error) => this.errors.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error')
        this.errors.push(`${page.url()}: ${message.text()} ${message.location().url}`)
    })
    await page.goto(url)
    return page
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
    rmSync(this.#profile, { recursive: true, force: true })
  }
}

/** Playing means that decoded frames keep coming, not merely that a <video> exists. */
export async function assertPlaying(page: Page, { frames = 20, timeout = 20_000 } = {}): Promise<void> {
  const start = await decodedFrames(page)
  await page.waitForFunction(
    (wanted) => {
      const frames = [...document.querySelectorAll('video')].map(
        (video) => video.getVideoPlaybackQuality().totalVideoFrames,
      )
      return Math.max(0, ...frames) >= wanted
    },
    start + frames,
    { timeout },
  )
}

/** Frames that the page's busiest video has decoded so far. */
export function decodedFrames(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(
      0,
      ...[...document.querySelectorAll('video')].map(
        (video) => video.getVideoPlaybackQuality().totalVideoFrames,
      ),
    ),
  )
}

/** Kept as an artefact of the run, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true })
  await page.screenshot({ path: path.join(ARTEFACTS, `${name}.png`) })
}
