"""Measures how long a deploy and a rollback take beside what the container itself needs, started by hand.

Each round does everything once: by hand, create, start and polling every 10 ms until the first good answer, then stop and
start again; with WunderProxy, a deploy and two rollbacks, from the command until the proxy's first answer of the revision.
"""
import argparse
import collections
import contextlib
import hashlib
import http.client
import io
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from urllib.parse import quote

IMAGE = "wunderproxy-deploy-figures:1"
APP = "figures"
HAND_LABEL = "wunderproxy-deploy-figures"
PORT = 9292
POLL = 0.01
PATIENCE = 60
BUSYBOX = "/bin/busybox"
SERVER = ('mkdir -p /www; echo "$REVISION" >/www/index.html; trap "exit 0" TERM; sleep "$DELAY"; '
          "/bin/busybox httpd -f -p %d -h /www & wait" % PORT)


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path):
        super().__init__("engine", timeout=PATIENCE)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Engine:
    """The few calls to the Docker engine that starting a container by hand takes."""

    def __init__(self, host):
        self._path = host.removeprefix("unix://")

    def call(self, method, path, body=None, kind="application/json", ok=(200, 201, 204, 304)):
        connection = UnixConnection(self._path)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if body is not None else {})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status not in ok:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return json.loads(text) if text[:1] in (b"{", b"[") and answer.getheader("Content-Type", "").startswith("application/json") else text

    def import_image(self):
        """A 2 MB image that is a web server: this machine's static busybox."""
        root = io.BytesIO()
        with tarfile.open(fileobj=root, mode="w") as tar:
            for folder in ("bin", "www", "tmp"):
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o777
                tar.addfile(entry)
            tar.add(BUSYBOX, "bin/busybox")
            for name in ("sh", "sleep", "mkdir"):
                entry = tarfile.TarInfo(f"bin/{name}")
                entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(entry)
        command = json.dumps(["/bin/busybox", "sh", "-c", SERVER])
        repository, tag = IMAGE.split(":")
        changes = "".join("&changes=" + quote(change) for change in (f"CMD {command}", "ENV PATH=/bin"))
        self.call("POST", f"/images/create?fromSrc=-&repo={repository}&tag={tag}{changes}", root.getvalue(), "application/x-tar")

    def create(self, config, name=""):
        return self.call("POST", "/containers/create" + (f"?name={name}" if name else ""), json.dumps(config))["Id"]

    def start(self, container):
        self.call("POST", f"/containers/{container}/start")

    def address(self, container):
        networks = self.call("GET", f"/containers/{container}/json")["NetworkSettings"]["Networks"]
        return next(iter(networks.values()))["IPAddress"]

    def is_running(self, container):
        return self.call("GET", f"/containers/{container}/json")["State"]["Running"]

    def stop(self, container):
        self.call("POST", f"/containers/{container}/stop?t=5")

    def remove(self, container):
        self.call("DELETE", f"/containers/{container}?force=1&v=1", ok=(200, 204, 404))

    def remove_all(self, label):
        filters = quote(json.dumps({"label": [label]}))
        for container in self.call("GET", f"/containers/json?all=1&filters={filters}"):
            self.remove(container["Id"])


def ask(host, port, patience=1.0):
    """The body of GET /, or None unless it is answered with 200."""
    connection = http.client.HTTPConnection(host, port, timeout=patience)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        text = answer.read().decode().strip()
        return text if answer.status == 200 else None
    except OSError:
        return None
    except http.client.HTTPException:
        return None
    finally:
        connection.close()


def until_answer(host, port, revision, pause=POLL):
    """Polls until the revision answers; returns the time of that answer."""
    end = time.monotonic() + PATIENCE
    while True:
        if ask(host, port) == revision:
            return time.monotonic()
        if time.monotonic() > end:
            raise SystemExit(f"{host}:{port} does not serve {revision}")
        time.sleep(pause)


