import { withViewerToken } from '../client/sharing.ts'

/** Pages whose address may bring a viewer token. */
const PAGE = /\/(?:view|embed)\/([\w-]{1,64})\/?$/
const kept = new Map<string, string>()

/**
 * Takes the viewer token out of the address, so that it is not in the history, in a bookmark or in a picture of the
 * screen; the tab keeps it for a reload.
 */
export function takeViewerToken(): void {
  const url = new URL(location.href)
  const id = PAGE.exec(url.pathname)?.[1]
  const token = url.searchParams.get('token')
  if (id === undefined || token === null || token === '') return
  keepViewerToken(id, token)
  url.searchParams.delete('token')
  history.replaceState(history.state, '', url)
}

/** For this tab. A frame on another site may have no storage; then a reload needs the link again. */
export function keepViewerToken(id: string, token: string): void {
  kept.set(id, token)
  try {
    sessionStorage.setItem(nameOf(id), token)
  } catch {
    // it is kept for as long as the page is open
  }
}

/** What lets this tab watch a private broadcast. */
export function viewerTokenOf(id: string): string | undefined {
  return kept.get(id) ?? recall(id)
}

/** The address of a picture of a broadcast, by which this tab may fetch it. */
export function pictureAddress(id: string, address: string | null): string | null {
  return address && withViewerToken(address, viewerTokenOf(id))
}

const nameOf = (id: string) => `klieg-viewer-token ${id}`

function recall(id: string): string | undefined {
  try {
    return sessionStorage.getItem(nameOf(id)) ?? undefined
  } catch {
    return undefined
  }
}

if ('location' in globalThis) takeViewerToken() // before anything asks for a broadcast, or reads the address
