import type { AccessUnit } from '../../media/access-unit.ts'
import { initialization, type TrackInitialization } from '../../media/fmp4/initialization.ts'
import { parametersOf, sameParameters } from '../../media/fmp4/parameters-of.ts'
import type { TrackParameters } from '../../media/fmp4/track-parameters.ts'
import { depacketizeH264 } from '../../media/h264/depacketize.ts'
import type { Layer } from '../layer.ts'

/** What a decoder of a layer must know, kept up with its key frames. */
export class ParameterReader {
  readonly #layer: Layer
  #parameters: TrackParameters | undefined
  #outOfBand: Uint8Array | undefined

  constructor(layer: Layer) {
    this.#layer = layer
  }

  /** Of the latest key frame that told any. */
  get parameters(): TrackParameters | undefined {
    return this.#parameters
  }

  /** Looks at a unit that a decoder may begin with; a new header where that needs a new decoder. */
  read(unit: AccessUnit): TrackInitialization | undefined {
    const { codec, clockRate } = this.#layer.track
    if (codec === 'opus' && this.#parameters) return undefined
    const inBand = parametersOf(codec, unit.data)
    this.#outOfBand = inBand ? undefined : outOfBand(this.#layer)
    const parameters = inBand ?? (this.#outOfBand && parametersOf(codec, this.#outOfBand))
    if (!parameters || (this.#parameters && sameParameters(parameters, this.#parameters))) return undefined
    const header = headerOf(parameters, clockRate)
    if (header) this.#parameters = parameters
    return header
  }

  /** H264 samples of key frames bring their parameter sets along, also when the encoder sent them apart. */
  complete(unit: AccessUnit, sample: Uint8Array): Uint8Array {
    return unit.keyFrame && this.#outOfBand ? Buffer.concat([this.#outOfBand, sample]) : sample
  }
}

/** H264 encoders may have sent their parameter sets before we listened. */
function outOfBand({ track, parameterSets }: Layer): Uint8Array | undefined {
  if (track.codec !== 'H264' || !parameterSets) return undefined
  return depacketizeH264([parameterSets])?.data
}

/** Undefined for what no decoder understands, whatever its parser says. */
function headerOf(parameters: TrackParameters, timescale: number): TrackInitialization | undefined {
  try {
    return initialization(parameters, { timescale })
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
