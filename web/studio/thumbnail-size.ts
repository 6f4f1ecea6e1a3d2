const MAX_WIDTH = 640

/** The size of the picture to send for a source of this size. */
export function thumbnailSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, MAX_WIDTH / width)
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}
