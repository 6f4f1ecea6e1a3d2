import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { videoTypeOf } from '../../core/video-type.ts'

/** A video file as the file system tells of it. Times are milliseconds since the epoch. */
export type FoundFile = {
  /** Below the folder, with slashes. */
  readonly path: string
  readonly size: number
  readonly modifiedAt: number
  readonly createdAt: number
}

const DEEPEST = 16

/**
 * Every video file below `root`. Hidden files and folders are left out, and links, which may lead anywhere.
 * `onFolder` hears of each folder before it is read, so that no change is missed by who watches it.
 */
export async function scanFolder(
  root: string,
  onFolder: (folder: string) => void = () => undefined,
): Promise<FoundFile[]> {
  const found: FoundFile[] = []

  async function visit(below: string, depth: number): Promise<void> {
    const folder = path.join(root, below)
    onFolder(folder)
    for (const entry of await entriesOf(folder)) {
      if (entry.name.startsWith('.')) continue
      const place = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && depth < DEEPEST) await visit(place, depth + 1)
      else if (entry.isFile() && videoTypeOf(entry.name)) {
        const file = await foundFile(root, place)
        if (file) found.push(file)
      }
    }
  }

  await visit('', 0)
  return found
}

/** Undefined when it is gone, or is no file. */
export async function foundFile(root: string, place: string): Promise<FoundFile | undefined> {
  const stats = await lstat(path.join(root, place)).catch(() => undefined)
  if (!stats?.isFile()) return undefined
  const modifiedAt = Math.floor(stats.mtimeMs)
  const born = Math.floor(stats.birthtimeMs)
  // Some file systems do not know when a file came.
  return { path: place, size: stats.size, modifiedAt, createdAt: born > 0 ? born : modifiedAt }
}

/** None when the folder is gone or may not be read. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => [])
}
