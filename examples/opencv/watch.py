#!/usr/bin/env python3
"""Watches JPEG frames and hands each to OpenCV: in a window, or with --headless as a line of text."""
import argparse
import asyncio
import json

import cv2
import numpy
import websockets


def show(jpeg, number, options):
    picture = cv2.imdecode(numpy.frombuffer(jpeg, numpy.uint8), cv2.IMREAD_COLOR)
    height, width = picture.shape[:2]
    if options.headless:
        print(f"frame {number}: {width} x {height}, mean {picture.mean():.1f}", flush=True)
    else:
        cv2.imshow(options.url, picture)
        cv2.waitKey(1)


async def watch(options):
    number = 0
    async for server in websockets.connect(options.url, compression=None, max_size=None, max_queue=2):
        try:
            token = {"token": options.token} if options.token else {}
            await server.send(json.dumps({"type": "join", "role": "viewer", **token}))
            if options.fps:
                await server.send(json.dumps({"type": "limit", "maxFps": options.fps}))
            async for message in server:
                if isinstance(message, str):
                    print(message, flush=True)
                    continue
                number += 1
                show(message, number, options)
                if number == options.frames:
                    return
        except websockets.ConnectionClosed:
            pass
        if server.close_code in (4401, 4403, 4404):  # trying again does not help
            raise SystemExit(f"closed with {server.close_code}")
        await asyncio.sleep(1)  # lost, or not live any more: it may come back


parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("--token")
parser.add_argument("--fps", type=float)
parser.add_argument("--headless", action="store_true")
parser.add_argument("--frames", type=int, default=0)
asyncio.run(watch(parser.parse_args()))
