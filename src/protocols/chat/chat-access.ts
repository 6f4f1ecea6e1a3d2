import type { FastifyRequest } from 'fastify'
import type { Broadcast } from '../../core/broadcast.ts'
import type { RenditionJournal } from '../../core/recording/journal.ts'
import type { Person } from '../../core/identity.ts'
import type { Visitor } from '../../core/visitor.ts'

/** Something that ends when the right to it is lost. */
type Held = { close(): void; readonly closed: Promise<unknown> }

/** Somebody who may be in a chat, and what else they may there. */
export type Admission = {
  readonly broadcast: Broadcast
  /** Speaks with the name of an account. */
  readonly person: Person | undefined
  /** Runs the broadcast: by account, or by its stream key. */
  readonly isHost: boolean
  readonly mayModerate: boolean
  /** Rejects once the right to be here is lost. */
  assertHolds(): Promise<void>
  /** From now until it is closed; it is closed when the right is lost. */
  hold(held: Held): void
}

/** Whom the doors of the chat let in. All of it rejects with `BroadcastError`. */
export type ChatAccess = {
  /** Whoever may watch or publish. */
  enter(id: string, visitor: Visitor): Promise<Admission>
  /** Whoever may see the broadcast, and so what was said. */
  read(id: string, request: FastifyRequest): Promise<Broadcast>
  moderate(id: string, visitor: Visitor): Promise<Broadcast>
  /** Whoever may replay the recording. */
  replay(
    recordingId: string,
    request: FastifyRequest,
  ): Promise<{
    readonly broadcast: Broadcast
    /** Milliseconds since the epoch. */
    readonly startedAt: number
    readonly endedAt: number | null
    readonly renditions: readonly RenditionJournal[]
  }>
}
