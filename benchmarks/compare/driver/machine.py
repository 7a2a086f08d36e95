"""The machine underneath: processes, their CPU time and memory, the measuring lock."""
import ctypes
import fcntl
import os
import signal
import subprocess
import time
from collections import namedtuple

_libc = ctypes.CDLL(None, use_errno=True)


def favour_this_session(nice=-15):
    """Raises the priority of this session, so that other work on the machine disturbs less; needs root."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
        with open("/proc/self/autogroup", "w") as f:
            f.write(str(nice))
    except OSError:
        pass


def take_lock(path):
    """Waits until no other comparison measures; returns what holds the lock."""
    lock = open(path, "a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def start(argv, cpu=None, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=None):
    pinned = ["taskset", "-c", str(cpu)] if cpu is not None else []
    return subprocess.Popen(pinned + argv, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL,
                            env=None if env is None else {**os.environ, **env})


def tree(pid):
    """The process and all its descendants."""
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children") as f:
                    waiting += [int(child) for child in f.read().split()]
        except OSError:
            pass
    return found


def stop(process, patience=3.0):
    """Asks the whole tree to end, then makes it."""
    pids = tree(process.pid)
    for sig in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            try:
                os.kill(pid, sig)
            except ProcessLookupError:
                pass
        try:
            process.wait(patience / 2)
            if not any(os.path.exists(f"/proc/{pid}/cmdline") and _running(pid) for pid in pids):
                return
        except subprocess.TimeoutExpired:
            pass


def _running(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def cpu_seconds(pids):
    """CPU time of the processes, all threads past and present, in nanosecond resolution (clock_getcpuclockid)."""
    total = 0.0
    for pid in pids:
        clock = ctypes.c_int()
        if _libc.clock_getcpuclockid(pid, ctypes.byref(clock)) == 0:
            try:
                total += time.clock_gettime(clock.value)
            except OSError:
                pass
    return total


def memory_bytes(pids):
    """Resident memory: RSS summed, and PSS, which counts shared pages once."""
    sums = {"Rss": 0, "Pss": 0}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                for line in f:
                    name, _, rest = line.partition(":")
                    if name in sums:
                        sums[name] += int(rest.split()[0]) * 1024
        except OSError:
            pass
    return sums["Rss"], sums["Pss"]


def busy_seconds(cpu=None):
    """Seconds the CPU (or all of them together) was not idle since boot."""
    with open("/proc/stat") as f:
        fields = next(line.split() for line in f if line.split()[0] == f"cpu{'' if cpu is None else cpu}")
    ticks = [int(field) for field in fields[1:]]
    return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / os.sysconf("SC_CLK_TCK")


Certificate = namedtuple("Certificate", "certificate key both")


def make_certificate(folder):
    """A self-signed certificate for localhost with an ECDSA key on P-256: its file, its key's, and one with both."""
    files = Certificate(*(os.path.join(folder, name) for name in ("tls.crt", "tls.key", "tls.pem")))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", files.key,
                    "-out", files.certificate], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(files.both, "w") as both:
        for path in (files.certificate, files.key):
            with open(path) as f:
                both.write(f.read())
    os.chmod(files.key, 0o600)
    os.chmod(files.both, 0o600)
    return files


def description():
    """What a reader needs to know about the machine."""
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "unknown")
    with open("/proc/meminfo") as f:
        gib = int(f.readline().split()[1]) / (1 << 20)
    return f"Linux {os.uname().release}, {os.cpu_count()} x {model}, {gib:.0f} GiB"


def version_of(*argv):
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20)
        return done.stdout.decode().strip().splitlines()[0]
    except (OSError, subprocess.SubprocessError, IndexError):
        return f"{argv[0]}: not there"
