/** How an embedded player behaves. */
type EmbedOptions = { muted: boolean; autoplay: boolean; controls: boolean }

/** Reads `?muted&autoplay=0&controls=1`: a bare name is yes; 0, false, no and off are no; what is absent is the default. */
export function embedOptions(search: string): EmbedOptions {
  const given = new URLSearchParams(search)
  const flag = (name: string, otherwise: boolean) => {
    const value = given.get(name)
    return value === null ? otherwise : !/^(0|false|no|off)$/i.test(value)
  }
  return { muted: flag('muted', false), autoplay: flag('autoplay', true), controls: flag('controls', true) }
}
