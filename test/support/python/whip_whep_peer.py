"""A foreign WebRTC peer: publishes a moving picture over WHIP, or watches over WHEP and counts decoded frames.

whip_whep_peer.py publish URL KEY SECONDS
whip_whep_peer.py watch URL FRAMES [video]
"""

import asyncio
import json
import sys
import urllib.request

import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.media import MediaBlackhole
from aiortc.mediastreams import AudioStreamTrack
from av import VideoFrame


class MovingPicture(VideoStreamTrack):
    """Thirty frames a second of a bar that moves."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        picture = numpy.zeros((240, 320, 3), dtype=numpy.uint8)
        left = (pts // 3000 * 4) % 280
        picture[:, left : left + 40] = (30, 160, 240)
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


def post(url, sdp, key=None):
    headers = {"Content-Type": "application/sdp"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(url, data=sdp.encode(), headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 201, response.status
        return response.read().decode(), response.headers["Location"]


async def negotiate(connection, url, key=None):
    await connection.setLocalDescription(await connection.createOffer())
    loop = asyncio.get_running_loop()
    answer, location = await loop.run_in_executor(None, post, url, connection.localDescription.sdp, key)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return location


async def publish(url, key, seconds):
    connection = RTCPeerConnection()
    connection.addTransceiver(AudioStreamTrack(), direction="sendonly")
    connection.addTransceiver(MovingPicture(), direction="sendonly")
    await negotiate(connection, url, key)
    print("published", flush=True)
    await asyncio.sleep(float(seconds))
    await connection.close()


async def watch(url, frames, only=None):
    connection = RTCPeerConnection()
    if only != "video":
        connection.addTransceiver("audio", direction="recvonly")
    connection.addTransceiver("video", direction="recvonly")
    audio = MediaBlackhole()
    arrived = asyncio.get_running_loop().create_future()

    async def count(track: MediaStreamTrack):
        for _ in range(int(frames)):
            frame = await track.recv()
        arrived.set_result({"width": frame.width, "height": frame.height, "frames": int(frames)})

    @connection.on("track")
    def on_track(track):
        if track.kind == "video":
            asyncio.ensure_future(count(track))
        else:
            audio.addTrack(track)

    await negotiate(connection, url)
    await audio.start()
    print(json.dumps(await asyncio.wait_for(arrived, 20)), flush=True)
    await connection.close()


asyncio.run({"publish": publish, "watch": watch}[sys.argv[1]](*sys.argv[2:]))
