import './live-player.css'
import { createElement, lazy, type ReactNode, Suspense, useId, useRef, useState } from 'react'
import type { Delivery } from '../../client/index.ts'
import { LatencyBadge } from './latency-badge.tsx'
import { LiveBar } from './live-bar.tsx'
import { SoundButton } from './sound-button.tsx'
import { StageMessage } from './stage-message.tsx'
import { texts } from './texts.ts'
import { usePlayerKeys } from './use-player-keys.ts'
import { useViewing, type ViewingNow } from './use-viewing.ts'

/** The player library is loaded while the connection is being made; the picture does not wait for it. */
const PlayerControls = lazy(() => import('./player-controls.tsx'))

/** Seconds that can be gone back at first; HLS knows better once it plays. */
const DVR = 300

type LivePlayerProps = {
  id: string
  delivery: Delivery
  /** Shown until there is a picture. */
  poster: string | null
  audioOnly: boolean
  /** Without, nothing about sound is shown. Default true. */
  sound?: boolean
  /** HLS can carry it: falls back to it, and back in time. Default false. */
  hls?: boolean
  /** It is published as JPEG frames, and shown as such. Default false. */
  frames?: boolean
  /** Seconds since it began. */
  liveFor?: number
  /** Begin without being asked. Default true. */
  autoplay?: boolean
  /** Stay silent and do not offer sound. Default false. */
  muted?: boolean
  controls?: boolean
  /** Fill the frame it is in, whatever its shape. */
  fill?: boolean
  /** Called with what lies over the picture and takes no pointer. Always the same function. */
  overlay?: (element: HTMLElement | null) => void
  /** What else wants to know how it goes. */
  children?: (now: ViewingNow) => ReactNode
}

/** A live broadcast with its controls. The client does the work; this shows it. */
export function LivePlayer(props: LivePlayerProps) {
  const {
    id,
    delivery,
    poster,
    audioOnly,
    sound = true,
    hls = false,
    frames = false,
    liveFor = 0,
    autoplay = true,
    muted = false,
    controls = true,
    fill,
    overlay,
    children,
  } = props
  const frame = useId()
  const video = useRef<HTMLVideoElement>(null)
  const [wanted, setWanted] = useState(autoplay)
  const viewing = useViewing(video, { id, delivery, hls, frames, wanted })
  usePlayerKeys(video)
  const { state } = viewing.change
  const moving = state === 'live' || state === 'reconnecting'

  return (
    <>
      <div
        id={frame}
        className="player"
        data-fill={fill}
        data-state={wanted ? state : 'idle'}
        role="region"
        aria-label={texts.player}
      >
        {createElement(
          'media-controller',
          { nohotkeys: '', defaultstreamtype: 'live', fullscreenelement: frame, autohide: '3' },
          <video
            ref={video}
            slot="media"
            className="player-video"
            muted
            playsInline
            aria-label={texts.player}
          />,
          controls && (
            <Suspense>
              <PlayerControls
                sound={sound}
                layers={viewing.layers}
                onLayer={viewing.setLayer}
                wish={viewing.wish}
                onWish={hls ? viewing.prefer : undefined}
                timeLine={
                  hls && moving ? (
                    <LiveBar
                      behind={viewing.behind}
                      window={viewing.transport === 'hls' ? viewing.window : Math.min(liveFor, DVR)}
                      onSeek={viewing.seekBehind}
                      onLive={viewing.goLive}
                    />
                  ) : undefined
                }
              />
            </Suspense>
          ),
        )}
        {overlay && <div ref={overlay} />}
        {poster !== null && !moving && <img className="player-poster" src={poster} alt="" />}
        <StageMessage
          change={viewing.change}
          idle={!wanted}
          audioOnly={audioOnly}
          onAgain={viewing.again}
          onStart={() => setWanted(true)}
        />
        {state === 'live' && (
          <LatencyBadge
            transport={viewing.transport}
            latency={viewing.behind > 0 ? null : viewing.latency}
            statistics={viewing.statistics}
          />
        )}
        {moving && (
          <SoundButton
            video={video}
            playback={viewing.playback}
            silent={muted || !sound}
            onPlay={viewing.play}
          />
        )}
      </div>
      {children?.(viewing)}
    </>
  )
}
