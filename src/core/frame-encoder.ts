import type { AccessUnit } from '../media/access-unit.ts'

export type FrameEncodingOptions = {
  /** Pixels of all its pictures. */
  readonly width: number
  readonly height: number
  /** H264, in time stamps of 90 000 a second that count from the same moment as those of `write`. */
  readonly onUnit: (unit: AccessUnit) => void
}

/** JPEG pictures go in, H264 comes out, until it is closed or fails. */
export interface FrameEncoding {
  /** Milliseconds that rise from picture to picture. `taken` is called when there is room for the next. */
  write(jpeg: Uint8Array, milliseconds: number, taken: () => void): void
  close(): void
  /** Settles with why it failed, or undefined when it was closed. Never rejects. */
  readonly closed: Promise<Error | undefined>
}

/** Encodes JPEG pictures, so that doors that carry no JPEG carry them too. */
export interface FrameEncoder {
  begin(options: FrameEncodingOptions): FrameEncoding
}
