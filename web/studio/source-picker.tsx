import { NativeSelect, SegmentedControl } from '@mantine/core'
import { texts } from './texts.ts'
import type { Source } from './use-source.ts'

const NONE = 'none'

/** Camera or screen, which camera, which microphone. */
export function SourcePicker({ source }: { source: Source }) {
  const { choice, devices, choose } = source
  const sharable = 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices
  return (
    <>
      {sharable && (
        <SegmentedControl
          fullWidth
          size="md"
          aria-label={texts.source}
          value={choice.picture}
          data={[
            { value: 'camera', label: texts.camera },
            { value: 'screen', label: texts.screen },
          ]}
          onChange={(value) => void choose({ picture: value === 'screen' ? 'screen' : 'camera' })}
        />
      )}
      {choice.picture === 'camera' && (
        <DeviceSelect
          label={texts.camera}
          none={texts.noCamera}
          devices={devices?.cameras ?? []}
          nameOf={texts.nthCamera}
          chosen={choice.camera}
          onChoose={(camera) => void choose({ camera })}
        />
      )}
      <DeviceSelect
        label={texts.microphone}
        none={texts.noMicrophone}
        devices={devices?.microphones ?? []}
        nameOf={texts.nthMicrophone}
        chosen={choice.microphone}
        onChoose={(microphone) => void choose({ microphone })}
      />
    </>
  )
}

function DeviceSelect({
  label,
  none,
  devices,
  nameOf,
  chosen,
  onChoose,
}: {
  label: string
  none: string
  devices: readonly MediaDeviceInfo[]
  nameOf: (place: number) => string
  chosen: string | null
  onChoose: (id: string | null) => void
}) {
  const named = devices.filter(({ deviceId }) => deviceId !== '' && deviceId !== 'default')
  return (
    <NativeSelect
      label={label}
      size="md"
      value={chosen ?? NONE}
      onChange={({ target: { value } }) => onChoose(value === NONE ? null : value)}
      data={[
        { value: '', label: texts.defaultDevice },
        ...named.map((device, index) => ({
          value: device.deviceId,
          label: device.label === '' ? nameOf(index + 1) : device.label,
        })),
        { value: NONE, label: none },
      ]}
    />
  )
}
