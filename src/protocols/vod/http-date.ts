const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/** Seconds since the epoch; undefined for what is none of the three forms of RFC 9110 section 5.6.7. */
export function parseHttpDate(text: string): number | undefined {
  const isComplete = IMF_FIXDATE.test(text) || RFC_850.test(text)
  if (!isComplete && !ASCTIME.test(text)) return undefined
  const milliseconds = Date.parse(isComplete ? text : `${text} GMT`)
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000
}

/** As Last-Modified has it. */
export function formatHttpDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString()
}
