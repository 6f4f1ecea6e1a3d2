/** Keeps the screen on until `release`, again after the page was hidden. Does nothing where browsers can not. */
export function keepAwake(): { release(): void } {
  const wakeLock = (navigator as { wakeLock?: WakeLock }).wakeLock
  if (!wakeLock) return { release: () => undefined }
  let sentinel: WakeLockSentinel | undefined
  let released = false
  const isReleased = () => released

  const request = async () => {
    if (released || document.visibilityState !== 'visible') return
    try {
      const got = await wakeLock.request('screen')
      if (isReleased()) await got.release()
      else sentinel = got
    } catch {
      // refused, for example on low battery: publishing goes on
    }
  }
  const shown = () => void request()
  document.addEventListener('visibilitychange', shown) // the browser lets go of it when the page is hidden
  void request()

  return {
    release: () => {
      released = true
      document.removeEventListener('visibilitychange', shown)
      void sentinel?.release().catch(() => undefined)
    },
  }
}
