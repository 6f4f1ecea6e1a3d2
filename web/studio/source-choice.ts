/** What shall be sent. '' is the system's default device; null is none. */
export type SourceChoice = {
  picture: 'camera' | 'screen'
  camera: string | null
  microphone: string | null
  /** Which camera of a phone. */
  facing: 'user' | 'environment'
}

export const FIRST_CHOICE: SourceChoice = {
  picture: 'camera',
  camera: '',
  microphone: '',
  facing: 'user',
}

/** As the client wants it: an id, any device, or none. */
export function deviceOf(chosen: string | null): string | boolean {
  return chosen === null ? false : chosen === '' || chosen
}
