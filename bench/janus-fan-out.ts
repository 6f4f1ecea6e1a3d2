/**
 * The fan-out load on Debian's Janus, for comparison; prints one JSON row. Started inside the namespace by
 * `fan-out.bench.ts`: node bench/janus-fan-out.ts <profile> <viewers> <seconds>
 */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { JanusServer } from './janus-server.ts'
import { treeSeconds } from './processor-time.ts'
import { remoteTransportOf, ViewerSwarm } from './viewers/viewer-swarm.ts'

const CONNECTING_AT_ONCE = 8
const [profile = '', viewers = '300', seconds = '15'] = process.argv.slice(2)

await using janus = await JanusServer.start()
await using swarm = new ViewerSwarm({ profile })

/** Our side of a description that Janus began. */
function answerTo(offer: string, local: { ufrag: string; pwd: string; fingerprint: string }): string {
  return offer
    .replaceAll(/a=ice-ufrag:.*/g, `a=ice-ufrag:${local.ufrag}`)
    .replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${local.pwd}`)
    .replaceAll(/a=fingerprint:.*/g, `a=fingerprint:sha-256 ${local.fingerprint}`)
    .replaceAll('a=setup:actpass', 'a=setup:active')
    .replaceAll('a=sendonly', 'a=recvonly')
    .replaceAll(/a=(candidate|end-of-candidates|ice-lite|ice-options|ssrc|msid).*\r\n/g, '')
}

let left = Number(viewers)
await Promise.all(
  Array.from({ length: CONNECTING_AT_ONCE }, async () => {
    while (left-- > 0) {
      const local = await swarm.localTransport()
      let offered = ''
      await janus.watch((offer) => Promise.resolve(answerTo((offered = offer), local)))
      swarm.connect(local, { ...remoteTransportOf(offered), setup: 'passive' })
    }
  }),
)
for (let i = 0; i < 300 && swarm.upAfter.length < Number(viewers); i++) await sleep(100)
await sleep(3000)
swarm.reset()
await sleep(200)
const before = { cpu: treeSeconds(janus.pid), counts: await swarm.counts(), at: performance.now() }
await sleep(Number(seconds) * 1000)
const after = { cpu: treeSeconds(janus.pid), counts: await swarm.counts(), at: performance.now() }
const received = after.counts.received - before.counts.received
console.log(
  JSON.stringify({
    up: after.counts.up,
    elapsed: (after.at - before.at) / 1000,
    received,
    expected: after.counts.expected - before.counts.expected,
    bytes: after.counts.bytes - before.counts.bytes,
    cpu: after.cpu - before.cpu,
  }),
)
swarm.kill()
