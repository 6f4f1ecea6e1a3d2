/** Leaves room for a number, and for what tools append, below the 255 bytes that file systems allow. */
const MAX_STEM_BYTES = 180
/** Separators and what is not allowed in names somewhere, control characters, and what turns writing around. */
const UNSAFE = /[<>:"|?*\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]+/gu
/** Windows opens a device by these names, whatever the extension. */
const RESERVED = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)(?=\.|$)/i

/** The name under which a file may be kept, made of the one that a stranger gave: never a path, never hidden. */
export function safeFileName(given: string): string {
  const last = given.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const name = last
    .replaceAll(UNSAFE, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[. ]+|[. ]+$/g, '')
  const [, stem = name, extension = ''] = /^(.*?)(?:\.([a-z0-9]{1,8}))?$/i.exec(name) ?? []
  return withExtension(speaking(shortened(stem)), extension.toLowerCase())
}

/** `holiday.mp4`, `holiday (2).mp4`, `holiday (3).mp4` … */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name
  const dot = name.lastIndexOf('.')
  return dot < 0 ? `${name} (${number})` : `${name.slice(0, dot)} (${number})${name.slice(dot)}`
}

function shortened(stem: string): string {
  const characters = Array.from(stem)
  while (Buffer.byteLength(characters.join('')) > MAX_STEM_BYTES)
    characters.length = Math.ceil(characters.length * 0.9) - 1
  return characters.join('').replaceAll(/[. ]+$/g, '')
}

function speaking(stem: string): string {
  return stem === '' ? 'video' : stem.replace(RESERVED, '$1 video')
}

const withExtension = (stem: string, extension: string) => (extension === '' ? stem : `${stem}.${extension}`)
