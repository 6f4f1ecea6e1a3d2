/** Somebody at a door, and what they brought. */
export type Visitor = {
  readonly address: string
  /** Stream key or viewer token. */
  readonly token: string | undefined
  /** A page of another site acts for its reader, who may not know. */
  readonly foreign: boolean
}
