export const texts = {
  player: (title: string) => `Player: ${title}`,
  play: 'Play',
  resume: (position: string) => `Continue at ${position}`,
  fromStart: 'From the beginning',
  failed: 'This browser can not play this video',
  failedHint: (codecs: string) =>
    codecs === ''
      ? 'Download it to watch it in another program.'
      : `It is ${codecs}. Download it to watch it in another program.`,
  lost: 'The video stopped coming',
  lostHint: 'Check your connection, then try again.',
  again: 'Try again',
  keys: 'Keys: space pauses, arrows go 5 s, j and l 10 s, digits to a tenth, m mutes, f fills the screen, p floats the picture.',
}
