/** They repair or carry other codecs. */
const NOT_MEDIA = /^(rtx|red|ulpfec|flexfec-\d+|telephone-event|CN)$/i
/** Longer lists help nobody. */
const MAX_CODECS = 20

/** Names of the codecs in an SDP offer, each once, for people to read. */
export function offeredCodecs(offer: string): readonly string[] {
  const names = new Set<string>()
  for (const [, name = ''] of offer.matchAll(/^a=rtpmap:\d{1,3} ([\w.-]{1,32})\//gm)) {
    if (!NOT_MEDIA.test(name)) names.add(name)
    if (names.size === MAX_CODECS) break
  }
  return [...names]
}
