export const texts = {
  home: 'Klieg, home',
  skip: 'Skip to content',
  live: 'Live now',
  goLive: 'Go live',
  toDark: 'Use dark colours',
  toLight: 'Use light colours',
  documentation: 'Documentation',
  watchLog: 'Watch log',
  pages: 'Pages',
  failure: 'This page could not be shown.',
  failureHint: 'Load it again. If that does not help, the server may have been updated or be away.',
  reload: 'Load again',
}
