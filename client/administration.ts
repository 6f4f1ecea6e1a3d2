import { type ApiAccess, call, json, queryOf } from './api.ts'

/** How the server was over one step of time. Bitrates in bits per second, memory in bytes, lag in seconds. */
export type LoadSample = {
  at: string
  /** Broadcasts on air. */
  live: number
  viewers: number
  bitrateIn: number
  bitrateOut: number
  /** Processors in use: 1 is one of them, all the time. */
  processor: number
  memory: number
  loopLag: number
}

/** How the server is now. */
export type ServerOverview = LoadSample & {
  version: string
  startedAt: string
  processors: number
  memoryTotal: number
  /** Bytes, where the data lies; null where it can not be told. */
  disk: { free: number; total: number } | null
  workers: { id: string; pid: number; sessions: number; memory: number; loopLag: number }[]
}

/** A setting; its value is JSON, a secret only whether there is one. */
export type SettingView = {
  key: string
  variable: string
  description: string
  value: string
  origin: 'command line' | 'environment' | 'file' | 'saved' | 'default'
  /** It can be changed now, was given when the server was started, or is read at its next start. */
  change: 'now' | 'locked' | 'restart'
  /** JSON: what holds once a change is taken back. */
  fallback: string
  type: 'boolean' | 'integer' | 'choice' | 'list' | 'text'
  choices: string[]
  minimum?: number
  maximum?: number
}

/** One thing that the doctor looked at. */
export type DoctorFinding = { ok: boolean; what: string; cure?: string }

/** A recording, as administrators see it. */
export type RecordingView = {
  id: string
  broadcastId: string
  title: string
  state: 'recording' | 'ready' | 'failed'
  startedAt: string
  endedAt: string | null
  /** Seconds. */
  duration: number
  size: number
  /** Something is missing that the publisher sent. */
  truncated: boolean
  codecs: string[]
  urls: { playlist: string; video: string; poster: string }
}

/** Who did what. */
export type AuditEntryView = {
  id: string
  at: string
  actor: { id: string | null; name: string }
  action: string
  subject: { kind: string; id: string }
  address: string
  result: 'done' | 'refused' | 'failed'
  detail: string
}

/** Which entries of the audit log; all when empty. */
export type AuditFilter = {
  q?: string | undefined
  result?: AuditEntryView['result'] | undefined
}

/** Who publishes and who watches a broadcast now, and who was sent away from it. */
export type AudienceView = Page<ViewerView> & {
  publisher: { protocol: string; address: string; userId: string | null } | null
  exclusions: ExclusionView[]
}

/** Somebody who watches. */
export type ViewerView = {
  /** Of the viewing, as in the watch log. */
  id: string
  protocol: string
  address: string
  userId: string | null
  startedAt: string
  bytes: number
}

/** Somebody who was sent away for a while. */
export type ExclusionView = {
  id: string
  kind: 'publisher' | 'viewer'
  userId: string | null
  /** Or its network; null for everybody. */
  address: string | null
  until: string
}

type Page<Item> = { items: Item[]; total: number; page: number; pageSize: number }
type Part = { page?: number | undefined; pageSize?: number | undefined }

/** Everything in this module is for administrators, and rejects with ProblemError. */
export async function getOverview(access?: ApiAccess): Promise<ServerOverview> {
  return json(await call('GET', 'api/admin/overview', access))
}

/** The last hour or day, oldest first. */
export async function listSamples(span: 'hour' | 'day', access?: ApiAccess): Promise<LoadSample[]> {
  return (await json<{ items: LoadSample[] }>(await call('GET', `api/admin/samples?span=${span}`, access)))
    .items
}

/** Every setting with where it comes from. */
export async function listSettings(access?: ApiAccess): Promise<SettingView[]> {
  return (await json<{ items: SettingView[] }>(await call('GET', 'api/admin/settings', access))).items
}

/** All of them or none; null takes a change back. Resolves with all settings as they are then. */
export async function changeSettings(
  wishes: Readonly<Record<string, unknown>>,
  access?: ApiAccess,
): Promise<SettingView[]> {
  const answer = await call('PATCH', 'api/admin/settings', access, wishes)
  return (await json<{ items: SettingView[] }>(answer)).items
}

/** Looks at what the server needs, now. */
export async function askDoctor(access?: ApiAccess): Promise<DoctorFinding[]> {
  return (await json<{ items: DoctorFinding[] }>(await call('GET', 'api/admin/doctor', access))).items
}

/** Who is at a broadcast now, newest first. */
export async function listAudience(id: string, part: Part = {}, access?: ApiAccess): Promise<AudienceView> {
  return json(await call('GET', `${adminPath(id)}/audience?${queryOf(part)}`, access))
}

/** Ends a broadcast; for so many minutes nobody publishes it but administrators. */
export async function kickPublisher(id: string, minutes: number, access?: ApiAccess): Promise<void> {
  await call('POST', `${adminPath(id)}/publisher/kick`, access, { minutes })
}

/** Ends a viewing; for so many minutes whoever it was does not come back to this broadcast. */
export async function kickViewer(
  id: string,
  viewing: string,
  minutes: number,
  access?: ApiAccess,
): Promise<void> {
  await call('POST', `${adminPath(id)}/viewers/${encodeURIComponent(viewing)}/kick`, access, { minutes })
}

/** Lets somebody in again who was sent away. */
export async function liftExclusion(id: string, exclusion: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `${adminPath(id)}/exclusions/${encodeURIComponent(exclusion)}`, access)
}

/** Makes the viewings of an account those of nobody. Resolves with how many these were. */
export async function forgetViewer(user: string, access?: ApiAccess): Promise<number> {
  const answer = await call('DELETE', `api/viewings?${queryOf({ user })}`, access)
  return (await json<{ forgotten: number }>(answer)).forgotten
}

/** Recordings of every broadcast, newest first. */
export async function listAllRecordings(part: Part = {}, access?: ApiAccess): Promise<Page<RecordingView>> {
  return json(await call('GET', `api/recordings?${queryOf({ of: 'all', ...part })}`, access))
}

/** Removes a recording with all its files. */
export async function removeRecording(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `api/recordings/${encodeURIComponent(id)}`, access)
}

/** Who did what, newest first. */
export async function listAuditLog(
  filter: AuditFilter & Part = {},
  access?: ApiAccess,
): Promise<Page<AuditEntryView>> {
  return json(await call('GET', `api/audit-log?${queryOf(filter)}`, access))
}

/** Where a browser downloads what of the audit log matches. */
export function auditLogExport(filter: AuditFilter, server?: string | URL): URL {
  return new URL(`api/audit-log.csv?${queryOf(filter)}`, new URL(server ?? '/', location.href))
}

function adminPath(id: string): string {
  return `api/admin/broadcasts/${encodeURIComponent(id)}`
}
