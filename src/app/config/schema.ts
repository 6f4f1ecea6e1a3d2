import { type Static, Type } from 'typebox'
import { CREDENTIAL_SECONDS } from '../../core/provision/temporary-credentials.ts'
import { STANDARD_PATTERN } from '../../protocols/vod/parse-range.ts'

const port = (description: string, fallback: number) =>
  Type.Integer({ description, default: fallback, minimum: 0, maximum: 65_535 })

/** Without a path: what is signed is the whole address. */
const S3_ADDRESS = '^$|^https?://[^/?#@\\s]+/?$'

const IceUrl = Type.String({ pattern: '^(stuns?|turns?):\\S+$' })

/** Every setting, by the name of its environment variable without `KLIEG_`, in camel case. */
export const ConfigSchema = Type.Object(
  {
    host: Type.String({
      description: 'Address that HTTP and WebSocket listen on.',
      default: '127.0.0.1',
      minLength: 1,
    }),
    port: port('Port of HTTP and WebSocket.', 8000),
    publicUrl: Type.String({
      description:
        'What links and Location headers begin with, where a proxy stands in front. Derived from host and port when empty.',
      default: '',
      pattern: '^$|^https?://[^/\\s]+(/\\S*)?$',
    }),
    dataDir: Type.String({
      description: 'Folder of the database and all that is kept.',
      default: './data',
      minLength: 1,
    }),
    databaseUrl: Type.String({
      description:
        'PostgreSQL database, as postgres://user:password@host:5432/name?sslmode=verify-full. When not set, SQLite in the data folder.',
      default: '',
      pattern: '^$|^postgres(ql)?://\\S+$',
      writeOnly: true,
    }),
    databaseConnections: Type.Integer({
      description: 'Most connections to PostgreSQL at once.',
      default: 10,
      minimum: 2,
      maximum: 1000,
    }),
    secret: Type.String({
      description:
        'Secret that signs, of at least 32 characters. When not set it is made at the first start and kept in the data folder.',
      default: '',
      pattern: '^(.{32,})?$',
      writeOnly: true,
    }),
    trustProxy: Type.Array(Type.String(), {
      description:
        'IP addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-* headers are believed, separated by commas.',
      default: [],
    }),
    iceHost: Type.String({
      description: 'Address that WebRTC binds to. That of HTTP when empty.',
      default: '',
    }),
    icePort: Type.Integer({
      description: 'UDP port of the first media worker; each further worker takes the next.',
      default: 8189,
      minimum: 1,
      maximum: 65_535,
    }),
    iceAddresses: Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+$' }), {
      description:
        'Public IP addresses to announce to WebRTC peers, separated by commas, where the server stands behind NAT.',
      default: [],
    }),
    iceServers: Type.Array(
      Type.Union([
        IceUrl,
        Type.Object(
          {
            urls: Type.Union([IceUrl, Type.Array(IceUrl, { minItems: 1 })]),
            username: Type.Optional(Type.String()),
            credential: Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
      ]),
      {
        description:
          'STUN and TURN servers for browsers, separated by commas: stun:host:port, turn:host:port?transport=udp. Or a JSON list of those and of objects {"urls", "username", "credential"}.',
        default: [],
      },
    ),
    turnSecret: Type.String({
      description:
        'Secret shared with the TURN servers (coturn: static-auth-secret); each client then gets credentials for a day.',
      default: '',
      writeOnly: true,
    }),
    workers: Type.Integer({ description: 'Media worker processes.', default: 1, minimum: 1, maximum: 64 }),
    reconnectSeconds: Type.Integer({
      description: 'How long a publisher may be away before its broadcast ends.',
      default: 30,
      minimum: 0,
      maximum: 3600,
    }),
    maxBitrate: Type.Integer({
      description: 'Bits per second that a publisher is told it may send.',
      default: 8_000_000,
      minimum: 100_000,
      maximum: 100_000_000,
    }),
    firstFrame: Type.String({
      description:
        'How a joining viewer begins: group (with the kept group of pictures, at once) or key-frame (with the next key frame, which the publisher is asked for).',
      default: 'group',
      pattern: '^(group|key-frame)$',
    }),
    hlsPartMilliseconds: Type.Integer({
      description: 'Length of the parts of LL-HLS. Shorter ones mean less delay and more requests.',
      default: 250,
      minimum: 100,
      maximum: 1000,
    }),
    hlsWindowSeconds: Type.Integer({
      description:
        'How far back a live broadcast can be watched over HLS; 0: from its beginning. One that is not recorded goes back a minute at most.',
      default: 300,
      minimum: 0,
      maximum: 14_400,
    }),
    watchLogAddressDays: Type.Integer({
      description:
        'Days after which an address in the watch log is cut to its network (/24, IPv6 /48). With 0 it is cut at once.',
      default: 7,
      minimum: 0,
      maximum: 3650,
    }),
    watchLogDays: Type.Integer({
      description: 'Days after which a viewing is removed from the watch log.',
      default: 90,
      minimum: 1,
      maximum: 3650,
    }),
    streamDefaultPermissionClasses: Type.Array(
      Type.Union([Type.Literal('AllowAny'), Type.Literal('IsAuthenticated')]),
      {
        description: 'Who may watch videos by range, all of: AllowAny, IsAuthenticated; separated by commas.',
        default: ['AllowAny'],
        minItems: 1,
      },
    ),
    streamDefaultVideoPathUrlVar: Type.String({
      description: 'Parameter of /api/stream/ that says which video.',
      default: 'path',
      pattern: '^(?!session$)[A-Za-z][A-Za-z0-9_-]{0,31}$',
    }),
    streamMaxLoadVolume: Type.Integer({
      description:
        'Longest answer to a range, in MiB; players then ask for what follows. Also as KLIEG_MAX_LOAD_VOLUME_MB.',
      default: 8,
      minimum: 1,
      maximum: 4096,
    }),
    streamWatchLogEnabled: Type.Boolean({
      description: 'Whether watching videos by range is written to the watch log.',
      default: true,
    }),
    streamRangeHeaderRegexPattern: Type.String({
      description:
        'Range headers that count: its two groups are first and last byte, from the beginning of the header, in any case. The default stands for all of RFC 9110.',
      default: STANDARD_PATTERN,
      minLength: 1,
    }),
    accelPrefix: Type.String({
      description:
        'Path of an internal location of nginx that serves the videos folder, such as /klieg-videos/: nginx then sends the files (X-Accel-Redirect).',
      default: '',
      pattern: '^(/[A-Za-z0-9._~-]+)*/?$',
    }),
    ffmpeg: Type.String({
      description:
        'ffmpeg, by its name on the PATH or by its path; ffprobe lies beside it. Without it videos have no posters and durations.',
      default: 'ffmpeg',
      minLength: 1,
    }),
    maxUploadMb: Type.Integer({
      description: 'Largest video that may be uploaded to the library, in MiB.',
      default: 10_240,
      minimum: 1,
      maximum: 10_000_000,
    }),
    recordByDefault: Type.Boolean({
      description: 'Whether a broadcast is recorded when whoever makes it does not say.',
      default: true,
    }),
    chatByDefault: Type.Boolean({
      description: 'Whether a broadcast has a chat when whoever makes it does not say.',
      default: true,
    }),
    recordingsMaxDays: Type.Integer({
      description: 'Days after which a recording is removed; 0 keeps them.',
      default: 0,
      minimum: 0,
      maximum: 36_500,
    }),
    recordingsMaxGb: Type.Integer({
      description: 'Gigabytes that recordings may take; beyond, the oldest are removed. 0 for no limit.',
      default: 0,
      minimum: 0,
      maximum: 10_000_000,
    }),
    recordingsMinFreeMb: Type.Integer({
      description:
        'Free space of the disk, in MiB, below which recordings pause; broadcasts go on, and so do recordings once there is room.',
      default: 512,
      minimum: 0,
      maximum: 10_000_000,
    }),
    webhookAllow: Type.Array(Type.String(), {
      description:
        'IP addresses or networks (10.0.0.0/8) inside your own network that webhooks may be sent to, separated by commas. The internet is always allowed.',
      default: [],
    }),
    publishHook: Type.String({
      description:
        'Address that is asked who may publish, for those who keep their users elsewhere; see docs/webhooks.md.',
      default: '',
      pattern: '^$|^https?://[^/?#@\\s]+([/?]\\S*)?$',
    }),
    watchHook: Type.String({
      description: 'Address that is asked who may watch; as KLIEG_PUBLISH_HOOK.',
      default: '',
      pattern: '^$|^https?://[^/?#@\\s]+([/?]\\S*)?$',
    }),
    hookSecret: Type.String({
      description:
        'Secret that signs what is asked of KLIEG_PUBLISH_HOOK and KLIEG_WATCH_HOOK: whsec_ and 24 to 64 random bytes in Base64.',
      default: '',
      pattern: '^$|^whsec_[A-Za-z0-9+/]{32,86}={0,2}$',
      writeOnly: true,
    }),
    auditLogDays: Type.Integer({
      description: 'Days after which an entry is removed from the audit log.',
      default: 365,
      minimum: 1,
      maximum: 3650,
    }),
    registration: Type.Boolean({
      description:
        'Whether everybody may make an account, as a viewer; otherwise accounts are made by invitation.',
      default: false,
    }),
    smtpUrl: Type.String({
      description:
        'Mail server for invitations and new passwords: smtp://name:password@host:587, or smtps://. Without it an administrator copies the links.',
      default: '',
      pattern: '^$|^smtps?://[^/\\s]+/?$',
      writeOnly: true,
    }),
    mailFrom: Type.String({
      description: 'Sender of letters, as in Klieg <klieg@example.org>.',
      default: '',
      pattern: '^$|^[^\\r\\n]*@[^\\r\\n]+$',
    }),
    framesEncodedMax: Type.Integer({
      description:
        'Broadcasts of JPEG frames that ffmpeg encodes as H264 at once, so that HLS, recordings and WebRTC carry them; beyond, and with 0, they are watched as frames only.',
      default: 4,
      minimum: 0,
      maximum: 1000,
    }),
    s3Bucket: Type.String({
      description:
        'Bucket that clients upload their own streams to (POST /stream/start/); made at the first start if there is none. Without it streams cannot be provisioned.',
      default: '',
      pattern: '^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$',
    }),
    s3Endpoint: Type.String({
      description:
        'S3 of a provider other than AWS, such as https://s3.example.org; browsers play from there.',
      default: '',
      pattern: S3_ADDRESS,
    }),
    s3StsEndpoint: Type.String({
      description: 'STS, where it is not at the endpoint of S3.',
      default: '',
      pattern: S3_ADDRESS,
    }),
    s3Region: Type.String({
      description: 'Region of the bucket.',
      default: 'us-east-1',
      pattern: '^[a-z0-9-]{1,32}$',
    }),
    s3AccessKeyId: Type.String({
      description: 'Access key of the server itself; clients get credentials of their own that expire.',
      default: '',
      writeOnly: true,
    }),
    s3SecretAccessKey: Type.String({
      description: 'Secret of that access key.',
      default: '',
      writeOnly: true,
    }),
    s3RoleArn: Type.String({
      description:
        'Role whose temporary credentials clients get (AssumeRole), such as arn:aws:iam::123456789012:role/broadcaster. Without it they come from GetFederationToken, which few providers have.',
      default: '',
      pattern: '^(arn:\\S{1,2000})?$',
    }),
    s3CredentialSeconds: Type.Integer({
      description:
        'How long the credentials of a client hold; it asks for new ones before. With a role at most 43200, and no longer than the role allows.',
      default: CREDENTIAL_SECONDS.usual,
      minimum: CREDENTIAL_SECONDS.least,
      maximum: CREDENTIAL_SECONDS.most,
    }),
    s3PublicUrl: Type.String({
      description:
        'What addresses in the bucket begin with, where everybody may read it, as through a CDN. Without it, and for private broadcasts, players get signed addresses.',
      default: '',
      pattern: '^$|^https?://[^/?#@\\s]+(/[^?#\\s]*)?$',
    }),
    s3KeepDays: Type.Integer({
      description:
        'Days after which a bucket that the server makes removes what was uploaded; 0 keeps it. That of a bucket that was there stays as it is.',
      default: 0,
      minimum: 0,
      maximum: 36_500,
    }),
    logLevel: Type.String({
      description: 'Least severity that is logged: silent, error, warn, info or debug.',
      default: 'info',
      pattern: '^(silent|error|warn|info|debug)$',
    }),
    logFormat: Type.String({
      description:
        'Shape of the log: json, text for people, or auto, which is text on a terminal and else json.',
      default: 'auto',
      pattern: '^(auto|json|text)$',
    }),
  },
  { additionalProperties: false },
)

/** The settings of one server. */
export type Config = Static<typeof ConfigSchema>

/** One setting of the schema, as far as messages and documents need it. */
export type Setting = {
  readonly type?: string
  readonly pattern?: string
  readonly default?: unknown
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  /** Of a list. */
  readonly items?: object
  /** Never shown. */
  readonly writeOnly?: boolean
}

export const SETTINGS: Readonly<Record<keyof Config, Setting>> = ConfigSchema.properties

/** `iceHost` → `KLIEG_ICE_HOST`; the settings of the range door have the names that others know them by. */
export function variableOf(key: string): string {
  const name = key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
  return name.startsWith('STREAM_') ? name : `KLIEG_${name}`
}

/** Other names of environment variables. */
export const ALIASES: Readonly<Record<string, keyof Config>> = {
  KLIEG_MAX_LOAD_VOLUME_MB: 'streamMaxLoadVolume',
}
