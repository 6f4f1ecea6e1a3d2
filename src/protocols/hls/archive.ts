/** Where the segments of one run lie that memory no longer holds. */
export interface Archive {
  /** It is there, whole. */
  has(renditionId: string, number: number): boolean
  /** Undefined when it is not there. */
  read(renditionId: string, number: number): Promise<Buffer | undefined>
}
