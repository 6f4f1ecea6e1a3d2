import { BroadcastError } from '../../core/errors.ts'

/** A request as Express and Fastify hand it over: parsed, and not to be believed. */
export type ParameterRequest = { readonly query?: unknown; readonly body?: unknown }

/**
 * One parameter, which clients send in the query or in the body; undefined where they did not. Throws `bad-request`
 * when it is there twice and they differ, or is no text.
 */
export function streamParameter({ query, body }: ParameterRequest, name: string): string | undefined {
  const values = [query, body].flatMap((place) => valueIn(place, name) ?? [])
  const [value] = values
  if (values.some((other) => other !== value))
    throw new BroadcastError('bad-request', `${name} is in the query and in the body, and they differ`)
  return value
}

function valueIn(place: unknown, name: string): string | undefined {
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, name)) return undefined
  const value = (place as Readonly<Record<string, unknown>>)[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new BroadcastError('bad-request', `${name} must be one text`)
  return value
}
