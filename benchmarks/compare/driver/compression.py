#!/usr/bin/env python3
"""What compressing a page costs: CPU of the proxy for each response, beyond that of the same response uncompressed.

  compression.py --program FILE [--rounds 30] [--requests 60] [--page FILE]

nginx compresses with gzip 5 and 6, WunderProxy with each level of --compress; an nginx that serves a file is behind
all of them. The page is 100 KiB of HTML, made of this repository's documentation. The proxies have CPU 0, client and
origin CPU 1. Every answer is decoded and compared. Brotli is not decoded here: its length is compared, and whether it
stays the same; the tests of the program decode it.
"""
import argparse
import glob
import gzip
import html
import os
import socket
import statistics
import subprocess
import sys
import tempfile

import machine

PAGE_BYTES = 100 * 1024
ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))

ORIGIN = """daemon off; worker_processes 1; pid {folder}/origin.pid; error_log {folder}/origin.log crit;
events {{ worker_connections 512; }}
http {{ access_log off; sendfile on; keepalive_timeout 600s; keepalive_requests 1000000000;
  types {{ text/html html; }}
  server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""

NGINX = """daemon off; worker_processes 1; pid {folder}/nginx{level}.pid; error_log {folder}/nginx.log crit;
events {{ worker_connections 512; }}
http {{ access_log off; keepalive_timeout 600s; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  gzip on; gzip_comp_level {level}; gzip_proxied any; gzip_vary on;
  proxy_http_version 1.1; proxy_buffer_size 16k; proxy_buffers 16 64k; proxy_busy_buffers_size 256k;
  upstream origin {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{port};
    location / {{ proxy_pass http://origin; proxy_set_header Connection ''; proxy_set_header Accept-Encoding ''; }} }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page():
    """100 KiB of HTML out of the documentation, the same for the same files."""
    lines = ["<!DOCTYPE html><html><head><title>WunderProxy</title></head><body>"]
    while sum(map(len, lines)) < PAGE_BYTES:
        for path in sorted(glob.glob(f"{ROOT}/docs/*.md")):
            with open(path, encoding="utf-8") as f:
                for line in f.read().splitlines():
                    if line.startswith("#"):
                        level = min(len(line) - len(line.lstrip("#")), 6)
                        lines.append(f"<h{level} class=\"title\">{html.escape(line.lstrip('# '))}</h{level}>")
                    elif line.strip():
                        number = len(lines)
                        lines.append(f"<tr class=\"row\"><td class=\"number\"><a href=\"/docs/page.html#line{number}\" id=\"line{number}\">"
                                     f"{number}</a></td><td class=\"text\">{html.escape(line)}</td></tr>")
    return "\n".join(lines).encode()[:PAGE_BYTES]


class Client:
    """One connection that asks for the page."""

    def __init__(self, port, coding):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.reader = self.socket.makefile("rb", 1 << 20)
        line = f"Accept-Encoding: {coding}\r\n" if coding else ""
        self.request = f"GET /page.html HTTP/1.1\r\nHost: bench\r\n{line}\r\n".encode()

    def ask(self):
        """Returns the coding of the answer and its body."""
        self.socket.sendall(self.request)
        status = self.reader.readline()
        if not status.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"answered {status!r}")
        fields = {}
        while (line := self.reader.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            fields[name.lower()] = value.strip()
        if fields.get(b"transfer-encoding") == b"chunked":
            body = b""
            while size := int(self.reader.readline(), 16):
                body += self.reader.read(size)
                self.reader.readline()
            self.reader.readline()
        else:
            body = self.reader.read(int(fields[b"content-length"]))
        return fields.get(b"content-encoding", b"").decode(), body


class Target:
    """One proxy in one setting."""

    def __init__(self, name, process, port, coding, text):
        self.name, self.process, self.coding, self.text = name, process, coding, text
        self.plain, self.compressed = Client(port, ""), Client(port, coding)
        self.costs, self.plain_costs, self.sizes = [], [], set()

    def measure(self, requests, keep=True):
        for client, costs in ((self.plain, self.plain_costs), (self.compressed, self.costs)):
            pids = machine.tree(self.process.pid)
            before = machine.cpu_seconds(pids)
            answers = [client.ask() for _ in range(requests)]
            spent = (machine.cpu_seconds(pids) - before) / requests
            self._check(client, answers[-1])
            if keep:
                costs.append(spent)

    def _check(self, client, answer):
        coding, body = answer
        if coding != ("" if client is self.plain else self.coding):
            raise RuntimeError(f"{self.name} answered in {coding or 'no coding'}")
        if client is self.compressed:
            self.sizes.add(len(body))
        if coding != "br" and (gzip.decompress(body) if coding else body) != self.text:
            raise RuntimeError(f"{self.name} changed the page")

    def row(self):
        each = [c - p for c, p in zip(self.costs, self.plain_costs)]
        quarter = statistics.quantiles(each, n=4)
        size = statistics.median(self.sizes)
        return (f"| {self.name} | {statistics.median(each) * 1e3:.3f} | {quarter[0] * 1e3:.3f} to {quarter[2] * 1e3:.3f} "
                f"| {statistics.median(self.plain_costs) * 1e3:.3f} | {size:.0f} | {100 * size / len(self.text):.1f} % |")


def wait_for(port):
    for _ in range(400):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            subprocess.run(["sleep", "0.05"], check=True)
    raise RuntimeError(f"nobody listens on {port}")


def start_nginx(folder, text, name, cpu, **values):
    path = os.path.join(folder, f"{name}.conf")
    with open(path, "w") as f:
        f.write(text.format(folder=folder, **values))
    return machine.start(["nginx", "-p", folder, "-c", path, "-e", f"{folder}/{name}.error"], cpu)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--page")
    options = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin"
    machine.favour_this_session()
    os.sched_setaffinity(0, {1})
    text = open(options.page, "rb").read() if options.page else page()
    running = []
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with open(f"{folder}/page.html", "wb") as f:
            f.write(text)
        try:
            upstream = free_port()
            running.append(start_nginx(folder, ORIGIN, "origin", 1, port=upstream))
            wait_for(upstream)
            targets = []
            for level in (5, 6):
                port = free_port()
                running.append(start_nginx(folder, NGINX, f"nginx{level}", 0, port=port, upstream=upstream, level=level))
                wait_for(port)
                targets.append(Target(f"nginx, gzip {level}", running[-1], port, "gzip", text))
            for level in ("fast", "normal", "small"):
                port = free_port()
                running.append(machine.start(
                    [options.program, "forward", "--proxy", f"127.0.0.1:{port}", "--upstream", f"127.0.0.1:{upstream}",
                     "--access-log", "none", "--threads", "1", "--idle-timeout", "0", "--compress", "--compress-level", level], 0))
                wait_for(port)
                targets += [Target(f"wunderproxy {level}, {coding}", running[-1], port, coding, text) for coding in ("br", "gzip")]
            for target in targets:
                target.measure(400, keep=False)
            for number in range(options.rounds):
                for target in targets[number % len(targets):] + targets[:number % len(targets)]:
                    target.measure(options.requests)
            print(f"{machine.description()}; {machine.version_of('nginx', '-v')}; {len(text)} bytes of HTML, "
                  f"{options.rounds} rounds of {options.requests} requests\n")
            print("| | ms for the compression | middle half | ms for the plain response | bytes | of the page |")
            print("|---|---:|---:|---:|---:|---:|")
            print("\n".join(target.row() for target in targets))
        finally:
            for process in running:
                machine.stop(process)


if __name__ == "__main__":
    sys.exit(main())
