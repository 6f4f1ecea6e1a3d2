import { test } from 'node:test'
import { proveThatLiveHlsHolds } from '../support/live-hls.ts'

test('[HLS32] ten minutes of a broadcast whose publisher goes away and returns', () =>
  proveThatLiveHlsHolds(600))
