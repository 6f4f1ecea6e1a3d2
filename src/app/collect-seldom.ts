import { setFlagsFromString } from 'node:v8'

/** Of the heap after a collection, what may be added before the next. */
const GROWTH_PERCENT = 150

/**
 * Has V8 collect its whole heap more seldom. Media lie outside of the heap and live for fractions of a second, yet V8
 * counts them as growth of it: ten recorded publishers had all objects marked every second, half of the processor time.
 */
export function collectSeldom(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}
