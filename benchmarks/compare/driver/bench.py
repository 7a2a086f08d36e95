"""Runs one proxy through one scenario once, and returns what was seen as a plain dictionary."""
import os
import socket
import ssl
import subprocess
import time

import machine
from load import Load

GIB = 1 << 30
PROXY_CPU, LOAD_CPU = 0, 1
FIRST_PORT = 24100
FOREIGN_LIMIT = .25  # of a CPU: above it a sample is taken once more


class Bench:
    """Owns every process of a comparison; `close` ends them all."""

    def __init__(self, tools, folder, proxies, files, access_log, environment=None):
        self._tools, self._folder, self._proxies, self._environment = tools, folder, proxies, environment
        self._files, self._access_log = files, access_log
        self._processes, self._running = [], {}
        self._certificate = None
        self._port = FIRST_PORT + 1
        self._origins = {1: self._start_origin(LOAD_CPU), 2: self._start_origin(None)}

    def close(self):
        for process in self._processes:
            if process.poll() is None:
                machine.stop(process)

    def run_beside(self, argv):
        """Runs a program that is not measured, until the end."""
        self._processes.append(machine.start(argv, LOAD_CPU))

    def sample(self, name, scenario, seconds):
        """One measurement; a second one when other work was seen on the proxy's CPU."""
        take = {"idle": self._idle, "startup": self._startup}.get(scenario.kind, self._rate)
        try:
            result = take(name, scenario, seconds)
            if result.get("foreign", 0) > FOREIGN_LIMIT:
                result = take(name, scenario, seconds)
            return result
        except (RuntimeError, OSError, subprocess.SubprocessError, ValueError) as error:
            return {"failed": str(error)}

    def prepare(self, name, scenario, seconds):
        """Starts the proxy if need be and gives it a moment of this very work, which a JIT compiler needs."""
        process, _ = self._instance(name, scenario)
        if process is not None and self._proxies[name].warm_up >= 1:
            self.load(name, scenario, seconds)

    def pids(self, name, scenario):
        """All processes of the proxy."""
        return machine.tree(self._instance(name, scenario)[0].pid)

    def load(self, name, scenario, seconds):
        """The scenario's load, and what the load generator saw."""
        with self._loading(name, scenario, seconds) as load:
            return load.run()

    def _loading(self, name, scenario, seconds):
        _, address = self._instance(name, scenario)
        return self._load(scenario.tool, address, seconds, self._load_cpu(scenario.workers), scenario.arguments, scenario.tls)

    def _rate(self, name, scenario, seconds):
        process, _ = self._instance(name, scenario)
        pids = machine.tree(process.pid) if process else []
        origin = [self._origins[scenario.workers][0].pid]
        watched = PROXY_CPU if scenario.workers == 1 else None
        with self._loading(name, scenario, seconds) as load:
            began, cpu, origin_cpu, busy = (time.monotonic(), machine.cpu_seconds(pids), machine.cpu_seconds(origin),
                                            machine.busy_seconds(watched))
            seen = load.run()
            wall = time.monotonic() - began
            cpu = machine.cpu_seconds(pids) - cpu
            origin_cpu = machine.cpu_seconds(origin) - origin_cpu
            busy = machine.busy_seconds(watched) - busy
        ours = cpu if watched is not None else cpu + origin_cpu + seen["cpu_seconds"]
        result = _summary(seen, cpu)
        result.update(proxy_busy=cpu / wall, load_busy=(seen["cpu_seconds"] + origin_cpu) / wall,
                      foreign=max(0.0, busy - ours) / wall if process else 0)
        return result

    def _idle(self, name, scenario, seconds):
        process, address = self._start_proxy(name, 1, scenario.tls)
        try:
            self._warm_up(name, address, LOAD_CPU, scenario.tls)
            time.sleep(.5)
            before = machine.memory_bytes(machine.tree(process.pid))
            certificate = [self._tls().certificate] if scenario.tls else []
            holder = machine.start([f"{self._tools}/hold", address, str(scenario.idle), *certificate], LOAD_CPU,
                                   subprocess.PIPE, subprocess.PIPE)
            self._processes.append(holder)
            ready = int(holder.stdout.readline().split()[1])
            time.sleep(.5)
            pids = machine.tree(process.pid)
            after = machine.memory_bytes(pids)
            with self._load("load", address, seconds, LOAD_CPU, scenario.arguments, scenario.tls) as load:
                cpu = machine.cpu_seconds(pids)
                result = _summary(load.run(), machine.cpu_seconds(pids) - cpu)
            still_open = int(holder.communicate(timeout=20)[0].split()[1])
            if min(ready, still_open) < scenario.idle:
                raise RuntimeError(f"{ready} idle connections opened, {still_open} held")
            result.update(rss=after[0], bytes_each=(after[1] - before[1]) / scenario.idle)
            return result
        finally:
            machine.stop(process)

    def _startup(self, name, scenario, seconds):
        began = time.monotonic()
        process, address = self._start_proxy(name, 1, scenario.tls, poll=.0005)
        try:
            milliseconds = (time.monotonic() - began) * 1000
            time.sleep(.3)
            return {"milliseconds": milliseconds, "rss": machine.memory_bytes(machine.tree(process.pid))[0]}
        finally:
            machine.stop(process)

    def _start_origin(self, cpu):
        address = self._next_address()
        process = machine.start([f"{self._tools}/origin", address], cpu)
        self._processes.append(process)
        self._wait_until_it_answers(process, address, .01)
        return process, address

    def _tls(self):
        """The certificate of all proxies, made at its first use."""
        self._certificate = self._certificate or machine.make_certificate(self._folder)
        return self._certificate

    def _instance(self, name, scenario):
        """The running proxy, started and warmed at its first use; for `direct` there is none, only the origin."""
        workers = scenario.workers
        if name == "direct":
            return None, self._origins[workers][1]
        key = name, workers, scenario.tls
        if key not in self._running:
            process, address = self._start_proxy(name, workers, scenario.tls)
            self._running[key] = process, address
            self._warm_up(name, address, self._load_cpu(workers), scenario.tls)
        process, address = self._running[key]
        if process.poll() is not None:
            raise RuntimeError(f"{name} has ended with exit code {process.returncode}")
        return process, address

    def _start_proxy(self, name, workers, tls, poll=.01):
        address = self._next_address()
        folder = os.path.join(self._folder, f"{name}-{address.rsplit(':', 1)[1]}")
        os.makedirs(folder, exist_ok=True)
        argv = self._proxies[name].command(folder, address, self._origins[workers][1], workers, self._files, self._access_log,
                                           self._tls() if tls else None)
        with open(os.path.join(folder, "output"), "wb") as output:
            process = machine.start(argv, PROXY_CPU if workers == 1 else None, stdout=output, env=self._environment)
        self._processes.append(process)
        self._wait_until_it_answers(process, address, poll, tls)
        return process, address

    def _warm_up(self, name, address, cpu, tls):
        """Gentle load first: a JIT compiler works in the background and a saturated CPU would starve it."""
        seconds = self._proxies[name].warm_up
        get = ("--path", "/bytes/128", "--length", "128", "--connections", "64")
        runs = [(seconds * .6, ("--rate", "1000"))] if seconds >= 1 else []
        for duration, more in runs + [(max(.3, seconds * .4), ())]:
            with self._load("load", address, duration, cpu, get + more, tls) as load:
                load.run()

    def _load(self, tool, address, seconds, cpu, arguments, tls):
        argv = [f"{self._tools}/{tool}", "--to", address, "--seconds", f"{seconds:g}", *arguments]
        if tls:
            argv += ["--tls", self._tls().certificate]
        return Load(argv, cpu, seconds, self._processes)

    def _next_address(self):
        self._port += 1
        return f"127.0.0.1:{self._port}"

    @staticmethod
    def _load_cpu(workers):
        return LOAD_CPU if workers == 1 else None

    @staticmethod
    def _wait_until_it_answers(process, address, poll, tls=False, limit=20.0):
        host, port = address.split(":")
        context = ssl._create_unverified_context() if tls else None
        request = f"GET /bytes/128 HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode()
        give_up = time.monotonic() + limit
        while time.monotonic() < give_up and process.poll() is None:
            try:
                with socket.create_connection((host, int(port)), timeout=2) as plain:
                    client = context.wrap_socket(plain) if tls else plain
                    client.sendall(request)
                    if client.recv(4096).startswith(b"HTTP/1.1 200 "):
                        return
            except OSError:
                pass
            time.sleep(poll)
        raise RuntimeError("does not answer" if process.poll() is None else f"ended with exit code {process.returncode}")


def _summary(seen, cpu):
    result = {key: seen[key] for key in ("requests", "p50", "p90", "p99", "p999")}
    result["per_second"] = seen["requests"] / seen["seconds"]
    result["gib_per_second"] = seen["body_bytes"] / seen["seconds"] / GIB
    if cpu > 0:
        result["cpu_us"] = cpu / seen["requests"] * 1e6
        result["gib_per_cpu_s"] = seen["body_bytes"] / cpu / GIB
    return result
