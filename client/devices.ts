import { mediaDevices } from './device-error.ts'

/** Whether the page may use a kind of device; `unknown` where the browser does not tell. */
export type DevicePermission = PermissionState | 'unknown'

/** What could be opened. Labels are '' until the permission was given. */
export type DeviceList = {
  cameras: MediaDeviceInfo[]
  microphones: MediaDeviceInfo[]
  cameraPermission: DevicePermission
  microphonePermission: DevicePermission
}

/** Asks for nothing, so it may be called at any time. Throws DeviceError where there can be no devices. */
export async function listDevices(): Promise<DeviceList> {
  const [devices, cameraPermission, microphonePermission] = await Promise.all([
    mediaDevices().enumerateDevices(),
    permission('camera'),
    permission('microphone'),
  ])
  return {
    cameras: devices.filter(({ kind }) => kind === 'videoinput'),
    microphones: devices.filter(({ kind }) => kind === 'audioinput'),
    cameraPermission: known(cameraPermission, devices, 'videoinput'),
    microphonePermission: known(microphonePermission, devices, 'audioinput'),
  }
}

/** Hears of devices plugged and unplugged; returns a function that stops listening. */
export function onDevicesChanged(listener: (list: DeviceList) => void): () => void {
  const devices = mediaDevices()
  const changed = () => void listDevices().then(listener, () => undefined)
  devices.addEventListener('devicechange', changed)
  return () => devices.removeEventListener('devicechange', changed)
}

async function permission(name: 'camera' | 'microphone'): Promise<DevicePermission> {
  const permissions = (navigator as { permissions?: Permissions }).permissions
  try {
    return (await permissions?.query({ name }))?.state ?? 'unknown'
  } catch {
    return 'unknown' // Firefox before 132 knows no such permission
  }
}

/** A label is only shown to those who have been allowed. */
function known(
  state: DevicePermission,
  devices: readonly MediaDeviceInfo[],
  kind: MediaDeviceKind,
): DevicePermission {
  if (state !== 'unknown') return state
  return devices.some((device) => device.kind === kind && device.label !== '') ? 'granted' : 'unknown'
}
