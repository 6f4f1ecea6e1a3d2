import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { stopBroadcast } from '../../client/index.ts'
import { broadcastQuery } from '../broadcast-query.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { isOnAir } from '../live/on-air.ts'
import { SERVER } from '../server-address.ts'
import { Callout } from './callout.tsx'
import type { OpenBroadcast } from './open-broadcast.ts'
import { texts } from './texts.ts'

/** After a reload: the broadcast that was open in this tab, as long as viewers are waiting for it. */
export function ContinueOffer({
  open,
  ready,
  onContinue,
  onEnded,
}: {
  open: OpenBroadcast
  /** Whether there is a picture to go on with. */
  ready: boolean
  onContinue: () => void
  onEnded: () => void
}) {
  const { data: broadcast } = useQuery({
    ...broadcastQuery(open.id, open.streamKey),
    refetchInterval: 2000,
    gcTime: 0,
  })
  const ending = useMutation({
    mutationFn: () => stopBroadcast(open.id, { server: SERVER, key: open.streamKey }),
    onSettled: onEnded,
  })
  const waiting =
    broadcast && (isOnAir(broadcast) || (open.encoder === 'other' && broadcast.state === 'created'))
  if (!waiting) return null
  return (
    <div className="studio-offer">
      <Callout kind="warn" title={texts.continueTitle} hint={texts.continueHint(broadcastTitle(open))}>
        <Button size="sm" disabled={!ready} onClick={onContinue}>
          {texts.continueAction}
        </Button>
        <Button size="sm" variant="default" loading={ending.isPending} onClick={() => ending.mutate()}>
          {texts.continueStop}
        </Button>
      </Callout>
    </div>
  )
}
