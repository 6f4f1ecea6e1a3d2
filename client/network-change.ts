/** Hears when the device comes online or moves to another network; returns a function that stops listening. */
export function onNetworkChange(listener: () => void): () => void {
  // Only Chromium tells of a move; elsewhere `online` and the silence of the connection have to do.
  const { connection } = navigator as { connection?: EventTarget }
  globalThis.addEventListener('online', listener)
  connection?.addEventListener('change', listener)
  return () => {
    globalThis.removeEventListener('online', listener)
    connection?.removeEventListener('change', listener)
  }
}
