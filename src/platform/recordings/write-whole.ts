import { open, rename, rm } from 'node:fs/promises'
import { diskError } from './disk-errors.ts'
import { TEMPORARY } from './recording-paths.ts'

/** Writes a file that is either as it was or as it shall be, never in between. */
export async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  const temporary = `${file}${TEMPORARY}`
  try {
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(content)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw diskError(error)
  }
}
