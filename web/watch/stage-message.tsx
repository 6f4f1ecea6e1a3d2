import { IconPlayerPlayFilled } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { StateChange, ViewingState } from '../../client/index.ts'
import { Logo } from '../shell/logo.tsx'
import { texts } from './texts.ts'

/** What the stage says while there is no picture. */
export function StageMessage({
  change,
  idle,
  audioOnly,
  onAgain,
  onStart,
}: {
  change: StateChange<ViewingState>
  idle: boolean
  audioOnly: boolean
  onAgain: () => void
  onStart: () => void
}) {
  if (idle)
    return (
      <button type="button" className="stage-play" aria-label={texts.tapToPlay} onClick={onStart}>
        <IconPlayerPlayFilled size={36} />
      </button>
    )
  return (
    <div className="stage" role="status">
      {content()}
    </div>
  )

  function content() {
    switch (change.state) {
      case 'live':
        return audioOnly && <Slate title={texts.stage.audioOnly} />
      case 'connecting':
        return <Wait title={texts.stage.connecting} />
      case 'waiting':
        return audioOnly ? <Slate title={texts.stage.audioOnly} /> : <Wait title={texts.stage.waiting} />
      case 'reconnecting':
        return <Wait title={texts.stage.reconnecting(change.attempt)} hint={texts.stage.reconnectingHint} />
      case 'offline':
        return <Slate title={texts.stage.offline} hint={texts.stage.offlineHint} />
      case 'ended':
        return <Slate title={texts.stage.ended} hint={texts.stage.endedHint} />
      case 'failed':
        if (change.problem?.code === 'kicked')
          return (
            <Slate
              title={texts.stage.kicked}
              hint={texts.stage.kickedHint(Math.ceil((change.problem.retryAfter ?? 60) / 60))}
            />
          )
        return (
          <Slate title={texts.stage.failed} hint={change.problem?.message}>
            <button type="button" className="stage-button" onClick={onAgain}>
              {texts.again}
            </button>
          </Slate>
        )
    }
  }
}

function Wait({ title, hint }: { title: string; hint?: string }) {
  return (
    <div className="stage-wait">
      <span className="stage-spinner" aria-hidden="true" />
      <span>
        {title}
        {hint !== undefined && <span className="stage-hint">{hint}</span>}
      </span>
    </div>
  )
}

function Slate({
  title,
  hint,
  children,
}: {
  title: string
  hint?: string | undefined
  children?: ReactNode
}) {
  return (
    <div className="stage-slate logo-on-stage">
      <Logo size={56} />
      <p className="stage-title">{title}</p>
      {hint !== undefined && <p className="stage-hint">{hint}</p>}
      {children}
    </div>
  )
}
