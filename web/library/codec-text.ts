const NAMES: Readonly<Record<string, string>> = {
  hevc: 'H265',
  opus: 'Opus',
  vorbis: 'Vorbis',
  theora: 'Theora',
}

/** What people call a codec, of what ffmpeg calls it. */
export function codecText(codec: string): string {
  return NAMES[codec.toLowerCase()] ?? codec.toUpperCase()
}
