export const texts = {
  title: 'Live video, on your own server',
  lead: 'Press one button, share one link. Others watch in under a second.',
  goLive: 'Go live',
  goLiveHint: 'Show your camera or your screen from this browser. OBS and ffmpeg work too.',
  watch: 'Watch',
  watchHint: 'Somebody gave you a link or an id? Paste it here.',
  watchLabel: 'Link or id of a broadcast',
  watchPlaceholder: 'Link or id',
  watchAction: 'Watch',
  watchUnclear: 'That is neither a link to a broadcast nor an id.',
  liveNow: 'Live now',
  all: 'As a list',
}
