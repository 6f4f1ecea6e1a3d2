import type { StartedStream } from './provisioning.ts'
import type { Stream } from './stream-store.ts'

/** The answer to a start, as clients of the storage know it. */
export type StartHlsStreamResponse = {
  stream: { id: string; name: string; start_date: string }
  endpoint: {
    S3: {
      aws_access_key_id: string
      aws_secret_access_key: string
      aws_session_token: string
      /** Seconds. */
      aws_expiration: number
      s3_bucket_name: string
      s3_bucket_path: string
      s3_bucket_region: string
    }
  }
}

/** The answer to a stop. */
export type StopStreamResponse = {
  stream: { id: string; name: string; start_date: string; stop_date: string }
}

/** Dates are GMT, as in `2015-10-22 15:27:40`. */
export function prepareStartHlsStreamResponse({ stream, storage }: StartedStream): StartHlsStreamResponse {
  return {
    stream: { id: stream.id, name: stream.name, start_date: dateOf(stream.startDate) },
    endpoint: {
      S3: {
        aws_access_key_id: storage.accessKeyId,
        aws_secret_access_key: storage.secretAccessKey,
        aws_session_token: storage.sessionToken,
        aws_expiration: storage.expiresIn,
        s3_bucket_name: storage.bucket,
        s3_bucket_path: storage.path,
        s3_bucket_region: storage.region,
      },
    },
  }
}

/** The same for a stream that has been stopped. */
export function prepareStopStreamResponse(stream: Stream): StopStreamResponse {
  const { id, name, startDate, stopDate } = stream
  return {
    stream: { id, name, start_date: dateOf(startDate), stop_date: dateOf(stopDate ?? startDate) },
  }
}

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')
