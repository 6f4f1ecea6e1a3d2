import path from 'node:path'
import type { FileAccess } from '../../core/file-access.ts'
import type { Viewings } from '../../core/viewings.ts'
import { watcherOf } from '../../protocols/visitor.ts'
import { compileRangePattern } from '../../protocols/vod/range-pattern.ts'
import type { RangeDoorOptions, WatchedFact, Watcher } from '../../protocols/vod/range-plugin.ts'
import type { Config } from '../config/schema.ts'

const MIB = 1024 * 1024
const ANONYMOUS: Watcher = { authenticated: false }

/** The range door as the configuration has it; what is sent through it is a viewing. */
export function rangeDoor({
  config,
  viewings,
  files,
}: {
  config: Config
  viewings: Pick<Viewings, 'seen'>
  files: Pick<FileAccess, 'assertMayWatch'>
}): RangeDoorOptions {
  const { accelPrefix } = config
  return {
    root: path.join(config.dataDir, 'videos'),
    settings: {
      get maxLoad() {
        return config.streamMaxLoadVolume * MIB
      },
      pattern: compileRangePattern(config.streamRangeHeaderRegexPattern),
      pathVariable: config.streamDefaultVideoPathUrlVar,
    },
    async authorize(request) {
      const { identity } = request
      if (config.streamDefaultPermissionClasses.includes('IsAuthenticated')) {
        const path = (request.query as Record<string, unknown>)[config.streamDefaultVideoPathUrlVar]
        await files.assertMayWatch(String(path), watcherOf(request))
        return { authenticated: true, ...(identity && { userId: identity.person.id }) }
      }
      return identity ? { authenticated: true, userId: identity.person.id } : ANONYMOUS
    },
    watched(fact) {
      if (config.streamWatchLogEnabled) viewings.seen(seenRequest(fact))
    },
    accelPrefix: accelPrefix === '' || accelPrefix.endsWith('/') ? accelPrefix : `${accelPrefix}/`,
  }
}

function seenRequest(fact: WatchedFact): Parameters<Viewings['seen']>[0] {
  const { sessionKey: key, path: id, address, userId, from, to } = fact
  return {
    key,
    subject: { kind: 'file', id, title: id },
    protocol: 'range',
    address,
    ...(userId !== undefined && { userId }),
    bytes: to - from,
    interval: { from, to },
  }
}
