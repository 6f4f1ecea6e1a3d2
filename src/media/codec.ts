/** Codec names as SDP writes them; JPEG is one whole picture after the other, and has no RTP here. */
export type VideoCodec = 'H264' | 'VP8' | 'VP9' | 'AV1' | 'JPEG'
/** Codec names as SDP writes them; AAC comes from doors that have no RTP. */
export type AudioCodec = 'opus' | 'AAC'
/** Every codec a track may have. */
export type Codec = VideoCodec | AudioCodec
