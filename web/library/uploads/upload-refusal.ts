import { sizeText } from '../size-text.ts'
import { texts } from './texts.ts'

/** Why a file cannot be uploaded, before a byte of it is sent; undefined when it may. */
export function uploadRefusal(
  { name, size }: Pick<File, 'name' | 'size'>,
  { maxSize, extensions }: { maxSize: number; extensions: readonly string[] },
): string | undefined {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (!extensions.includes(extension)) return texts.notVideo
  if (size === 0) return texts.isEmpty
  return size > maxSize ? texts.tooLarge(sizeText(maxSize)) : undefined
}
