import { randomBytes } from 'node:crypto'
import { readdir, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { Server, type Upload } from '@tus/server'
import { BroadcastError } from '../../core/errors.ts'
import { UploadStore } from './upload-store.ts'
import { assertVideoContent, assertVideoName } from './video-check.ts'

/** Where whole files go. */
export interface UploadTarget {
  /** Takes the file away, and resolves with its id in the library. */
  adopt(file: string, name: string): Promise<string>
}

export type UploadsOptions = {
  target: UploadTarget
  /** On the same file system as the target's; there already. */
  folder: string
  /** Bytes. */
  maxSize: number | (() => number)
  /** Where the server is mounted, without a slash at its end. */
  basePath: string
  /** Bytes free in a folder; by default as the system says. */
  freeIn?: (folder: string) => Promise<number>
}

/** Where uploads are made, and below it where they are continued. */
export const UPLOADS_PATH = '/api/uploads'

/** Live recording goes first: uploads leave it room. */
const KEPT_FREE = 256 * 1024 * 1024
const MOST_UNFINISHED = 500
const UPLOAD_ID = /^[0-9a-f]{32}$/

/** Resumable uploads, as far as they do not know HTTP: https://tus.io/protocols/resumable-upload */
export class Uploads {
  readonly #target: UploadTarget
  readonly #folder: string
  readonly #freeIn: (folder: string) => Promise<number>
  readonly #store: UploadStore
  readonly #server: Server
  /** Two requests that both bring the last byte are one upload. */
  readonly #finishing = new Map<string, Promise<string>>()
  readonly #refusals = new WeakMap<object, BroadcastError>()

  constructor({ target, folder, maxSize, basePath, freeIn = freeBytes }: UploadsOptions) {
    this.#target = target
    this.#folder = folder
    this.#freeIn = freeIn
    this.#store = new UploadStore(folder)
    this.#server = new Server({
      path: UPLOADS_PATH,
      datastore: this.#store,
      maxSize,
      allowedOrigins: () => false,
      exposedHeaders: [],
      namingFunction: () => randomBytes(16).toString('hex'),
      generateUrl: (_request, { id }) => `${basePath}${UPLOADS_PATH}/${id}`,
      getFileIdFromRequest: (_request, id = '') => (UPLOAD_ID.test(id) ? id : undefined),
      onUploadCreate: async (_request, upload) => {
        await this.#assertWelcome(upload)
        return {}
      },
      onUploadFinish: async (_request, upload) => ({
        headers: { 'Content-Location': `${basePath}/api/library/file/${await this.#finishOnce(upload)}` },
      }),
      onResponseError: (request, error) => {
        if (error instanceof BroadcastError) this.#refusals.set(request, error)
        return undefined
      },
    })
  }

  /** Answers a request of the protocol. Rejects with BroadcastError for what is not welcome. */
  async answer(request: Request): Promise<Response> {
    const response = await this.#server.handleWeb(request)
    const refusal = this.#refusals.get(request)
    if (refusal) throw refusal
    return response
  }

  /** Whatever nobody has added to for that long will not be continued. */
  async removeLeftovers(now: number, olderThan: number): Promise<void> {
    const touched = new Map<string, number>()
    for (const name of await readdir(this.#folder)) {
      const stats = await stat(path.join(this.#folder, name)).catch(() => undefined)
      const id = path.parse(name).name
      if (stats) touched.set(id, Math.max(touched.get(id) ?? 0, stats.mtimeMs))
    }
    for (const [id, at] of touched) if (now - at > olderThan) await this.#store.discard(id)
  }

  async #assertWelcome({ size = 0, metadata }: Upload): Promise<void> {
    assertVideoName(metadata?.['filename'] ?? '')
    if (size === 0) throw new BroadcastError('unsupported-media', 'this file is empty')
    const { bytes, uploads } = await this.#store.promised()
    if (uploads >= MOST_UNFINISHED)
      throw new BroadcastError('overloaded', 'too many uploads are unfinished', { retryAfter: 60 })
    if ((await this.#freeIn(this.#folder)) - bytes - size < KEPT_FREE)
      throw new BroadcastError('no-space', 'the disk of the server has no room for this file')
  }

  #finishOnce(upload: Upload): Promise<string> {
    const running = this.#finishing.get(upload.id)
    if (running) return running
    const finishing = this.#finish(upload).finally(() => this.#finishing.delete(upload.id))
    this.#finishing.set(upload.id, finishing)
    return finishing
  }

  async #finish(upload: Upload): Promise<string> {
    const name = upload.metadata?.['filename'] ?? ''
    const file = this.#store.fileOf(upload.id)
    try {
      await assertVideoContent(file, name)
    } catch (error) {
      await this.#store.discard(upload.id)
      throw error
    }
    const id = await this.#target.adopt(file, name)
    await this.#store.accept(upload)
    return id
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