class Served(threading.Thread):
    """Asks the proxy every 5 ms until it serves a revision."""

    def __init__(self, port, revision):
        super().__init__(daemon=True)
        self._port, self._revision, self.at = port, revision, None
        self.start()

    def run(self):
        self.at = until_answer("127.0.0.1", self._port, self._revision, 0.005)

    def seconds_since(self, began):
        self.join(PATIENCE + 5)
        if self.at is None:
            raise SystemExit(f"the proxy does not serve {self._revision}")
        return self.at - began


class Service:
    """WunderProxy with a state and, unless it is in S3, a store of its own."""

    def __init__(self, options, engine, folder):
        self._program, self._folder, self.engine = options.program, folder, engine
        self.store = options.store or f"file:{folder}/store"
        self.prefix = f"{APP}-{os.getpid()}"
        self.proxy, self.api = free_port(), free_port()
        os.mkdir(f"{folder}/state")
        self._log = open(f"{folder}/service.log", "wb")
        self._process = subprocess.Popen(
            [self._program, "run", self.store, self.prefix, APP, "--proxy", f"127.0.0.1:{self.proxy}",
             "--api", f"127.0.0.1:{self.api}", "--state-dir", f"{folder}/state", "--docker-host", options.docker_host,
             "--access-log", "none", "--shutdown-grace", "0s"],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT)

    def wait_up(self):
        end = time.monotonic() + PATIENCE
        while self.call("GET", "/livez", ok=None) != 200:
            if time.monotonic() > end or self._process.poll() is not None:
                raise SystemExit("WunderProxy does not start:\n" + self.log())
            time.sleep(0.05)

    def log(self):
        with open(f"{self._folder}/service.log", errors="replace") as log:
            return log.read()[-4000:]

    def call(self, method, path, body=None, ok=(200,)):
        connection = http.client.HTTPConnection("127.0.0.1", self.api, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Accept": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        except OSError:
            if ok is None:
                return 0
            raise
        finally:
            connection.close()
        if ok is None:
            return answer.status
        if answer.status not in ok:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}\n{self.log()}")
        return text

    def command(self, *arguments):
        ran = subprocess.run(
            [self._program, *arguments, "--manager", f"127.0.0.1:{self.api}"], stdin=subprocess.DEVNULL, capture_output=True)
        if ran.returncode != 0:
            raise SystemExit(f"{arguments}: {ran.stderr.decode()}{ran.stdout.decode()}\n{self.log()}")

    def measure(self, revision, work):
        served = Served(self.proxy, revision)
        began = time.monotonic()
        work()
        return served.seconds_since(began)

    def config_file(self, config):
        path = f"{self._folder}/{config['Revision']}.json"
        with open(path, "w") as file:
            json.dump(config, file)
        return path

    def wait_kept(self, revision):
        """Waits until the container of a revision is stopped, so that a rollback has to start it."""
        end = time.monotonic() + PATIENCE
        while True:
            views = json.loads(self.call("GET", "/containers"))
            states = {view["Revision"]: (view["State"], view["Id"]) for view in views}
            if revision in states and states[revision][0] == "kept" and not self.engine.is_running(states[revision][1]):
                return
            if time.monotonic() > end:
                raise SystemExit(f"{revision} is not stopped: {states}")
            time.sleep(0.02)

    def stop(self):
        """Ends the process, by force unless it has ended 20 s after the request."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise SystemExit("WunderProxy did not end within 20 s and was killed:\n" + self.log())
        finally:
            self._log.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def container_config(revision, delay):
    return {"Image": IMAGE, "Env": [f"REVISION={revision}", f"DELAY={delay}"], "ExposedPorts": {f"{PORT}/tcp": {}}}


HOST_CONFIG = {"PortBindings": {f"{PORT}/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}}


def by_hand(engine, revision, delay, figures):
    config = {**container_config(revision, delay), "HostConfig": HOST_CONFIG, "Labels": {HAND_LABEL: "1"}}
    began = time.monotonic()
    container = engine.create(config)
    engine.start(container)
    figures["create, start, poll"].append(until_answer(engine.address(container), PORT, revision) - began)
    engine.stop(container)
    began = time.monotonic()
    engine.start(container)
    figures["start, poll"].append(until_answer(engine.address(container), PORT, revision) - began)
    engine.remove(container)


def with_wunderproxy(service, way, number, delay, figures):
    old, new = f"{way}{number}a", f"{way}{number}b"
    configs = [{"ContainerConfig": container_config(revision, delay), "HostConfig": HOST_CONFIG, "Revision": revision}
               for revision in (old, new)]
    if way == "api":
        deploy = lambda config: lambda: service.call("POST", "/deploy?by=figures", json.dumps(config))
        rollback = lambda revision: lambda: service.call("POST", "/rollback?by=figures", revision)
    else:
        files = {config["Revision"]: service.config_file(config) for config in configs}
        deploy = lambda config: lambda: service.command(
            "deploy", service.store, service.prefix, "--config", files[config["Revision"]], "--by", "figures")
        rollback = lambda revision: lambda: service.command(
            "rollback", service.store, service.prefix, "--to", revision, "--by", "figures")
    figures[f"deploy, {way}"].append(service.measure(old, deploy(configs[0])))
    figures[f"deploy, {way}"].append(service.measure(new, deploy(configs[1])))
    service.wait_kept(old)
    figures[f"rollback to a kept container, {way}"].append(service.measure(old, rollback(old)))
    service.measure(new, deploy(configs[1]))
    service.wait_kept(old)
    service.call("POST", "/launch?by=figures", hashlib.sha256(json.dumps(configs[0]).encode()).hexdigest())
    figures[f"rollback to a running container, {way}"].append(service.measure(old, rollback(old)))


def report(figures, rounds, options):
    def middle(name):
        return statistics.median(figures[name])

    hand, again = middle("create, start, poll"), middle("start, poll")
    rows = []
    for way in options.ways:
        for what, base, bound in (("deploy", hand, 0.3), ("rollback to a kept container", again, 0.3),
                                  ("rollback to a running container", 0.0, 0.05)):
            taken = middle(f"{what}, {way}")
            rows.append((f"{what}, {'by the manager API' if way == 'api' else 'by the command'}", base, taken, taken - base, bound))
    print(f"{rounds} rounds, medians in milliseconds; the container listens {options.delay} s after its start")
    print(f"store: {options.store or 'a folder'}; by hand: create, start and polling every 10 ms, or start and polling\n")
    print("| work                                               | by hand | WunderProxy | difference | to reach |")
    print("|----------------------------------------------------|--------:|------------:|-----------:|---------:|")
    for name, base, taken, more, bound in rows:
        print(f"| {name:50} | {base * 1000 or 0:7.0f} | {taken * 1000:11.0f} | {more * 1000:10.0f} | {bound * 1000:8.0f} |")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the wunderproxy to measure")
    parser.add_argument("--docker-host", required=True, help="unix://PATH of the engine")
    parser.add_argument("--store", default="", help="an S3 bucket (with AWS_* in the environment); default: a folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--delay", default="0.1", help="seconds from the container's start until it listens")
    parser.add_argument("--ways", default="command,api", type=lambda text: text.split(","))
    parser.add_argument("--json", default="", help="file for all figures, in seconds")
    options = parser.parse_args()
    # The default would end the program without taking away what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    engine = Engine(options.docker_host)
    figures = collections.defaultdict(list)
    # Everything is taken away in the opposite order, whatever fails on the way.
    with contextlib.ExitStack() as cleanup:
        folder = tempfile.mkdtemp(prefix="wunderproxy-deploy-")
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        cleanup.callback(engine.call, "DELETE", f"/images/{IMAGE}", ok=(200, 404, 409))
        engine.import_image()
        cleanup.callback(engine.remove_all, HAND_LABEL)
        cleanup.callback(engine.remove_all, f"wunderproxy.app={APP}")
        service = Service(options, engine, folder)
        cleanup.callback(service.stop)
        service.wait_up()
        for number in range(options.rounds + 1):
            measured = figures if number > 0 else collections.defaultdict(list)
            by_hand(engine, f"hand{number}", options.delay, measured)
            for way in options.ways:
                with_wunderproxy(service, way, number, options.delay, measured)
        report(figures, options.rounds, options)


if __name__ == "__main__":
    main()
