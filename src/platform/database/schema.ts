import type { BroadcastRecord } from '../../core/broadcast-store.ts'
import type { SavedSetting } from '../../core/setting-store.ts'
import type { ViewingRecord } from '../../core/viewing-store.ts'
import type { ChatMessageRow, ChatRoomRow, ChatSanctionRow, ReactionBurstRow } from './chat-row.ts'
import type {
  ApiKeyRow,
  InvitationRow,
  RecoveryCodeRow,
  ResetLinkRow,
  SignInRow,
  UserRow,
} from './people-rows.ts'
import type { RecordingRow } from './recording-row.ts'
import type { AuditRow } from './sql-audit-store.ts'
import type { StoredStreamRow } from './sql-stored-stream-store.ts'
import type { VideoRow } from './video-row.ts'
import type { DeliveryRow, WebhookRow } from './webhook-row.ts'

/** Milliseconds since the epoch. */
type Time = number

/** Rows as they are stored. Times are milliseconds since the epoch; booleans 0 or 1, which every SQL dialect has. */
export type BroadcastRow = {
  id: string
  owner_id: string | null
  title: string
  visibility: BroadcastRecord['visibility']
  record: number
  delivery: BroadcastRecord['delivery']
  chat: number
  state: BroadcastRecord['state']
  key_hash: string
  created_at: Time
  started_at: Time | null
  ended_at: Time | null
}

/** `network` is what `address` becomes after a while; `intervals` is JSON. */
export type ViewingRow = {
  id: string
  revision: number
  subject_kind: ViewingRecord['subject']['kind']
  subject_id: string
  title: string
  user_id: string | null
  is_authenticated: number
  address: string
  network: string
  protocol: ViewingRecord['protocol']
  started_at: Time
  seen_at: Time
  ended_at: Time | null
  seconds_watched: number
  intervals: string
  bytes: number
  /** Folded, line by line; the address, which is cut one day, is looked for where it stands. */
  searched: string
}

/** What lets people watch a private broadcast; the tokens themselves are signed and kept nowhere. */
export type ViewerTokenRow = {
  id: string
  broadcast_id: string
  name: string
  created_by: string | null
  created_at: Time
  expires_at: Time
}

/** An account that may watch a private broadcast. */
export type NamedViewerRow = { broadcast_id: string; user_id: string }

export type Schema = {
  audit_entry: AuditRow
  api_key: ApiKeyRow
  broadcast: BroadcastRow
  chat_message: ChatMessageRow
  chat_room: ChatRoomRow
  chat_sanction: ChatSanctionRow
  reaction_burst: ReactionBurstRow
  invitation: InvitationRow
  named_viewer: NamedViewerRow
  recording: RecordingRow
  recovery_code: RecoveryCodeRow
  reset_link: ResetLinkRow
  setting: SavedSetting
  sign_in: SignInRow
  stored_stream: StoredStreamRow
  user_account: UserRow
  video: VideoRow
  viewer_token: ViewerTokenRow
  viewing: ViewingRow
  webhook: WebhookRow
  webhook_delivery: DeliveryRow
}
