import { type ApiAccess, call, json, queryOf } from './api.ts'
import type { ChatRoomState, ChatSanction, RecordedChat } from './chat-types.ts'

/** Deletes a message for everybody and for good. Everything here rejects with ProblemError. */
export async function removeChatMessage(id: string, message: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `${chatPath(id)}/messages/${encodeURIComponent(message)}`, access)
}

/** Whoever said this message may not speak for so many seconds. */
export async function muteInChat(
  id: string,
  mute: { message: string; seconds: number },
  access?: ApiAccess,
): Promise<ChatSanction> {
  return json(await call('POST', `${chatPath(id)}/mutes`, access, mute))
}

/** Whoever said this message is sent away, with all they said. */
export async function banFromChat(id: string, message: string, access?: ApiAccess): Promise<ChatSanction> {
  return json(await call('POST', `${chatPath(id)}/bans`, access, { message }))
}

/** Who may not speak or not take part, newest first. */
export async function listChatSanctions(id: string, access?: ApiAccess): Promise<ChatSanction[]> {
  const { items } = await json<{ items: ChatSanction[] }>(
    await call('GET', `${chatPath(id)}/sanctions`, access),
  )
  return items
}

/** Forgives. */
export async function liftChatSanction(id: string, sanction: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `${chatPath(id)}/sanctions/${encodeURIComponent(sanction)}`, access)
}

/** Seconds between two messages of one person; 0 for none. */
export async function setChatSlowMode(
  id: string,
  slowMode: number,
  access?: ApiAccess,
): Promise<ChatRoomState> {
  return json(await call('PATCH', chatPath(id), access, { slowMode }))
}

/** What was said between two seconds of a recording; goes on `after` where an earlier answer ended. */
export async function getRecordedChat(
  recording: string,
  stretch: { from?: number | undefined; to?: number | undefined; after?: string | undefined } = {},
  access?: ApiAccess,
): Promise<RecordedChat> {
  const path = `api/recordings/${encodeURIComponent(recording)}/chat?${queryOf(stretch)}`
  return json(await call('GET', path, access))
}

function chatPath(id: string): string {
  return `api/broadcasts/${encodeURIComponent(id)}/chat`
}
