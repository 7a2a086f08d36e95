#!/usr/bin/env python3
"""How long /status and the page take while every forwarding thread is saturated: quantiles over fresh and kept connections.

  status.py --tools DIR --program FILE [--seconds 20] [--connections 256] [--path /]

Tools and program are those that compare.sh has built below artifacts/compare.
"""
import argparse
import http.client
import json
import socket
import subprocess
import threading
import time

import machine

PAUSE = .01  # between two calls of one poller
WARM_UP = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(.05)
    raise RuntimeError(f"nobody listens on {port}")


def poll(port, path, keeps, until, times):
    """Asks for a path until the time is over; each call's seconds go into `times`."""
    connection = None
    while time.monotonic() < until:
        began = time.monotonic()
        connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        times.append(time.monotonic() - began)
        if answer.status != 200 or b"erving" not in body:
            raise RuntimeError(f"{path} answered {answer.status}")
        if not keeps:
            connection.close()
            connection = None
        time.sleep(PAUSE)


def quantiles(times):
    ordered = sorted(times)
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * q))] for name, q in (("p50", .5), ("p99", .99), ("p999", .999))}
    at["max"] = ordered[-1]
    return f"{len(ordered)} calls, " + ", ".join(f"{name} {value * 1000:.1f} ms" for name, value in at.items())


def measure(port, path, seconds):
    fresh, kept = [], []
    until = time.monotonic() + seconds
    pollers = [threading.Thread(target=poll, args=(port, path, False, until, fresh)),
               threading.Thread(target=poll, args=(port, path, True, until, kept))]
    for poller in pollers:
        poller.start()
    for poller in pollers:
        poller.join()
    return fresh, kept


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--tools", required=True)
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--seconds", type=int, default=20)
    arguments.add_argument("--connections", type=int, default=256)
    arguments.add_argument("--path", default="/status")
    given = arguments.parse_args()
    origin_port, proxy_port, api_port = free_port(), free_port(), free_port()
    running = [subprocess.Popen([f"{given.tools}/origin", f"127.0.0.1:{origin_port}"])]
    try:
        wait_for(origin_port)
        running.append(subprocess.Popen(
            [given.program, "forward", "--proxy", f"127.0.0.1:{proxy_port}", "--upstream", f"127.0.0.1:{origin_port}",
             "--api", f"127.0.0.1:{api_port}", "--access-log", "none"], stderr=subprocess.DEVNULL))
        wait_for(proxy_port)
        wait_for(api_port)
        load = subprocess.Popen(
            [f"{given.tools}/load", "--to", f"127.0.0.1:{proxy_port}", "--connections", str(given.connections),
             "--seconds", str(given.seconds + WARM_UP + 2)], stdout=subprocess.PIPE, text=True)
        running.append(load)
        time.sleep(WARM_UP)
        fresh, kept = measure(api_port, given.path, given.seconds)
        seen = json.loads(load.communicate()[0])
        print(f"load: {given.connections} connections, {json.dumps(seen)}")
        print(f"fresh connections: {quantiles(fresh)}")
        print(f"kept connections:  {quantiles(kept)}")
    finally:
        for process in reversed(running):
            if process.poll() is None:
                machine.stop(process)


if __name__ == "__main__":
    main()
