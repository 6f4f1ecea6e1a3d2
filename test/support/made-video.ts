import { spawnSync } from 'node:child_process'
import assert from 'node:assert/strict'

export type VideoWish = {
  seconds?: number
  /** `640x360` */
  size?: string
  sound?: boolean
  /** Degrees that players turn it by. */
  rotation?: number
}

/** Writes a small H264 and AAC MP4 with a moving picture, as phones and encoders do. */
export function makeVideo(
  file: string,
  { seconds = 2, size = '320x180', sound = true, rotation }: VideoWish = {},
): void {
  const inputs = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`]
  if (sound) inputs.push('-f', 'lavfi', '-i', 'sine=frequency=440')
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25', '-c:a', 'aac']
  run([...inputs, '-t', String(seconds), ...coding, '-movflags', '+faststart', '-f', 'mp4', file])
  if (rotation === undefined) return
  const turned = `${file}.turned`
  run(['-i', file, '-c', 'copy', '-metadata:s:v:0', `rotate=${rotation}`, '-f', 'mp4', turned])
  run(['-i', turned, '-c', 'copy', '-f', 'mp4', file])
}

function run(args: readonly string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
