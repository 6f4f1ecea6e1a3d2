type Line = { level: number; time: number; msg?: string; error?: LoggedError } & Record<string, unknown>
type LoggedError = { message?: string; stack?: string }

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'ERROR' }
/** Whatever would move a terminal's cursor, change its colours or turn its writing around. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const PLAIN = /^[\w.:/@[\]-]+$/

/** One line of the log as people read it: time, severity, sentence, fields; below it the stack of an error. */
export function logText(json: string): string {
  const { level, time, msg = '', error, ...fields } = JSON.parse(json) as Line
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`)
  if (error?.message !== undefined) shown.push(`error=${valueText(error.message)}`)
  const line = [
    new Date(time).toISOString(),
    (LEVELS[level] ?? 'info').padEnd(5),
    withoutControls(msg),
    ...shown,
  ].join(' ')
  return `${[line, ...stackLines(error)].join('\n')}\n`
}

/** Fields may come from strangers: they stay on their line, and in quotes where they could be taken for another field. */
function valueText(value: unknown): string {
  const text = typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value ?? null)
  return withoutControls(text)
}

function stackLines({ stack = '' }: LoggedError = {}): string[] {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map(withoutControls)
}

const withoutControls = (text: string) => text.replaceAll(CONTROL, '\ufffd')
