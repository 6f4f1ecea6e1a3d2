/** Pixels of a coded picture, after cropping. */
export type PictureSize = { readonly width: number; readonly height: number }
