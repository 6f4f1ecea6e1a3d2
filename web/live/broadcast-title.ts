import type { BroadcastView } from '../../client/index.ts'
import { texts } from './texts.ts'

/** What people call the broadcast. */
export function broadcastTitle({ title }: Pick<BroadcastView, 'title'>): string {
  return title.trim() === '' ? texts.untitled : title
}
