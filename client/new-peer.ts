import { ProblemError } from './problem-error.ts'

/** A connection with one transport for all media. Throws where the browser has none. */
export function newPeer(iceServers: RTCIceServer[]): RTCPeerConnection {
  if (typeof RTCPeerConnection === 'undefined')
    throw new ProblemError('unsupported', 'This browser has no WebRTC.', { final: true })
  return new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' })
}
