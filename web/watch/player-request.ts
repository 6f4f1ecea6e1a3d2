/** What a key asks the player for; undefined leaves it to the page. */
export function playerRequest(
  key: string,
  video: { paused: boolean; muted: boolean },
  page: { fullScreen: boolean; floating: boolean },
): string | undefined {
  switch (key) {
    case ' ':
    case 'k':
      return video.paused ? 'mediaplayrequest' : 'mediapauserequest'
    case 'm':
      return video.muted ? 'mediaunmuterequest' : 'mediamuterequest'
    case 'f':
      return page.fullScreen ? 'mediaexitfullscreenrequest' : 'mediaenterfullscreenrequest'
    case 'p':
      return page.floating ? 'mediaexitpiprequest' : 'mediaenterpiprequest'
    default:
      return undefined
  }
}
