/** From here to there, the end not included: seconds or bytes. */
export type Span = readonly [from: number, to: number]

/** More are drawn together where the gaps are smallest, for a stranger chooses what is asked for. */
export const MAX_SPANS = 100

/** Adds a span to a sorted list without overlaps, and returns such a list again. */
export function withSpan(spans: readonly Span[], added: Span): readonly Span[] {
  let [from, to] = added
  if (!(from >= 0 && to > from && Number.isFinite(to))) return spans
  const before: Span[] = []
  const after: Span[] = []
  for (const span of spans) {
    if (span[1] < from) before.push(span)
    else if (span[0] > to) after.push(span)
    else {
      from = Math.min(from, span[0])
      to = Math.max(to, span[1])
    }
  }
  const merged: readonly Span[] = [...before, [from, to], ...after]
  return merged.length > MAX_SPANS ? withoutSmallestGap(merged) : merged
}

function withoutSmallestGap(spans: readonly Span[]): readonly Span[] {
  const gapAfter = (index: number) => (spans[index + 1]?.[0] ?? Infinity) - (spans[index]?.[1] ?? 0)
  let smallest = 0
  for (let index = 1; index < spans.length - 1; index++)
    if (gapAfter(index) < gapAfter(smallest)) smallest = index
  const [left, right] = [spans[smallest], spans[smallest + 1]]
  if (!left || !right) return spans
  return spans.toSpliced(smallest, 2, [left[0], right[1]])
}
