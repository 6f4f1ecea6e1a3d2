import { BitReader } from '../bit-reader.ts'

/** What an AudioSpecificConfig says (ISO/IEC 14496-3 §1.6.2.1). */
export type AudioSpecificConfig = {
  /** 2 is AAC-LC, 5 HE-AAC, 29 HE-AAC v2. */
  readonly objectType: number
  /** Of the core coder, which a container counts in. */
  readonly sampleRate: number
  readonly channels: number
  readonly samplesPerFrame: number
}

/** Table 1.18 */
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
]
const RATE_FOLLOWS = 15
/** Table 1.19; 0 stands for a description elsewhere. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8]
const ESCAPE = 31
/** Types whose own type follows behind the extension: SBR and PS. */
const EXTENSIONS = [5, 29]

/** Reads the beginning of an AudioSpecificConfig; undefined when it is cut short or names no rate or channels. */
export function parseAudioSpecificConfig(bytes: Uint8Array): AudioSpecificConfig | undefined {
  const bits = new BitReader(bytes)
  const objectType = readObjectType(bits)
  const sampleRate = readSampleRate(bits)
  const channels = CHANNELS[bits.read(4)] ?? 0
  if (EXTENSIONS.includes(objectType)) {
    readSampleRate(bits)
    readObjectType(bits)
  }
  const samplesPerFrame = bits.flag() ? 960 : 1024
  if (bits.exhausted || objectType === 0 || sampleRate === 0 || channels === 0) return undefined
  return { objectType, sampleRate, channels, samplesPerFrame }
}

function readObjectType(bits: BitReader): number {
  const type = bits.read(5)
  return type === ESCAPE ? 32 + bits.read(6) : type
}

function readSampleRate(bits: BitReader): number {
  const index = bits.read(4)
  return index === RATE_FOLLOWS ? bits.read(24) : (SAMPLE_RATES[index] ?? 0)
}
