import { useCallback, useEffect, useRef, useState } from 'react'
import {
  DeviceError,
  type DeviceList,
  listDevices,
  onDevicesChanged,
  openCamera,
  reopenWhenEnded,
  shareScreen,
} from '../../client/index.ts'
import { deviceOf, FIRST_CHOICE, type SourceChoice } from './source-choice.ts'

export type Source = {
  choice: SourceChoice
  stream: MediaStream | undefined
  opening: boolean
  error: DeviceError | undefined
  devices: DeviceList | undefined
  /** Opens what was chosen; a screen only in a click. Keeps the present stream when that fails. */
  choose: (choice: Partial<SourceChoice>) => Promise<void>
  /** Tries once more. */
  retry: () => Promise<void>
  /** Lets camera, microphone and screen go. */
  release: () => void
}

/** The camera, microphone or screen of the studio. One stream at a time is open. */
export function useSource(): Source {
  const [choice, setChoice] = useState(FIRST_CHOICE)
  const [stream, setStream] = useState<MediaStream>()
  const [opening, setOpening] = useState(false)
  const [error, setError] = useState<DeviceError>()
  const devices = useDevices(stream)
  const current = useRef<MediaStream>(undefined)
  const newest = useRef(0)

  const show = useCallback((next: MediaStream | undefined) => {
    if (current.current !== next) stopTracks(current.current)
    current.current = next
    setStream(next)
  }, [])

  const open = useCallback(
    async (wanted: SourceChoice) => {
      const turn = ++newest.current
      setOpening(true)
      setError(undefined)
      try {
        const opened = await openStream(wanted)
        if (turn === newest.current) {
          setChoice(wanted)
          show(opened)
        } else stopTracks(opened)
      } catch (cause) {
        if (turn === newest.current && cause instanceof DeviceError) setError(cause)
      } finally {
        if (turn === newest.current) setOpening(false)
      }
    },
    [show],
  )

  const release = useCallback(() => {
    newest.current++
    setOpening(false)
    show(undefined)
  }, [show])

  useEffect(() => {
    if (!stream || choice.picture === 'screen') return
    return reopenWhenEnded(stream, { options: cameraOptions(choice), onReopened: show, onFailed: setError })
  }, [stream, choice, show])

  // Somebody who stops sharing by the browser's own button goes back to the camera.
  useEffect(() => {
    const picture = choice.picture === 'screen' ? stream?.getVideoTracks()[0] : undefined
    if (!picture) return
    const ended = () => void open({ ...choice, picture: 'camera' })
    picture.addEventListener('ended', ended)
    return () => picture.removeEventListener('ended', ended)
  }, [stream, choice, open])

  useEffect(() => release, [release])

  return {
    choice,
    stream,
    opening,
    error,
    devices,
    choose: (changes) => open({ ...choice, ...changes }),
    retry: () => open(choice),
    release,
  }
}

function useDevices(stream: MediaStream | undefined): DeviceList | undefined {
  const [devices, setDevices] = useState<DeviceList>()
  useEffect(() => {
    let stop: (() => void) | undefined
    // Asked again with each stream: names are told only after permission was given.
    void listDevices().then(setDevices, () => undefined)
    try {
      stop = onDevicesChanged(setDevices)
    } catch {
      return // a page that is not secure has no devices; opening one says so
    }
    return stop
  }, [stream])
  return devices
}

async function openStream(choice: SourceChoice): Promise<MediaStream> {
  if (choice.picture === 'camera') return openCamera(await existing(cameraOptions(choice)))
  const screen = await shareScreen({ audio: true })
  if (choice.microphone === null) return screen
  const voice = await openCamera({ camera: false, microphone: deviceOf(choice.microphone) }).catch(
    () => undefined,
  )
  if (!voice) return screen
  for (const track of screen.getAudioTracks()) track.stop()
  return new MediaStream([...screen.getVideoTracks(), ...voice.getAudioTracks()])
}

function cameraOptions(choice: SourceChoice) {
  return {
    camera: deviceOf(choice.camera),
    microphone: deviceOf(choice.microphone),
    facing: choice.facing,
  }
}

/** A computer with a microphone and no camera can still send sound; without either, opening says what is missing. */
async function existing(options: ReturnType<typeof cameraOptions>) {
  const { cameras, microphones } = await listDevices()
  const camera = cameras.length > 0 && options.camera
  const microphone = microphones.length > 0 && options.microphone
  return camera === false && microphone === false ? options : { ...options, camera, microphone }
}

function stopTracks(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
