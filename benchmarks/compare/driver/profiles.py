"""Where a proxy's CPU time goes in one scenario: system calls per request (strace), functions (perf)."""
import os
import re
import signal
import subprocess
import tempfile
import time

import machine

# .NET writes a symbol map for perf; the others ignore it. strace and perf never run together: one slows the other.
ENVIRONMENT = {"DOTNET_PerfMapEnabled": "1", "DOTNET_EnableWriteXorExecute": "0"}


def profile(bench, name, scenario, seconds=3.0):
    """Markdown for one proxy and scenario."""
    pids = bench.pids(name, scenario)
    parts = [f"### {name}, {scenario.name}: {scenario.title}\n"]
    parts.append(_syscalls(pids, lambda: bench.load(name, scenario, 1.5)))
    parts.append(_functions(pids, seconds, lambda: bench.load(name, scenario, seconds)))
    return "\n".join(parts)


def _syscalls(pids, load):
    with tempfile.NamedTemporaryFile("r") as output:
        attach = [argument for pid in pids for argument in ("-p", str(pid))]
        tracer = machine.start(["strace", "-c", "-f", "-o", output.name, *attach])
        time.sleep(.5)
        requests = load()["requests"]
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        rows = [line.split() for line in output]
    lines = ["System calls per request (in brackets those that failed):"]
    for row in rows:
        if len(row) >= 5 and re.fullmatch(r"\d+", row[3]) and row[-1] != "total":
            failed = f" ({int(row[4]) / requests:.2f})" if len(row) == 6 else ""
            if int(row[3]) / requests >= .005:
                lines.append(f"  {row[-1]:<16} {int(row[3]) / requests:.2f}{failed}")
    return "\n".join(lines) + "\n"


def _functions(pids, seconds, load):
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "perf.data")
        recorder = machine.start(["perf", "record", "-q", "-F", "2000", "-e", "cpu-clock", "-o", data, "-p",
                                  ",".join(map(str, pids)), "--", "sleep", f"{seconds + .5:g}"])
        load()
        recorder.wait(seconds + 20)
        return ("CPU time by module, in percent:\n" + _perf_report(data, "dso", 1) +
                "CPU time by function, in percent:\n" + _perf_report(data, "dso,symbol", .6))


def _perf_report(data, keys, limit):
    report = subprocess.run(["perf", "report", "-i", data, "--stdio", "-q", "--no-children", "-s", keys,
                             "--percent-limit", str(limit)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
    lines = [re.sub(r"[-\s]+$", "", line) for line in report.stdout.decode().splitlines()]
    return "".join(f"  {line.strip()}\n" for line in lines if line.strip() and not line.startswith("#"))
