#!/usr/bin/env python3
"""Publishes JPEG frames of a camera (its number), of a file, or made here (pattern)."""
import argparse
import asyncio
import itertools
import json
import time

import cv2
import numpy
import websockets


def pictures(source):
    if source == "pattern":
        for number in itertools.count():
            picture = numpy.full((480, 640, 3), (number % 256, 96, 160), numpy.uint8)
            yield cv2.putText(picture, str(number), (40, 260), cv2.FONT_HERSHEY_SIMPLEX, 4, (255, 255, 255), 8)
    capture = cv2.VideoCapture(int(source) if source.isdigit() else source)
    while True:
        is_there, picture = capture.read()
        if is_there:
            yield picture
        elif source.isdigit() or not capture.set(cv2.CAP_PROP_POS_FRAMES, 0):
            raise SystemExit(f"{source} gives no picture")


async def listen(server):
    async for message in server:
        if json.loads(message)["type"] in ("welcome", "error"):
            print(message, flush=True)


async def publish(options):
    headers = {"Authorization": f"Bearer {options.key}"} if options.key else {}
    source, due = pictures(options.source), 0
    async for server in websockets.connect(options.url, extra_headers=headers, compression=None):
        listener = asyncio.create_task(listen(server))
        try:
            for picture in source:
                jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, options.quality])[1]
                await server.send(jpeg.tobytes())
                due = max(due + 1 / options.fps, time.monotonic())
                await asyncio.sleep(due - time.monotonic())
        except websockets.ConnectionClosed as closed:
            if closed.code >= 4400:  # refused, taken or ended: trying again does not help
                raise SystemExit(f"closed with {closed.code}")
            await asyncio.sleep(1)
        finally:
            listener.cancel()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("url")
parser.add_argument("--source", default="pattern")
parser.add_argument("--key")
parser.add_argument("--fps", type=float, default=30)
parser.add_argument("--quality", type=int, default=80)
asyncio.run(publish(parser.parse_args()))
