export const texts = {
  states: { created: 'Not live yet', live: 'LIVE', reconnecting: 'Reconnecting', ended: 'Ended' },
  untitled: 'Untitled broadcast',
  liveFor: (span: string) => (span === 'just now' ? 'started just now' : `live for ${span}`),
  watch: (title: string) => `Watch ${title}`,
  preview: 'Moving preview',
  replay: 'Watch the recording',
  empty: 'Nobody is live right now',
  emptyHint: 'As soon as somebody goes live, it appears here by itself.',
  emptyAction: 'Be the first',
  offline: 'The server can not be reached. Trying again …',
  loading: 'Looking who is live …',
}
