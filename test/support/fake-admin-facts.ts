import type { AdminFacts } from '../../src/protocols/admin/admin-plugin.ts'

/** A server that is always the same. */
export class FakeAdminFacts implements AdminFacts {
  readonly version = '1.2.3'
  readonly startedAt = Date.UTC(2030, 0, 1)
  readonly processors = 2
  readonly memoryTotal = 4e9
  isDiskLost = false
  readonly sample = {
    ...{ at: Date.UTC(2030, 0, 1, 1), live: 1, viewers: 2, bitrateIn: 3, bitrateOut: 4 },
    ...{ processor: 0.5, memory: 1e8, loopLag: 0.002 },
  }
  readonly samples = {
    latest: () => this.sample,
    over: (span: 'hour' | 'day') => (span === 'hour' ? [this.sample, this.sample] : [this.sample]),
  }

  async disk(): Promise<{ free: number; total: number }> {
    if (this.isDiskLost) throw new Error('no such disk')
    return { free: 1e9, total: 2e9 }
  }

  workers() {
    return [{ id: 'worker-0', pid: 7, sessions: 3, memory: 5e7, loopLag: 0.001 }]
  }

  readonly wishes: object[] = []

  settings() {
    return [
      {
        ...{ key: 'port', variable: 'KLIEG_PORT', description: 'Port.', value: '8080', origin: 'default' },
        ...{ change: 'restart' as const, fallback: '8080', type: 'integer', choices: [], minimum: 0 },
      },
    ]
  }

  async changeSettings(wishes: object): Promise<void> {
    this.wishes.push(wishes)
  }

  async examine() {
    return [{ ok: false, what: 'The disk is full', cure: 'Remove something.' }]
  }
}
