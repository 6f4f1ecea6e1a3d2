import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeDevices } from '../test/support/fake-devices.ts'
import { FakeStream, FakeTrack } from '../test/support/fake-media.ts'
import { openCamera, reopenWhenEnded, shareScreen } from './camera.ts'
import { deviceError } from './device-error.ts'
import { listDevices, onDevicesChanged } from './devices.ts'
import { levelOf } from './level-meter.ts'
import { keepAwake } from './wake-lock.ts'

const failure = (name: string, message = '') => new DOMException(message, name)
const camera = () => new FakeStream([new FakeTrack('video')])

describe('devices', () => {
  for (const [name, code] of Object.entries({
    NotAllowedError: 'not-allowed',
    SecurityError: 'not-allowed',
    NotFoundError: 'not-found',
    NotReadableError: 'in-use',
    AbortError: 'in-use',
    OverconstrainedError: 'unsuitable',
    TypeError: 'failed',
  }))
    test(`[CL100] ${name} has a code, a message and a remedy`, () => {
      const error = deviceError(failure(name), 'camera')

      assert.equal(error.code, code)
      assert.match(error.message, /camera.*\.$/)
      assert.match(error.remedy, /^[A-Z].*\.$/)
    })

  test('[CL100] a refusal of the operating system has another remedy than one of the browser', () => {
    const bySystem = deviceError(failure('NotAllowedError', 'Permission denied by system'), 'microphone')
    const byPerson = deviceError(failure('NotAllowedError', 'Permission denied'), 'microphone')

    assert.notEqual(bySystem.remedy, byPerson.remedy)
  })

  test('[CL101] an insecure page and a browser without devices say so', async (t) => {
    const devices = new FakeDevices(t)
    devices.secure = false
    await assert.rejects(openCamera(), { code: 'insecure-context' })
    devices.secure = true
    devices.make({ mediaDevices: undefined })

    await assert.rejects(listDevices(), { code: 'unsupported' })
  })

  test('[CL102] cameras and microphones are listed with their permission', async (t) => {
    const devices = new FakeDevices(t)
    devices.list = [
      { kind: 'videoinput', deviceId: 'c', label: 'Webcam' },
      { kind: 'audioinput', deviceId: 'm', label: '' },
      { kind: 'audiooutput', deviceId: 's', label: '' },
    ]
    devices.permissions = { camera: 'granted', microphone: 'prompt' }
    const list = await listDevices()
    assert.deepEqual(
      [list.cameras.length, list.microphones.length, list.cameraPermission, list.microphonePermission],
      [1, 1, 'granted', 'prompt'],
    )
    devices.permissions = undefined
    const unknown = await listDevices()

    assert.deepEqual([unknown.cameraPermission, unknown.microphonePermission], ['granted', 'unknown'])
  })

  test('[CL103] what is plugged in or out is told until nobody listens', async (t) => {
    const devices = new FakeDevices(t)
    let told = 0
    const stop = onDevicesChanged(() => told++)
    await devices.change()
    stop()
    await devices.change()

    assert.equal(told, 1)
  })

  test('[CL104] a camera is opened at 720p and 30 frames where it can, with the voice cleaned', async (t) => {
    const devices = new FakeDevices(t)
    devices.open = [camera()]
    await openCamera()

    assert.deepEqual(devices.asked[0], {
      video: {
        width: { ideal: 1280 },
        height: { ideal: 720 },
        frameRate: { ideal: 30 },
        facingMode: { ideal: 'user' },
      },
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
  })

  test('[CL105] a chosen device that has gone is replaced by the default one; a refusal is not asked twice', async (t) => {
    const devices = new FakeDevices(t)
    devices.open = [failure('OverconstrainedError'), camera(), failure('NotAllowedError')]
    await openCamera({ camera: 'gone', microphone: false })
    const [, again] = devices.asked
    assert.deepEqual(again?.audio, false)
    assert.equal('deviceId' in (again.video as object), false)
    await assert.rejects(openCamera({ camera: 'c' }), { code: 'not-allowed' })

    assert.equal(devices.asked.length, 3)
  })

  test('[CL106] a shared screen keeps its text sharp, and may fail in words', async (t) => {
    const devices = new FakeDevices(t)
    const screen = camera()
    devices.open = [screen, failure('NotAllowedError')]
    await shareScreen()
    assert.equal((screen.getTracks()[0] as unknown as MediaStreamTrack).contentHint, 'detail')
    await assert.rejects(shareScreen(), { code: 'cancelled' })
    devices.make({ mediaDevices: new EventTarget() })

    await assert.rejects(shareScreen(), { code: 'unsupported' })
  })

  test('[CL107] a camera that stopped by itself is opened again, once the page is shown', async (t) => {
    const devices = new FakeDevices(t)
    const [before, next] = [camera(), camera()]
    devices.open = [next]
    const reopened: unknown[] = []
    const stop = reopenWhenEnded(before.asStream(), { onReopened: (stream) => reopened.push(stream) })
    devices.visible = false
    before.getTracks()[0]?.stop()
    before.getTracks()[0]?.dispatchEvent(new Event('ended'))
    await devices.settle()
    assert.equal(devices.asked.length, 0)
    devices.visible = true
    await devices.settle()
    assert.deepEqual(reopened, [next])
    stop()
    next.getTracks()[0]?.dispatchEvent(new Event('ended'))
    await devices.settle()

    assert.equal(devices.asked.length, 1)
  })

  test('[CL107] one that can not be opened is told, and tried again when devices change', async (t) => {
    const devices = new FakeDevices(t)
    const before = camera()
    devices.open = [failure('NotFoundError'), camera()]
    const told: string[] = []
    const stop = reopenWhenEnded(before.asStream(), {
      onReopened: () => told.push('reopened'),
      onFailed: ({ code }) => told.push(code),
    })
    before.getTracks()[0]?.stop()
    before.getTracks()[0]?.dispatchEvent(new Event('ended'))
    await devices.settle()
    await devices.change()
    stop()

    assert.deepEqual(told, ['not-found', 'reopened'])
  })

  test('[CL108] loudness is 0 in an empty room and 1 at full scale, on a scale of decibels', () => {
    const tone = (amplitude: number) =>
      Float32Array.from({ length: 480 }, (_, i) => amplitude * (i % 2 ? 1 : -1))

    assert.equal(levelOf(tone(0)), 0)
    assert.equal(levelOf(tone(1)), 1)
    assert.ok(Math.abs(levelOf(tone(0.0316)) - 0.5) < 0.01)
  })

  test('[CL109] the screen is kept on, again after the page was hidden, until it is released', async (t) => {
    const devices = new FakeDevices(t)
    const lock = keepAwake()
    await devices.settle()
    devices.visible = false
    devices.visible = true
    await devices.settle()
    assert.equal(devices.locks, 2)
    lock.release()
    devices.visible = true
    await devices.settle()
    assert.equal(devices.locks, 2)
    assert.equal(devices.released, 1)
    devices.make({ wakeLock: undefined })

    keepAwake().release()
  })
})
