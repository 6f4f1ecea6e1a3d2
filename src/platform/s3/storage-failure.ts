import { BroadcastError } from '../../core/errors.ts'

/** HTTP status and name of what an S3 or STS client threw. */
export function failureOf(error: unknown): { readonly status: number | undefined; readonly name: string } {
  const { name = '', $metadata } = (error ?? {}) as {
    name?: string
    $metadata?: { httpStatusCode?: number }
  }
  return { status: $metadata?.httpStatusCode, name }
}

/** `storage-unavailable`, in words that show neither keys nor what was signed. */
export function storageUnavailable(error: unknown): BroadcastError {
  if (error instanceof BroadcastError) return error
  const { status, name } = failureOf(error)
  const detail = status === undefined ? 'it does not answer' : `it answers ${status} ${name}`
  return new BroadcastError('storage-unavailable', `the storage is not to be had: ${detail}`, {
    cause: error,
    retryAfter: 5,
  })
}
