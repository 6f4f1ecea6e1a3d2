import type { Delivery } from '../../client/index.ts'

/** A broadcast of this studio, as a reload needs it. The key stays in this tab. */
export type OpenBroadcast = {
  id: string
  streamKey: string
  title: string
  delivery: Delivery
  /** Whose media it is: this browser's, or that of OBS or ffmpeg. */
  encoder: 'browser' | 'other'
}

const NAME = 'klieg-studio'

/** Survives a reload of the tab, and nothing else. */
export function rememberOpen(broadcast: OpenBroadcast): void {
  sessionStorage.setItem(NAME, JSON.stringify(broadcast))
}

export function forgetOpen(): void {
  sessionStorage.removeItem(NAME)
}

/** What was open when the tab was reloaded. */
export function recallOpen(): OpenBroadcast | undefined {
  return readOpen(sessionStorage.getItem(NAME))
}

/** Undefined for anything that this version did not write. */
export function readOpen(text: string | null): OpenBroadcast | undefined {
  if (text === null) return undefined
  try {
    const value = JSON.parse(text) as Partial<Record<keyof OpenBroadcast, unknown>> | null
    const whole =
      typeof value?.id === 'string' &&
      typeof value.streamKey === 'string' &&
      typeof value.title === 'string' &&
      (value.delivery === 'sfu' || value.delivery === 'p2p') &&
      (value.encoder === 'browser' || value.encoder === 'other')
    return whole ? (value as OpenBroadcast) : undefined
  } catch {
    return undefined
  }
}
