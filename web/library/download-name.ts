import type { LibraryItem } from '../../client/index.ts'

const EXTENSION = /\.[a-z0-9]{1,8}$/i

/** What a downloaded item is called: files keep their extension, everything else is MP4. */
export function downloadName({ title, download }: Pick<LibraryItem, 'title' | 'download'>): string {
  const url = new URL(download, 'http://server')
  const named = [...url.searchParams.values(), url.pathname].map((text) => EXTENSION.exec(text)?.[0])
  return `${title}${named.find((extension) => extension !== undefined) ?? '.mp4'}`
}
