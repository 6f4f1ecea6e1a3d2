/** Longest name, without its extension; file systems allow 255 bytes. */
const MAX_LENGTH = 60

/**
 * Content-Disposition of a download with this title, whatever is in it.
 * https://www.rfc-editor.org/rfc/rfc6266
 */
export function downloadDisposition(title: string, extension: string): string {
  const name = Array.from(title.toWellFormed().replaceAll(/[\s\p{C}\\/:*?"<>|]+/gu, ' '))
    .slice(0, MAX_LENGTH)
    .join('')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .replaceAll(/ *%/g, ' ')
    .trim()
  const complete = `${name || 'recording'}.${extension}`
  return `attachment; filename="${plain || 'recording'}.${extension}"; filename*=UTF-8''${encoded(complete)}`
}

/** `ext-value` of https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1 */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
