import '../../watch/live-player.css'
import './video-player.css'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import {
  createElement,
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useEffect,
  useId,
  useState,
} from 'react'
import type { LibraryItem } from '../../../client/index.ts'
import { clockText } from '../../figures.ts'
import { onServer } from '../../server-address.ts'
import { usePlayerKeys } from '../../watch/use-player-keys.ts'
import { codecText } from '../codec-text.ts'
import { attachSource } from './attach-source.ts'
import { positionOf } from './kept-positions.ts'
import { texts } from './texts.ts'
import { useKeptPosition } from './use-kept-position.ts'
import { useSeekKeys } from './use-seek-keys.ts'

/** The player library is loaded while the page is looked at; the picture does not wait for it. */
const VideoControls = lazy(() => import('./video-controls.tsx'))

/** Something of the library with its controls. It begins when asked to, where it was left. */
export function VideoPlayer({
  item,
  video,
  overlay,
  children,
}: {
  item: Pick<LibraryItem, 'kind' | 'id' | 'title' | 'play' | 'contentType' | 'poster' | 'codecs'>
  video: RefObject<HTMLVideoElement | null>
  /** Called with what lies over the picture and takes no pointer. Always the same function. */
  overlay: (element: HTMLElement | null) => void
  children?: ReactNode
}) {
  const { title, play, contentType, poster, codecs } = item
  const frame = useId()
  const [kept] = useState(() => positionOf(item))
  const [state, setState] = useState<'idle' | 'begun' | 'failed' | 'lost'>('idle')
  const [attempt, setAttempt] = useState(0)
  const url = onServer(`.${play}`).href
  usePlayerKeys(video)
  useSeekKeys(video)
  useKeptPosition(video, item)
  useEffect(() => {
    if (!video.current) return
    return attachSource(video.current, { url, contentType, onFailed: () => setState('failed') })
  }, [video, url, contentType, attempt])

  function begin(at: number) {
    setState('begun')
    if (!video.current) return
    if (at > 0) video.current.currentTime = at
    void video.current.play().catch(() => undefined) // the controls are there then
  }

  return (
    <div
      id={frame}
      className="player"
      data-state={state === 'lost' ? 'failed' : state}
      role="region"
      aria-label={texts.player(title)}
    >
      {createElement(
        'media-controller',
        { nohotkeys: '', defaultstreamtype: 'on-demand', fullscreenelement: frame, autohide: '3' },
        <video
          ref={video}
          slot="media"
          className="player-video"
          playsInline
          preload="metadata"
          poster={poster === null ? undefined : onServer(`.${poster}`).href}
          aria-label={texts.player(title)}
          onPlay={() => setState('begun')}
          onError={({ currentTarget: { error } }) =>
            setState(error?.code === MediaError.MEDIA_ERR_NETWORK ? 'lost' : 'failed')
          }
        />,
        <Suspense>
          <VideoControls />
        </Suspense>,
      )}
      <div ref={overlay} />
      {state === 'idle' && <Begin at={kept?.at} onBegin={begin} />}
      {state === 'failed' && (
        <Slate title={texts.failed} hint={texts.failedHint(codecs.map(codecText).join(', '))}>
          {children}
        </Slate>
      )}
      {state === 'lost' && (
        <Slate title={texts.lost} hint={texts.lostHint}>
          <button
            type="button"
            className="stage-button"
            onClick={() => {
              setState('idle')
              setAttempt(attempt + 1)
            }}
          >
            {texts.again}
          </button>
        </Slate>
      )}
    </div>
  )
}

function Begin({ at, onBegin }: { at: number | undefined; onBegin: (at: number) => void }) {
  if (at === undefined)
    return (
      <div className="stage">
        <button type="button" className="stage-play" aria-label={texts.play} onClick={() => onBegin(0)}>
          <IconPlayerPlayFilled size={36} />
        </button>
      </div>
    )
  return (
    <div className="stage">
      <div className="video-begin">
        <button type="button" className="stage-button" onClick={() => onBegin(at)}>
          <IconPlayerPlayFilled size={20} aria-hidden="true" />
          {texts.resume(clockText(at * 1000))}
        </button>
        <button type="button" className="stage-button video-begin-other" onClick={() => onBegin(0)}>
          {texts.fromStart}
        </button>
      </div>
    </div>
  )
}

function Slate({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) {
  return (
    <div className="stage video-slate" role="alert">
      <div>
        <p className="stage-title">{title}</p>
        <p className="stage-hint">{hint}</p>
        <div className="video-slate-actions">{children}</div>
      </div>
    </div>
  )
}
