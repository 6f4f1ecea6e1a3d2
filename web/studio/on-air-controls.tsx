import { ActionIcon, Button } from '@mantine/core'
import {
  IconCamera,
  IconCameraRotate,
  IconMicrophone,
  IconMicrophoneOff,
  IconPlayerStopFilled,
  IconScreenShare,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { texts } from './texts.ts'
import type { Sending } from './use-publication.ts'
import type { Source } from './use-source.ts'

/** Microphone, picture, source, stop. */
export function OnAirControls({
  source,
  sending,
  fromHere,
  stopping,
  onMute,
  onStop,
}: {
  source: Source
  sending: Sending
  /** Whether this browser sends, and so has something to switch. */
  fromHere: boolean
  stopping: boolean
  onMute: (kind: 'audio' | 'video', muted: boolean) => void
  onStop: () => void
}) {
  return (
    <div className="studio-controls">
      {fromHere && <Switches source={source} sending={sending} onMute={onMute} />}
      <Button
        className="studio-stop"
        size="md"
        color="var(--k-live)"
        autoContrast={false}
        c="white"
        leftSection={<IconPlayerStopFilled size={18} />}
        loading={stopping}
        onClick={onStop}
      >
        {texts.stop}
      </Button>
    </div>
  )
}

function Switches({
  source,
  sending: { muted, silent },
  onMute,
}: {
  source: Source
  sending: Sending
  onMute: (kind: 'audio' | 'video', muted: boolean) => void
}) {
  const { choice, devices, choose } = source
  const screen = choice.picture === 'screen'
  const sharable = 'getDisplayMedia' in navigator.mediaDevices
  const turnable = !screen && (devices?.cameras.length ?? 0) > 1 && matchMedia('(pointer: coarse)').matches
  return (
    <>
      {!silent && (
        <Switch
          label={muted.audio ? texts.unmute : texts.mute}
          off={muted.audio}
          onClick={() => onMute('audio', !muted.audio)}
        >
          {muted.audio ? <IconMicrophoneOff size={22} /> : <IconMicrophone size={22} />}
        </Switch>
      )}
      <Switch
        label={muted.video ? texts.cameraOn : texts.cameraOff}
        off={muted.video}
        onClick={() => onMute('video', !muted.video)}
      >
        {muted.video ? <IconVideoOff size={22} /> : <IconVideo size={22} />}
      </Switch>
      {sharable && (
        <Switch
          label={screen ? texts.showCamera : texts.showScreen}
          onClick={() => void choose({ picture: screen ? 'camera' : 'screen' })}
        >
          {screen ? <IconCamera size={22} /> : <IconScreenShare size={22} />}
        </Switch>
      )}
      {turnable && (
        <Switch
          label={texts.otherCamera}
          onClick={() =>
            void choose({ camera: '', facing: choice.facing === 'user' ? 'environment' : 'user' })
          }
        >
          <IconCameraRotate size={22} />
        </Switch>
      )}
    </>
  )
}

function Switch({
  label,
  off = false,
  onClick,
  children,
}: {
  label: string
  off?: boolean
  onClick: () => void
  children: ReactNode
}) {
  return (
    <ActionIcon
      className="studio-switch"
      data-off={off}
      variant="default"
      size={48}
      radius="xl"
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  )
}
