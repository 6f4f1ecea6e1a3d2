import type { BroadcastSettings } from '../../core/provision/broadcast-settings.ts'
import { provisionedPlaceOf } from './provisioned-place.ts'
import { refusing } from './stream-refused.ts'

/**
 * Makes the bucket if there is none, readable across sites by signed address, and rid of half-sent uploads after a day.
 * For an application's start; its keys need `s3:CreateBucket` and what goes with it. Rejects with `StreamRefused`
 * (`storage-unavailable`, 503).
 */
export async function prepareBucket(settings: BroadcastSettings): Promise<void> {
  const { storage } = provisionedPlaceOf(settings)
  await refusing(() => storage.ready())
}
