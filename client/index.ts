export {
  type ApiAccess,
  createBroadcast,
  getBroadcast,
  getServer,
  getViewersOverTime,
  listBroadcasts,
  listViewings,
  removeBroadcast,
  rotateStreamKey,
  stopBroadcast,
  updateBroadcast,
  uploadThumbnail,
  viewingsExport,
} from './api.ts'
export type * from './api-types.ts'
export * from './accounts.ts'
export * from './administration.ts'
export { type CameraOptions, openCamera, reopenWhenEnded, type ScreenOptions, shareScreen } from './camera.ts'
export { type Chat, type ChatOptions, type ChatState, joinChat } from './chat.ts'
export {
  banFromChat,
  getRecordedChat,
  liftChatSanction,
  listChatSanctions,
  muteInChat,
  removeChatMessage,
  setChatSlowMode,
} from './chat-moderation.ts'
export type * from './chat-types.ts'
export { DeviceError, type DeviceErrorCode } from './device-error.ts'
export { type DeviceList, type DevicePermission, listDevices, onDevicesChanged } from './devices.ts'
export { type LevelMeter, meterLevel } from './level-meter.ts'
export {
  getLibraryItem,
  latestRecordingOf,
  type LibraryFilter,
  type LibraryItem,
  type LibraryKind,
  type LibraryPage,
  type LibrarySort,
  listLibrary,
  removeLibraryItem,
} from './library.ts'
export {
  type FramesPublication,
  type FramesPublishOptions,
  type FramesSource,
  type FramesWatchOptions,
  type FramesWish,
  publishFrames,
  watchFrames,
} from './frames.ts'
export { followBroadcasts, type LiveListListeners } from './live-list.ts'
export { publishPeerToPeer, watchPeerToPeer } from './peer-to-peer.ts'
export { ProblemError } from './problem-error.ts'
export type { Publication, PublicationState, PublishOptions, StateChange, VideoCodec } from './publication.ts'
export { publish } from './publish.ts'
export type {
  LayerStatistics,
  PublicationStatistics,
  QualityLimitation,
  ViewingStatistics,
} from './statistics.ts'
export type {
  LayerChoice,
  LayerOffer,
  Playback,
  RewindableViewing,
  Viewing,
  ViewingState,
  WatchOptions,
} from './viewing.ts'
export { type HlsWatchOptions, watchHls } from './hls-viewing.ts'
export {
  createViewerToken,
  getNamedViewers,
  listViewerTokens,
  type MadeViewerToken,
  type NamedViewers,
  revokeViewerToken,
  setNamedViewers,
  type ViewerToken,
  withViewerToken,
} from './sharing.ts'
export * from './webhooks.ts'
export { keepAwake } from './wake-lock.ts'
export { watch } from './watch.ts'
