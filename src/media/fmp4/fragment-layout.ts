/** Bits and numbers of the boxes in a `moof` (ISO/IEC 14496-12 §8.8). */

/** A file of one track has this one. */
export const TRACK_ID = 1

/** `tfhd` (§8.8.7): offsets count from the `moof`; what holds for every sample that does not say otherwise. */
export const DEFAULT_BASE_IS_MOOF = 0x020000
export const BASE_DATA_OFFSET = 0x01
export const DESCRIPTION_INDEX = 0x02
export const DEFAULT_DURATION = 0x08
export const DEFAULT_SIZE = 0x10
export const DEFAULT_FLAGS = 0x20

/** `trun` (§8.8.8): where the data begins, flags of the first sample, then what each sample says for itself. */
export const RUN_DATA_OFFSET = 0x01
export const RUN_FIRST_FLAGS = 0x04
export const RUN_DURATION = 0x0100
export const RUN_SIZE = 0x0200
export const RUN_FLAGS = 0x0400
export const RUN_COMPOSITION_OFFSET = 0x0800

/** Sample flags (§8.8.3.1): depends on no other sample; depends on others and is no sync sample. */
export const KEY = 0x02000000
export const DEPENDENT = 0x01010000
export const IS_NON_SYNC = 0x010000
