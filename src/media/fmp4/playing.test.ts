import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodingErrors, probeBytes } from '../../../test/support/encoded-media.ts'
import { encode, ENCODED_STREAMS, parametersOfStream } from '../../../test/support/encoded-streams.ts'
import { packageStream } from '../../../test/support/package-stream.ts'
import { initialization } from './initialization.ts'
import { type Box, boxesOf, findBoxAt } from './read-boxes.ts'
import { fragmentsOf, wholeLength } from './read-fragment.ts'
import { readInitialization } from './read-initialization.ts'

const TEN_SECONDS = 10

describe('files that were made of encoded streams', { concurrency: 2 }, () => {
  for (const stream of ENCODED_STREAMS) {
    test(`[MP1] [MP21] [MP23] [MP24] ${stream.name}`, async (t) => {
      const media = await encode(stream)
      const startAt = TEN_SECONDS * stream.timescale
      const { header, codecs, fragments, presentationTimes } = packageStream(stream, media, {
        samplesPerFragment: 8,
        startAt,
      })
      const file = Buffer.concat([header, ...fragments])

      await t.test('[MP1] the header names the codec', () => {
        assert.equal(codecs, stream.codecs)
      })

      await t.test('[MP21] the header is read back', () => {
        const read = readInitialization(file)

        assert.deepEqual(read?.parameters, parametersOfStream(stream, media))
        assert.equal(read.timescale, stream.timescale)
        assert.equal(read.codecs, codecs)
        assert.deepEqual(read.bytes, header)
      })

      await t.test('[MP23] ffmpeg decodes it, every packet at its time', async () => {
        const { packets } = await probeBytes(file)

        assert.deepEqual(
          packets.map(({ pts }) => pts),
          presentationTimes,
        )
        assert.deepEqual(
          packets.map(({ flags }) => flags.startsWith('K')),
          media.packets.map(({ key }) => key),
        )
        assert.equal(await decodingErrors(file), '')
      })

      await t.test('[MP24] one sample to a fragment, from 0 on', async () => {
        const single = packageStream(stream, media, { samplesPerFragment: 1, startAt: 0 })
        const { packets } = await probeBytes(Buffer.concat([single.header, ...single.fragments]))

        assert.deepEqual(
          packets.map(({ pts }) => pts),
          single.presentationTimes,
        )
        assert.equal(await decodingErrors(Buffer.concat([single.header, ...single.fragments])), '')
      })

      await t.test('[MP24] from a later key frame on', async () => {
        const single = packageStream(stream, media, { samplesPerFragment: 1, startAt })
        const later = media.packets.findIndex(({ key }, index) => key && index > 0)

        assert.ok(later > 0)
        assert.equal(
          await decodingErrors(Buffer.concat([single.header, ...single.fragments.slice(later)])),
          '',
        )
      })

      await t.test('[MP20] the whole of a torn file decodes', async () => {
        const torn = file.subarray(0, file.length - 5)
        const whole = torn.subarray(0, wholeLength(torn))

        assert.equal([...fragmentsOf(torn)].length, fragments.length - 1)
        assert.equal(await decodingErrors(whole), '')
      })
    })
  }

  for (const stream of ENCODED_STREAMS.filter(({ codec }) => codec === 'H264' || codec === 'AV1')) {
    test(`[MP2] ${stream.name} is configured as by ffmpeg`, async () => {
      const media = await encode(stream)
      const { bytes } = initialization(parametersOfStream(stream, media), stream)
      const type = stream.codec === 'H264' ? 'avcC' : 'av1C'

      assert.equal(configurationOf(bytes, type), configurationOf(media.file, type))
    })
  }
})

/** In av1C, before the sequence header, which some encoders give to a file in another form than to the stream. */
const RECORD_BYTES = 4

/** Content of a configuration box in the only sample entry of a file. */
function configurationOf(file: Buffer, type: string): string {
  const path = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']
  const stsd = findBoxAt(file, path, { content: 0, end: file.length })
  const [entry] = stsd ? boxesOf(file, stsd.content + 8, stsd.end) : []
  const boxes: Box[] = entry ? [...boxesOf(file, entry.content + 78, entry.end)] : []
  const box = boxes.find((other) => other.type === type)
  if (!box) return `no ${type}`
  return file.subarray(box.content, type === 'av1C' ? box.content + RECORD_BYTES : box.end).toString('hex')
}
