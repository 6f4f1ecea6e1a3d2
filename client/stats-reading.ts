/** One entry of a statistics report, as browsers differ in what they fill in. */
export type Stat = Readonly<Record<string, unknown>>

/** A statistics report that can be compared with the one before. */
export class StatsReading {
  /** Milliseconds; 0 for the first reading. */
  readonly interval: number
  readonly #at: number
  readonly #stats: ReadonlyMap<string, Stat>
  readonly #previous: ReadonlyMap<string, Stat> | undefined

  /** `at` in milliseconds, by any clock that does not step. */
  constructor(stats: Iterable<Stat>, at: number, previous?: StatsReading) {
    this.#stats = new Map(Array.from(stats, (stat) => [String(stat['id']), stat]))
    this.#at = at
    this.#previous = previous ? previous.#stats : undefined
    this.interval = previous ? at - previous.#at : 0
  }

  /** All entries of a type, of one medium where asked for. */
  all(type: string, kind?: 'audio' | 'video'): Stat[] {
    return [...this.#stats.values()].filter(
      (stat) => stat['type'] === type && (kind === undefined || stat['kind'] === kind),
    )
  }

  /** The entry that `stat` refers to by `field`. */
  referred(stat: Stat | undefined, field: string): Stat | undefined {
    return this.#stats.get(String(stat?.[field]))
  }

  /** How much a counter grew since the reading before; never negative. */
  growth(stat: Stat, field: string): number {
    const before = this.#previous?.get(String(stat['id']))
    return before ? Math.max(0, number(stat, field) - number(before, field)) : 0
  }

  perSecond(amount: number): number {
    return this.interval > 0 ? (amount * 1000) / this.interval : 0
  }

  /** As SDP writes it: `H264`, `opus`. */
  codec(stat: Stat | undefined): string | null {
    const type = this.referred(stat, 'codecId')?.['mimeType']
    return typeof type === 'string' ? type.replace(/^\w+\//, '') : null
  }

  /** Milliseconds over the path in use. */
  roundTrip(): number | null {
    const [transport] = this.all('transport')
    const pair =
      this.referred(transport, 'selectedCandidatePairId') ??
      this.all('candidate-pair').find((one) => one['selected'] === true || one['nominated'] === true)
    const seconds = pair?.['currentRoundTripTime'] ?? this.all('remote-inbound-rtp')[0]?.['roundTripTime']
    return typeof seconds === 'number' ? seconds * 1000 : null
  }
}

/** 0 where the browser does not tell. */
export function number(stat: Stat | undefined, field: string): number {
  const value = stat?.[field]
  return typeof value === 'number' ? value : 0
}

export function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
