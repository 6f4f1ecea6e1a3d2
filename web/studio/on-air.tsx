import { Button } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { type BroadcastView, keepAwake, stopBroadcast } from '../../client/index.ts'
import { clockText, viewersText } from '../figures.ts'
import { broadcastTitle } from '../live/broadcast-title.ts'
import { SERVER } from '../server-address.ts'
import { Logo } from '../shell/logo.tsx'
import { useNow } from '../use-now.ts'
import { Callout } from './callout.tsx'
import { Confirmation } from './confirmation.tsx'
import { EncoderCard } from './encoder-card.tsx'
import { HealthCard } from './health-card.tsx'
import { LevelBar } from './level-bar.tsx'
import { OnAirControls } from './on-air-controls.tsx'
import type { OpenBroadcast } from './open-broadcast.ts'
import { Preview } from './preview.tsx'
import { PreviewCover } from './preview-cover.tsx'
import { sendThumbnails } from './send-thumbnails.ts'
import { ShareCard } from './share-card.tsx'
import { texts } from './texts.ts'
import type { Sending } from './use-publication.ts'
import type { Source } from './use-source.ts'
import { useWasHidden } from './use-was-hidden.ts'

const ChatCard = lazy(() => import('../chat/chat-card.tsx'))

type OnAirProps = {
  open: OpenBroadcast
  broadcast: BroadcastView
  source: Source
  sending: Sending
  onMute: (kind: 'audio' | 'video', muted: boolean) => void
  onAgain: () => void
  onRotate: () => Promise<void>
  onStopped: (broadcast: BroadcastView) => void
}

/** While the broadcast is open: what is sent, who watches, how well it goes, how to invite and how to stop. */
export function OnAir(props: OnAirProps) {
  const { open, broadcast, source, sending, onMute, onAgain, onRotate, onStopped } = props
  const video = useRef<HTMLVideoElement>(null)
  const [asking, setAsking] = useState(false)
  const [picture, setPicture] = useState<HTMLElement | null>(null)
  const { wasHidden, dismiss } = useWasHidden(sending.silent)
  const fromHere = open.encoder === 'browser'
  const live = fromHere ? sending.change?.state === 'live' : broadcast.state === 'live'
  const stopping = useMutation({
    mutationFn: () => stopBroadcast(open.id, { server: SERVER, key: open.streamKey }),
    onSuccess: onStopped,
  })
  const { id, streamKey } = open
  const shown = fromHere && live && !sending.muted.video

  useEffect(() => {
    if (video.current && shown) return sendThumbnails(video.current, { id, streamKey })
    return
  }, [shown, id, streamKey])
  useEffect(() => {
    if (!fromHere) return
    const lock = keepAwake()
    return () => lock.release()
  }, [fromHere])

  return (
    <div className="studio">
      <h1 className="k-unseen">{broadcastTitle(broadcast)}</h1>
      <div className="studio-stage">
        {fromHere ? (
          <Preview source={source} video={video}>
            <PreviewCover source={source} />
            <OnAirTags broadcast={broadcast} state={sending.change?.state ?? 'connecting'} />
            <div ref={setPicture} />
          </Preview>
        ) : (
          <div className="preview preview-encoder logo-on-stage">
            <Logo size={72} />
            <p className="preview-encoder-hint">
              {broadcast.state === 'live' ? texts.encoderLive : texts.encoderHint}
            </p>
            <OnAirTags broadcast={broadcast} state={broadcast.state} />
            <div ref={setPicture} />
          </div>
        )}
        <OnAirControls
          source={source}
          sending={sending}
          fromHere={fromHere}
          stopping={stopping.isPending}
          onMute={onMute}
          onStop={() => setAsking(true)}
        />
        {fromHere && !sending.silent && <LevelBar stream={source.stream} muted={sending.muted.audio} />}
        <Troubles sending={sending} problem={stopping.error} onAgain={onAgain} />
        {wasHidden && fromHere && (
          <Callout
            kind="warn"
            title={texts.wasHidden}
            hint={sending.silent ? texts.framesHiddenHint : texts.wasHiddenHint}
          >
            <Button size="sm" variant="default" onClick={dismiss}>
              {texts.dismiss}
            </Button>
          </Callout>
        )}
        {fromHere && <p className="studio-phone-hint">{texts.phoneHint}</p>}
      </div>
      <div className="studio-panel">
        <ShareCard broadcast={broadcast} />
        <HealthCard broadcast={broadcast} seconds={sending.seconds} />
        <Suspense>
          <ChatCard key={streamKey} broadcast={broadcast} streamKey={streamKey} picture={picture} />
        </Suspense>
      </div>
      {open.delivery === 'sfu' && (
        <div className="studio-below">
          <EncoderCard broadcast={broadcast} streamKey={streamKey} open={!fromHere} onRotate={onRotate} />
        </div>
      )}
      <Confirmation
        opened={asking}
        title={texts.stopTitle}
        hint={texts.stopHint}
        action={texts.stopConfirm}
        cancel={texts.stopCancel}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          stopping.mutate()
        }}
      />
    </div>
  )
}

/** State, time and viewers, over the picture. */
function OnAirTags({ broadcast, state }: { broadcast: BroadcastView; state: keyof typeof texts.states }) {
  const now = useNow(1000)
  const { startedAt, viewers } = broadcast
  return (
    <div className="preview-top">
      <span className="live-badge" data-state={state} role="status">
        <span className="live-badge-dot" aria-hidden="true" />
        {texts.states[state]}
      </span>
      {startedAt !== null && broadcast.state !== 'ended' && (
        <span className="preview-tag" role="timer" aria-label={texts.duration}>
          {clockText(now - Date.parse(startedAt))}
        </span>
      )}
      <span className="preview-tag">
        <IconEye size={15} aria-hidden="true" />
        {viewersText(viewers)}
      </span>
    </div>
  )
}

function Troubles({
  sending: { change, fellBack },
  problem,
  onAgain,
}: {
  sending: Sending
  problem: Error | null
  onAgain: () => void
}) {
  return (
    <>
      {problem && <Callout kind="bad" title={texts.failed} hint={problem.message} />}
      {fellBack && <Callout kind="info" title={texts.fellBack} hint={texts.fellBackHint} />}
      {change?.state === 'reconnecting' && (
        <Callout kind="warn" title={texts.reconnecting} hint={change.problem?.message} />
      )}
      {change?.state === 'connecting' && change.problem && (
        <Callout kind="warn" title={texts.reconnecting} hint={change.problem.message} />
      )}
      {change?.state === 'failed' && (
        <Callout kind="bad" title={texts.failed} hint={change.problem?.message}>
          <Button size="sm" onClick={onAgain}>
            {texts.again}
          </Button>
        </Callout>
      )}
    </>
  )
}
