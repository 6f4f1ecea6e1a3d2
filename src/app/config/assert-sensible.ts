import { isIP } from 'node:net'
import { ConfigError } from './config-error.ts'
import { rangePatternFault } from '../../protocols/vod/range-pattern.ts'
import type { Config } from './schema.ts'

const MAX_PORT = 65_535
/** What documentation and templates put where a secret belongs. */
const SAMPLE = /change.?me|example|sample|placeholder|your.?secret|(^|\W)(secret|password|default)(\W|$)/i
/** Of AssumeRole. */
const MAX_ROLE_SECONDS = 43_200
const FEWEST_DIFFERENT_CHARACTERS = 8

/** Throws `ConfigError` for what each setting alone allows, but sense does not. */
export function assertSensible(config: Config): void {
  const { secret, trustProxy, iceAddresses, icePort, workers } = config
  if (secret !== '' && (SAMPLE.test(secret) || new Set(secret).size < FEWEST_DIFFERENT_CHARACTERS))
    throw new ConfigError(
      'KLIEG_SECRET is a sample, which others know: give it at least 32 random characters, or do not set it',
    )
  if (config.databaseUrl !== '' && !URL.canParse(config.databaseUrl))
    throw new ConfigError(
      'KLIEG_DATABASE_URL cannot be read: write special characters of its password as %40 and the like',
    )
  const proxy = trustProxy.find((entry) => !isNetwork(entry))
  if (proxy !== undefined)
    throw new ConfigError(
      `KLIEG_TRUST_PROXY names "${proxy}", it must be IP addresses or networks such as 10.0.0.0/8`,
    )
  const allowed = config.webhookAllow.find((entry) => !isNetwork(entry))
  if (allowed !== undefined)
    throw new ConfigError(
      `KLIEG_WEBHOOK_ALLOW names "${allowed}", it must be IP addresses or networks such as 10.0.0.0/8`,
    )
  if (config.hookSecret === '' && (config.publishHook !== '' || config.watchHook !== ''))
    throw new ConfigError(
      'KLIEG_HOOK_SECRET is missing: KLIEG_PUBLISH_HOOK and KLIEG_WATCH_HOOK can only believe what is signed. ' +
        'Give it whsec_ and 32 random bytes in Base64',
    )
  const address = iceAddresses.find((entry) => isIP(entry) === 0)
  if (address !== undefined)
    throw new ConfigError(`KLIEG_ICE_ADDRESSES names "${address}", it must be IP addresses`)
  if (icePort + workers - 1 > MAX_PORT)
    throw new ConfigError(
      `KLIEG_ICE_PORT is ${icePort}, with KLIEG_WORKERS ${workers} it must be at most ${MAX_PORT - workers + 1}`,
    )
  const fault = rangePatternFault(config.streamRangeHeaderRegexPattern)
  if (fault !== undefined) throw new ConfigError(`STREAM_RANGE_HEADER_REGEX_PATTERN ${fault}`)
  assertTurnCredentials(config)
  assertMail(config)
  assertStorage(config)
}

function isNetwork(entry: string): boolean {
  const [address = '', prefix] = entry.split('/')
  const version = isIP(address)
  if (version === 0) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)
}

function assertStorage(config: Config): void {
  const { s3Bucket, s3AccessKeyId, s3SecretAccessKey, s3Endpoint, s3RoleArn, s3CredentialSeconds } = config
  if (s3Bucket === '' && (s3AccessKeyId !== '' || s3SecretAccessKey !== '' || s3Endpoint !== ''))
    throw new ConfigError('KLIEG_S3_BUCKET is missing: it says where streams are uploaded to')
  if (s3Bucket === '') return
  if (s3AccessKeyId === '' || s3SecretAccessKey === '')
    throw new ConfigError(
      'KLIEG_S3_BUCKET is set: KLIEG_S3_ACCESS_KEY_ID and KLIEG_S3_SECRET_ACCESS_KEY must say by what keys it is used',
    )
  if (s3RoleArn !== '' && s3CredentialSeconds > MAX_ROLE_SECONDS)
    throw new ConfigError(
      `KLIEG_S3_CREDENTIAL_SECONDS is ${s3CredentialSeconds}, with KLIEG_S3_ROLE_ARN it must be at most ${MAX_ROLE_SECONDS}`,
    )
}

/** A link in a letter must not lead where whoever asked for it says. */
function assertMail({ smtpUrl, mailFrom, publicUrl }: Config): void {
  if (smtpUrl !== '' && mailFrom === '')
    throw new ConfigError('KLIEG_SMTP_URL is set: KLIEG_MAIL_FROM must say who the letters are from')
  if (smtpUrl !== '' && publicUrl === '')
    throw new ConfigError('KLIEG_SMTP_URL is set: KLIEG_PUBLIC_URL must say where the links in letters lead')
}

/** Browsers refuse to connect at all when a TURN server comes without them. */
function assertTurnCredentials({ iceServers, turnSecret }: Config): void {
  if (turnSecret !== '') return
  for (const server of iceServers) {
    const { urls, username, credential } =
      typeof server === 'string' ? { urls: server, username: undefined, credential: undefined } : server
    const turn = [urls].flat().find((url) => url.startsWith('turn'))
    if (turn !== undefined && (username === undefined || credential === undefined))
      throw new ConfigError(
        `KLIEG_ICE_SERVERS names "${turn}" without credentials: set KLIEG_TURN_SECRET, or give it username and credential`,
      )
  }
}
