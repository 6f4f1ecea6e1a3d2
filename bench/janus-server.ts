import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A host of its own for Janus, which refuses loopback interfaces; nothing leaves this machine. */
export const NAMESPACE = 'klieg-bench'
const ADDRESS = '127.0.0.2'
const API = 'http://127.0.0.1:18088/janus'
const VIDEO_PORT = 18_504
const AUDIO_PORT = 18_502

type Json = Record<string, unknown>

/** Makes the network namespace; only root may. */
export function makeNamespace(): void {
  removeNamespace()
  const ip = (...args: string[]) => execFileSync('ip', args)
  ip('netns', 'add', NAMESPACE)
  ip('-n', NAMESPACE, 'link', 'set', 'lo', 'up')
  ip('-n', NAMESPACE, 'link', 'add', 'host0', 'type', 'veth', 'peer', 'name', 'host1')
  ip('-n', NAMESPACE, 'addr', 'add', `${ADDRESS}/32`, 'dev', 'host0')
  ip('-n', NAMESPACE, 'link', 'set', 'host0', 'up')
  ip('-n', NAMESPACE, 'link', 'set', 'host1', 'up')
}

export function removeNamespace(): void {
  try {
    execFileSync('ip', ['netns', 'delete', NAMESPACE], { stdio: 'ignore' })
  } catch {
    // there was none
  }
}

const CONFIGURATION = (folder: string) => ({
  'janus.jcfg': `general: { configs_folder = "${folder}" debug_level = 2 session_timeout = 0 }
nat: { ice_lite = true ice_enforce_list = "${ADDRESS}" }
plugins: { disable = "libjanus_audiobridge.so,libjanus_echotest.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so,libjanus_duktape.so,libjanus_lua.so" }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }`,
  'janus.transport.http.jcfg': `general: { json = "compact" base_path = "/janus" http = true port = 18088 ip = "127.0.0.1" https = false }
admin: { admin_http = false }`,
  'janus.plugin.streaming.jcfg': `live: { type = "rtp" id = 1 audio = true audioport = ${AUDIO_PORT} audiopt = 111 audiocodec = "opus"
  video = true videoport = ${VIDEO_PORT} videopt = 96 videocodec = "vp8" }`,
})

/** Debian's Janus with one RTP mount point. This process must run inside the namespace too. */
export class JanusServer implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #stopFeeding: () => void

  static async start(): Promise<JanusServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'janus-'))
    for (const [file, text] of Object.entries(CONFIGURATION(folder)))
      writeFileSync(path.join(folder, file), text)
    const janus = spawn('janus', ['-F', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
    const isUp = () =>
      fetch(`${API}/info`)
        .then((response) => response.ok)
        .catch(() => false)
    while (!(await isUp())) {
      if (janus.exitCode !== null) throw new Error(`janus left with code ${janus.exitCode}`)
      await sleep(100)
    }
    return new JanusServer(janus, folder)
  }

  private constructor(janus: ChildProcess, folder: string) {
    this.#process = janus
    this.#folder = folder
    this.#stopFeeding = feed()
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Janus makes the offer; `answer` is given it and returns ours. */
  async watch(answer: (offer: string) => Promise<string>): Promise<void> {
    const session = await post(API, { janus: 'create' })
    const sessionUrl = `${API}/${idOf(session)}`
    const handle = await post(sessionUrl, { janus: 'attach', plugin: 'janus.plugin.streaming' })
    const handleUrl = `${sessionUrl}/${idOf(handle)}`
    await post(handleUrl, { janus: 'message', body: { request: 'watch', id: 1 } })
    let offer: string | undefined
    while (offer === undefined) {
      const event = (await (await fetch(`${sessionUrl}?maxev=1`)).json()) as { jsep?: { sdp: string } }
      offer = event.jsep?.sdp
    }
    const sdp = await answer(offer)
    await post(handleUrl, { janus: 'message', body: { request: 'start' }, jsep: { type: 'answer', sdp } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopFeeding()
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGKILL') // hundreds of sessions take it minutes to say goodbye to
    await gone
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function post(url: string, body: Json): Promise<Json> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ ...body, transaction: Math.random().toString(36).slice(2) }),
  })
  return (await response.json()) as Json
}

function idOf(reply: Json): number {
  const id = (reply['data'] as { id?: number } | undefined)?.id
  if (id === undefined) throw new Error(`janus answered ${JSON.stringify(reply)}`)
  return id
}

/** The same packets as `synthetic-publisher.ts` sends, as plain RTP into the mount point. */
function feed(): () => void {
  const socket = createSocket('udp4')
  const video = Buffer.alloc(1150, 7)
  const audio = Buffer.alloc(120, 5)
  video[0] = audio[0] = 0x80
  audio[1] = 111
  video.writeUInt32BE(0x1001, 8)
  audio.writeUInt32BE(0x1002, 8)
  let videoSent = 0
  let audioSent = 0
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const elapsed = (performance.now() - startedAt) / 1000
    while (videoSent < (Math.floor(elapsed * 30) * 260) / 30) {
      video[1] = 96
      video.writeUInt16BE(videoSent & 0xffff, 2)
      video.writeUInt32BE((Math.floor((videoSent * 30) / 260) * 3000) >>> 0, 4)
      socket.send(Buffer.from(video), VIDEO_PORT, '127.0.0.1')
      videoSent++
    }
    while (audioSent < elapsed * 50) {
      audio.writeUInt16BE(audioSent & 0xffff, 2)
      audio.writeUInt32BE((audioSent * 960) >>> 0, 4)
      socket.send(Buffer.from(audio), AUDIO_PORT, '127.0.0.1')
      audioSent++
    }
  }, 5)
  return () => {
    clearInterval(timer)
    socket.close()
  }
}
