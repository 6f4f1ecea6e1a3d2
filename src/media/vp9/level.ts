import type { PictureSize } from '../picture-size.ts'

/** Ten times the level, greatest luma picture, greatest luma samples a second (VP9 levels, annex of webmproject.org). */
const LEVELS = [
  [10, 36_864, 829_440],
  [11, 73_728, 2_764_800],
  [20, 122_880, 4_608_000],
  [21, 245_760, 9_216_000],
  [30, 552_960, 20_736_000],
  [31, 983_040, 36_864_000],
  [40, 2_228_224, 83_558_400],
  [41, 2_228_224, 160_432_128],
  [50, 8_912_896, 311_951_360],
  [51, 8_912_896, 588_251_136],
  [52, 8_912_896, 1_176_502_272],
  [60, 35_651_584, 1_176_502_272],
  [61, 35_651_584, 2_353_004_544],
] as const
const HIGHEST = 62
/** A stream does not tell its frame rate; few live ones have more. */
const FRAMES_PER_SECOND = 60

/** Ten times the lowest level that allows pictures of this size, 60 a second; a stream itself does not name one. */
export function vp9Level({ width, height }: PictureSize): number {
  const samples = width * height
  for (const [level, picture, rate] of LEVELS)
    if (samples <= picture && samples * FRAMES_PER_SECOND <= rate) return level
  return HIGHEST
}
