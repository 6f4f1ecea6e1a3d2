/** From `klieg serve` to an answer on /healthz. */
import { KliegServer } from './klieg-server.ts'
import { percentile, printTable } from './table.ts'

const RUNS = 5
const samples: number[] = []
for (let run = 0; run < RUNS; run++) {
  await using server = await KliegServer.start()
  samples.push(server.startedAfter)
}
printTable('Start to listening', [
  { runs: RUNS, 'p50 ms': percentile(samples, 0.5).toFixed(0), 'max ms': Math.max(...samples).toFixed(0) },
])
