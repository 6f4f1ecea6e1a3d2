import type { FastifyRequest } from 'fastify'
import type { Doorkeeper } from '../../core/doorkeeper.ts'
import { visitorOf } from '../../protocols/visitor.ts'
import { openModeRefusal } from './open-mode.ts'

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i

/** Metrics are for administrators and their API keys, and for a Prometheus on this machine. Throws for others. */
export function metricsAccess(doorkeeper: Pick<Doorkeeper, 'assertMay'>): (request: FastifyRequest) => void {
  return ({ ip, headers, identity }) => {
    const fromHere = LOOPBACK.test(ip) && openModeRefusal({ ...headers, host: 'localhost' }) === undefined
    if (!fromHere) doorkeeper.assertMay('read-metrics', visitorOf(headers, ip, identity))
  }
}
