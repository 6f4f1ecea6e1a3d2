import { test } from 'node:test'
import { proveThatAnAudienceMayVanish } from '../support/vanishing-audience.ts'

test('[E2E10] 500 viewers that vanish without goodbye are not counted after 10 s, and leave nothing behind', () =>
  proveThatAnAudienceMayVanish(500))
