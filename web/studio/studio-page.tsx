import './mantine-styles.ts'
import './studio-page.css'
import '../live/live-badge.css'
import { Button } from '@mantine/core'
import { Link, useBlocker } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { type BroadcastView, rotateStreamKey } from '../../client/index.ts'
import { clockText } from '../figures.ts'
import { SERVER } from '../server-address.ts'
import ReplayButton from '../live/replay-button.tsx'
import { Logo } from '../shell/logo.tsx'
import { Notice } from '../shell/notice.tsx'
import { useTitle } from '../use-title.ts'
import { encodingOf, FIRST_PLAN } from './broadcast-plan.ts'
import { ContinueOffer } from './continue-offer.tsx'
import { OnAir } from './on-air.tsx'
import { forgetOpen, type OpenBroadcast, recallOpen, rememberOpen } from './open-broadcast.ts'
import { SetUp } from './set-up.tsx'
import { texts } from './texts.ts'
import { type Encoding, usePublication } from './use-publication.ts'
import { useOwnBroadcast } from './use-own-broadcast.ts'
import { useSource } from './use-source.ts'

/** From the preview to the end of a broadcast. */
export default function StudioPage() {
  useTitle(texts.title)
  const source = useSource()
  const { sending, start, stop, setMuted } = usePublication(source.stream)
  const [open, setOpen] = useState<OpenBroadcast>()
  const [over, setOver] = useState<Over>()
  const [recalled, setRecalled] = useState(recallOpen)
  const encoding = useRef<Encoding>(encodingOf(FIRST_PLAN))
  const { stream, choose, release } = source
  const preparing = !open && !over

  const chooseFirst = useRef(choose)
  useEffect(() => {
    if (preparing) void chooseFirst.current({})
  }, [preparing])
  useBlocker({
    shouldBlockFn: () => !confirm(texts.leave),
    enableBeforeUnload: true,
    disabled: open?.encoder !== 'browser',
  })

  if (over) return <TheEnd over={over} onAnew={() => setOver(undefined)} />
  if (open)
    return (
      <Opened
        open={open}
        source={source}
        sending={sending}
        onMute={setMuted}
        onAgain={() => stream && start(open, stream, encoding.current)}
        onRotate={() => rotate(open)}
        onStopped={finish}
      />
    )
  return (
    <>
      <h1 className="k-unseen">{texts.title}</h1>
      {recalled && (
        <ContinueOffer
          open={recalled}
          ready={stream !== undefined || recalled.encoder === 'other'}
          onContinue={() => begin(recalled, encoding.current)}
          onEnded={() => {
            forgetOpen()
            setRecalled(undefined)
          }}
        />
      )}
      <SetUp source={source} onOpen={begin} />
    </>
  )

  function begin(broadcast: OpenBroadcast, how: Encoding) {
    encoding.current = how
    rememberOpen(broadcast)
    setRecalled(undefined)
    setOpen(broadcast)
    if (broadcast.encoder === 'other') release()
    else if (stream) start(broadcast, stream, how)
  }

  /** A publisher whose key is replaced would be cut off, and its broadcast ended; one that is away may come back. */
  async function rotate(broadcast: OpenBroadcast) {
    if (broadcast.encoder === 'browser') await stop()
    let next = broadcast
    try {
      const { id, streamKey } = broadcast
      next = { ...broadcast, ...(await rotateStreamKey(id, { server: SERVER, key: streamKey })) }
    } finally {
      begin(next, encoding.current)
    }
  }

  function finish(broadcast: BroadcastView, elsewhere = false) {
    void stop()
    release()
    forgetOpen()
    setOpen(undefined)
    setOver({ id: broadcast.id, lasted: lastingOf(broadcast), elsewhere })
  }
}

type Over = { id: string; lasted: number | undefined; elsewhere: boolean }

type OpenedProps = Omit<Parameters<typeof OnAir>[0], 'broadcast' | 'onStopped'> & {
  onStopped: (broadcast: BroadcastView, elsewhere?: boolean) => void
}

/** The broadcast as the server sees it; somebody else may end it. */
function Opened({ onStopped, ...props }: OpenedProps) {
  const broadcast = useOwnBroadcast(props.open)
  const stoppedElsewhere = props.sending.change?.state === 'ended'
  useEffect(() => {
    if (stoppedElsewhere && broadcast) onStopped(broadcast, true)
  }, [stoppedElsewhere, broadcast, onStopped])
  if (!broadcast)
    return (
      <p role="status" className="k-unseen">
        {texts.goingLive}
      </p>
    )
  return <OnAir {...props} broadcast={broadcast} onStopped={(stopped) => onStopped(stopped)} />
}

function TheEnd({ over, onAnew }: { over: Over; onAnew: () => void }) {
  const hint = [
    over.lasted === undefined ? '' : texts.endedAfter(clockText(over.lasted)),
    over.elsewhere ? texts.stoppedElsewhere : '',
  ]
  return (
    <Notice title={texts.ended} hint={hint.join(' ')} picture={<Logo size={64} />}>
      <Button onClick={onAnew}>{texts.anew}</Button>
      <ReplayButton broadcast={over.id} />
      <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
        {texts.home}
      </Button>
    </Notice>
  )
}

function lastingOf({ startedAt, endedAt }: BroadcastView): number | undefined {
  if (startedAt === null) return undefined
  return (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt)
}
