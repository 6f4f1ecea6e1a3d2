import type { Identity } from './identity.ts'
import type { Door } from './session.ts'

/** Somebody at a door, and what they brought. */
export type Visitor = {
  readonly address: string
  /** Stream key or viewer token. */
  readonly token: string | undefined
  /** A page of another site acts for its reader, who may not know. */
  readonly foreign: boolean
  /** Who it is; absent for everybody without an account. */
  readonly identity?: Identity | undefined
  /** Which door it is, where media goes through it. */
  readonly door?: Door | undefined
}
