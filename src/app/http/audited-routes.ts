import { LIVE_SETTINGS } from '../config/live-settings.ts'

/** How a route that changes something is told to the audit log. */
export type AuditedRoute = {
  /** What it does, such as `broadcast.remove`; the part before the dot is the kind of subject. */
  readonly action: string
  /** Name of what in the body says what it is about, where the address does not. */
  readonly about?: string
  /** Names in the body whose values may be told; of others that are changed only the name is. */
  readonly tells?: readonly string[]
  /** Refusals are told too when nobody knows who asked: so it is where people show who they are. */
  readonly tellsStrangers?: true
}

const SIGNING_IN = { tellsStrangers: true } as const
const BROADCAST = '/api/broadcasts/:id'

/** Everything that somebody may want to know later, by method and path as Fastify writes it. */
export const AUDITED_ROUTES: Readonly<Record<string, AuditedRoute>> = {
  'POST /api/broadcasts': { action: 'broadcast.create', tells: ['visibility'] },
  [`PATCH ${BROADCAST}`]: { action: 'broadcast.edit', tells: ['visibility', 'chat'] },
  [`DELETE ${BROADCAST}`]: { action: 'broadcast.remove' },
  [`POST ${BROADCAST}/stop`]: { action: 'broadcast.stop' },
  [`POST ${BROADCAST}/stream-key`]: { action: 'broadcast.rotate-key' },
  [`POST ${BROADCAST}/viewer-tokens`]: { action: 'broadcast.share' },
  [`DELETE ${BROADCAST}/viewer-tokens/:token`]: { action: 'broadcast.take-back-share' },
  [`PUT ${BROADCAST}/viewers`]: { action: 'broadcast.name-viewers' },
  [`PATCH ${BROADCAST}/chat`]: { action: 'broadcast.edit-chat', tells: ['slowMode'] },
  [`DELETE ${BROADCAST}/chat/messages/:message`]: { action: 'broadcast.remove-message' },
  [`POST ${BROADCAST}/chat/mutes`]: { action: 'broadcast.mute' },
  [`POST ${BROADCAST}/chat/bans`]: { action: 'broadcast.ban' },
  [`DELETE ${BROADCAST}/chat/sanctions/:sanction`]: { action: 'broadcast.lift-sanction' },
  'POST /start_broadcast/': { action: 'broadcast.start', about: 'stream_id' },
  'POST /stop_broadcast/': { action: 'broadcast.stop', about: 'stream_id' },
  'POST /stream/start/': { action: 'stream.start', tells: ['visibility'] },
  'POST /stream/refresh/': { action: 'stream.refresh' },
  'POST /stream/stop/': { action: 'stream.stop' },
  'DELETE /api/recordings/:id': { action: 'recording.remove' },
  'DELETE /api/library/:kind/:id': { action: 'library.remove' },
  'POST /api/uploads': { action: 'library.upload' },
  'POST /api/stream/viewer-tokens': { action: 'library.share', about: 'path' },
  'DELETE /api/stream/viewer-tokens/:token': { action: 'library.take-back-share' },
  'DELETE /api/viewings': { action: 'account.forget-viewings' },
  'POST /api/webhooks': { action: 'webhook.create', tells: ['events', 'active'] },
  'PATCH /api/webhooks/:id': { action: 'webhook.edit', tells: ['events', 'active'] },
  'DELETE /api/webhooks/:id': { action: 'webhook.remove' },
  'POST /api/webhooks/:id/secret': { action: 'webhook.change-secret' },
  'POST /api/webhooks/:id/test': { action: 'webhook.test' },
  'POST /api/webhooks/:id/deliveries/:delivery/resend': { action: 'webhook.resend' },
  'POST /api/admin/broadcasts/:id/publisher/kick': { action: 'broadcast.kick-publisher', tells: ['minutes'] },
  'POST /api/admin/broadcasts/:id/viewers/:viewing/kick': { action: 'broadcast.kick-viewer' },
  'DELETE /api/admin/broadcasts/:id/exclusions/:exclusion': { action: 'broadcast.lift-exclusion' },
  'PATCH /api/admin/settings': { action: 'settings.change', tells: LIVE_SETTINGS },
  'POST /api/auth/sign-in': { action: 'account.sign-in', about: 'email', ...SIGNING_IN },
  'POST /api/auth/sign-out': { action: 'account.sign-out' },
  'POST /api/auth/sign-out-everywhere': { action: 'account.sign-out-everywhere' },
  'DELETE /api/auth/sign-ins/:id': { action: 'account.end-sign-in' },
  'PATCH /api/auth/me': { action: 'account.edit' },
  'POST /api/auth/password': { action: 'account.change-password' },
  'POST /api/auth/totp/confirm': { action: 'account.second-factor-on' },
  'POST /api/auth/totp/recovery-codes': { action: 'account.new-recovery-codes' },
  'POST /api/auth/totp/off': { action: 'account.second-factor-off' },
  'POST /api/setup': { action: 'account.set-up', about: 'email', ...SIGNING_IN },
  'POST /api/invitations/accept': { action: 'account.accept-invitation', about: 'email', ...SIGNING_IN },
  'POST /api/auth/register': { action: 'account.register', about: 'email', ...SIGNING_IN },
  'POST /api/auth/forgotten': { action: 'account.ask-for-reset', about: 'email' },
  'POST /api/auth/reset': { action: 'account.reset-password', ...SIGNING_IN },
  'PATCH /api/users/:id': { action: 'account.edit', tells: ['role', 'disabled'] },
  'DELETE /api/users/:id': { action: 'account.remove' },
  'POST /api/users/:id/sign-out': { action: 'account.sign-out-everywhere' },
  'DELETE /api/users/:id/second-factor': { action: 'account.second-factor-off' },
  'POST /api/users/:id/reset-link': { action: 'account.make-reset-link' },
  'POST /api/invitations': { action: 'invitation.create', about: 'email', tells: ['role', 'days'] },
  'DELETE /api/invitations/:id': { action: 'invitation.remove' },
  'POST /api/api-keys': { action: 'api-key.create', tells: ['name', 'scopes', 'days'] },
  'DELETE /api/api-keys/:id': { action: 'api-key.remove' },
}

/** What changes nothing that outlasts the request or the session that it belongs to. */
export const UNAUDITED_ROUTES: ReadonlySet<string> = new Set([
  'POST /api/auth/totp',
  'POST /api/auth/reset/look',
  'POST /api/invitations/look',
  `PUT ${BROADCAST}/thumbnail`,
  'PATCH /api/uploads/:upload',
  'DELETE /api/uploads/:upload',
  'POST /whip/:id',
  'PATCH /whip/:id/:session',
  'DELETE /whip/:id/:session',
  'POST /whip/:id/:session/clock',
  'POST /whep/:id',
  'PATCH /whep/:id/:session',
  'DELETE /whep/:id/:session',
  'POST /whep/:id/:session/sse',
  'DELETE /whep/:id/:session/sse/:events',
  'POST /whep/:id/:session/layer',
  'POST /hls/:id/leave',
])
