export const texts = {
  title: 'Live now',
  summary: (broadcasts: number, viewers: number) =>
    `${broadcasts} ${broadcasts === 1 ? 'broadcast' : 'broadcasts'}, ${viewers} ${viewers === 1 ? 'viewer' : 'viewers'}`,
  loading: 'Looking who is live …',
  offline: 'The server can not be reached. Trying again …',
  columns: {
    broadcast: 'Broadcast',
    state: 'State',
    viewers: 'Viewers',
    since: 'Live for',
    picture: 'Picture',
    bitrate: 'Bitrate',
  },
  nothing: '–',
}
