import { type AccessOptions, openAccess } from '../../src/core/access.ts'
import { FakeAuthentication } from './fake-authentication.ts'
import { FakeShareStore } from './fake-share-store.ts'
import { fakeSeal, FakeViewerTokens } from './fake-viewer-tokens.ts'

type Needs = Pick<
  AccessOptions,
  'broadcasts' | 'secrets' | 'clock' | 'logger' | 'open' | 'hook' | 'authentication'
>

/** The real permission over fakes. */
export function accessRig(needs: Needs) {
  const authentication = new FakeAuthentication()
  const shareStore = new FakeShareStore()
  const tokens = new FakeViewerTokens()
  /** Who watches over HLS, as tests have it. */
  const inside = { isWatching: (_broadcastId: string, _session: string) => false }
  const access = openAccess({
    ...{ authentication, ...needs, tokens },
    store: shareStore,
    seal: fakeSeal,
    isWatching: (...player) => inside.isWatching(...player),
  })

  /** A token of a private broadcast; it opens it for an hour unless told otherwise. */
  async function viewerToken(broadcastId: string, lasts = 3_600_000): Promise<{ id: string; token: string }> {
    const { record, token } = await access.shares.add({ broadcastId, name: '', createdBy: null, lasts })
    return { id: record.id, token }
  }

  return { ...access, authentication, shareStore, viewerToken, inside }
}
