/** Names inside the folder of one recording. */
export const MANIFEST = 'recording.json'
export const MP4 = 'video.mp4'
export const POSTER = 'poster.jpg'
/** What is being written; left behind by a crash, it is swept away at the next start. */
export const TEMPORARY = '.tmp'

const ID = /^[0-9a-z]{9}-[A-Za-z0-9_-]{1,64}$/

/** Whether it may be the name of a folder. Whatever else comes as an id is nothing that exists. */
export const isRecordingId = (id: string) => ID.test(id)

export const JOURNAL = '.journal'

export const journalName = (rendition: string) => `${rendition}${JOURNAL}`

export const mediaName = (rendition: string, file: number) => `${rendition}-${file}.mp4`

export const isMediaName = (name: string) => /^[a-z]{1,8}\d{0,4}-\d{1,6}\.mp4$/.test(name)
