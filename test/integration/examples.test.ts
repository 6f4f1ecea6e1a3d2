import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { ask, plantTraps, videoFolder } from '../support/range-rig.ts'
import { MULTIPLE_TABLE, RANGE_TABLE, TABLE_SIZE } from '../support/range-table.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const EXAMPLES = readdirSync(path.join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(path.join(entry.parentPath, entry.name, 'server.ts')))
  .map(({ name }) => name)

for (const name of EXAMPLES)
  describe(`examples/${name}`, () => {
    let folder: ReturnType<typeof videoFolder>
    let example: ChildProcess
    let url: string
    const logged: string[] = []
    before(async () => {
      folder = videoFolder()
      plantTraps(folder)
      example = spawn(
        process.execPath,
        ['--import', './examples/from-source.js', path.join('examples', name, 'server.ts')],
        {
          cwd: ROOT,
          env: { ...process.env, VIDEOS: folder.root, PORT: '0' },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      assert.ok(example.stdout)
      const lines = createInterface(example.stdout)
      ;[url] = (await once(lines, 'line')) as [string]
      lines.on('line', (line) => logged.push(line))
    })
    after(async () => {
      example.kill()
      await once(example, 'exit')
      folder[Symbol.dispose]()
    })

    test('[RD25] the range table', async () => {
      for (const { header, status, range } of RANGE_TABLE) {
        const answer = await ask(`${url}film.mp4`, { headers: { range: header } })
        const { from, to } = range ?? { from: 0, to: TABLE_SIZE }
        assert.deepEqual([header, answer.status], [header, status])
        if (status === 416) assert.equal(answer.headers['content-range'], `bytes */${TABLE_SIZE}`)
        else assert.deepEqual(answer.body, folder.bytes.subarray(from, to))
      }
      for (const { header, status } of MULTIPLE_TABLE)
        assert.equal((await ask(`${url}film.mp4`, { headers: { range: header } })).status, status)
    })

    test('[RD25] HEAD, conditions, and what is refused', async () => {
      const head = await ask(`${url}film.mp4`, { method: 'HEAD' })
      assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '1000', 0])
      const etag = head.headers.etag ?? ''
      assert.equal((await ask(`${url}film.mp4`, { headers: { 'if-none-match': etag } })).status, 304)
      const stale = { range: 'bytes=0-8', 'if-range': '"x"' }
      assert.equal((await ask(`${url}film.mp4`, { headers: stale })).status, 200)
      for (const query of [
        '../outside.mp4',
        '%2e%2e%2foutside.mp4',
        'link.mp4',
        'fifo.mp4',
        '/etc/passwd',
        'film.mp4&path=film.mp4',
      ])
        assert.ok([400, 404].includes((await ask(url + query)).status), query)
    })

    test('[RD25] each video that is sent is logged, with the address', async () => {
      await ask(`${url}upper.MP4`)
      const entry = JSON.parse(logged.at(-1) ?? '') as Record<string, unknown>
      assert.deepEqual(
        [entry['videoPath'], entry['ip'], entry['isAuthenticated']],
        ['upper.MP4', '127.0.0.1', false],
      )
    })
  })
