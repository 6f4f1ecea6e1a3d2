"""Milliseconds from handing a JPEG to the socket until another socket has it, through the server."""
import asyncio
import json
import sys
import time

import cv2
import numpy
import websockets

FRAMES = 300


async def main(url):
    sent, delays = {}, []
    async with websockets.connect(url, compression=None) as publisher:
        picture = numpy.random.default_rng(1).integers(0, 255, (480, 640, 3), numpy.uint8)

        async def publish(number):
            cv2.putText(picture, str(number), (40, 260), cv2.FONT_HERSHEY_SIMPLEX, 4, (255, 255, 255), 8)
            jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 20])[1].tobytes()
            sent[jpeg] = time.monotonic()
            await publisher.send(jpeg)

        await publish(-1)
        await asyncio.sleep(0.5)
        async with websockets.connect(url, compression=None, max_size=None) as viewer:
            await viewer.send(json.dumps({"type": "join", "role": "viewer"}))

            async def watch():
                async for message in viewer:
                    if isinstance(message, bytes):
                        delays.append((time.monotonic() - sent[message]) * 1000)

            watching = asyncio.create_task(watch())
            for number in range(FRAMES):
                await publish(number)
                await asyncio.sleep(1 / 30)
            watching.cancel()
    delays = sorted(delays[1:])
    size = round(sum(map(len, sent)) / len(sent) / 1000)
    figures = {"frames": len(delays), "kB": size, "p50 ms": delays[len(delays) // 2], "p99 ms": delays[len(delays) * 99 // 100]}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


asyncio.run(main(sys.argv[1]))
