#!/usr/bin/env python3
"""Compares WunderProxy with nginx and HAProxy on this machine; `compare.sh` builds what it needs and calls it."""
import argparse
import json
import os
import resource
import shlex
import shutil
import signal
import sys
import tempfile
import time

import machine
import paired
import profiles
import proxies
import report
import scenarios
from bench import Bench


def parse(argv):
    parser = argparse.ArgumentParser(prog="compare.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two scenarios, few rounds: under a minute")
    parser.add_argument("--scenarios", help="comma list of plain, tls (all of a kind), " + ", ".join(scenarios.BY_NAME))
    parser.add_argument("--targets", help="comma list of nginx, haproxy, wunderproxy, direct (the origin itself), or names from --also")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=COMMAND",
                        help="a further proxy; {listener} (--proxy or --tls with its certificate; or {listen}, the address, for one "
                             "without TLS) {upstream} {workers} {log} {program} are filled in")
    parser.add_argument("--beside", action="append", default=[], metavar="COMMAND",
                        help="a program to run all the time on the load generator's CPU, such as a receiver of what a proxy exports; "
                             "{driver}, the folder of compare.py, is filled in")
    parser.add_argument("--baseline", metavar="NAME", help="a name from --also that ours is compared with, round by round, with intervals")
    parser.add_argument("--bound", type=float, default=.03, help="how much worse than the baseline a figure may be (0.03)")
    parser.add_argument("--rounds", type=int, help="rounds of each scenario (12)")
    parser.add_argument("--seconds", type=float, default=.3, help="length of one measurement; many short ones beat few long ones")
    parser.add_argument("--access-log", action="store_true", help="with the access log of every proxy on")
    parser.add_argument("--profile", action="store_true", help="no measurements: system calls per request and functions (strace, perf)")
    parser.add_argument("--json", metavar="FILE", help="write all samples there")
    parser.add_argument("--render", metavar="FILE", help="only print the tables of such a file")
    parser.add_argument("--lock", default="/tmp/wunderproxy-compare.lock", help="only one comparison measures at a time")
    parser.add_argument("--tools", help=argparse.SUPPRESS)
    parser.add_argument("--program", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    names = options.scenarios.split(",") if options.scenarios else scenarios.QUICK if options.quick else scenarios.BY_NAME
    names = [name for given in names for name in scenarios.GROUPS.get(given, (given,))]
    unknown = [name for name in names if name not in scenarios.BY_NAME]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}")
    if options.baseline and not options.render and options.baseline not in names_of_ours(options):
        parser.error(f"no such baseline: {options.baseline} (give it by --also)")
    options.chosen = [scenarios.BY_NAME[name] for name in names]
    options.rounds = options.rounds or (5 if options.quick else 12)
    return options


def measure(bench, scenario, targets, options, broken):
    """Interleaved rounds; the order rotates, so that nobody always runs after the same neighbour."""
    rounds, seconds = [], options.seconds * scenario.duration
    for name in targets:
        if scenario.kind in ("requests", "bytes", "latency"):
            try:
                bench.prepare(name, scenario, max(.5, seconds))
            except (RuntimeError, OSError) as error:
                broken[name] = str(error)
    for number in range(max(3, round(options.rounds * scenario.rounds))):
        start = number % len(targets)
        one = {}
        for name in targets[start:] + targets[:start]:
            one[name] = {"failed": broken[name]} if name in broken else bench.sample(name, scenario, seconds)
        rounds.append({name: one[name] for name in targets})
    return rounds


def targets_of(scenario, options, known):
    chosen = options.targets.split(",") if options.targets else list(known) + ["direct"]
    unknown = [name for name in chosen if name not in known and name != "direct"]
    if unknown:
        sys.exit(f"no such target: {', '.join(unknown)}")
    if scenario.tls:
        return [name for name in chosen if name != "direct" and known[name].speaks_tls]
    # Only the latency needs the origin alone: what a proxy adds is measured against it.
    return [name for name in chosen if name != "direct" or scenario.kind == "latency" or
            (options.targets and scenario.kind in ("requests", "bytes") and "--close" not in scenario.arguments)]


def header(options, builds):
    versions = [machine.version_of("nginx", "-v").replace("nginx version: ", ""),
                machine.version_of("haproxy", "-v").split(" - ")[0]]
    if options.program:
        versions.append(f"WunderProxy {machine.version_of(options.program, '--version')} ({builds['wunderproxy']})")
    versions += [f"{name}: {build}" for name, build in builds.items() if name != "wunderproxy"]
    versions.append(machine.version_of("openssl", "version").split(" (")[0])
    return (f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}. {machine.description()}. {'; '.join(versions)}.\n"
            f"{options.rounds} rounds of {options.seconds:g} s; access logs {'on' if options.access_log else 'off'}. Medians; "
            "best = best round and IQR % = spread of the first judged column; x = median of the ratios within each round.\n")


def builds_of_ours(options):
    """Which build each program of ours is: native, or portable, which has its assembly beside it."""
    commands = [("wunderproxy", "{program}")] + [pair.partition("=")[::2] for pair in options.also]
    programs = {name: shlex.split(command)[0].replace("{program}", options.program or "") for name, command in commands}
    return {name: "portable" if os.path.exists(f"{program}.dll") else "native" for name, program in programs.items()
            if os.path.basename(program) == "wunderproxy"}


def run(options):
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = min(files, 100000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    known = proxies.known(options.program, options.also)
    if not options.program:
        del known["wunderproxy"]
    machine.favour_this_session()
    held = machine.take_lock(options.lock)
    folder = tempfile.mkdtemp(prefix="wunderproxy-compare-")
    builds = builds_of_ours(options)
    began, samples, about = time.monotonic(), {}, header(options, builds)
    print(about, flush=True)
    bench = Bench(options.tools, folder, known, files, options.access_log, profiles.ENVIRONMENT if options.profile else None)
    try:
        for command in options.beside:
            bench.run_beside([part.replace("{driver}", os.path.dirname(os.path.abspath(__file__))) for part in shlex.split(command)])
        if options.profile:
            return print_profiles(bench, options, known)
        broken = {}
        for scenario in options.chosen:
            samples[scenario.name] = measure(bench, scenario, targets_of(scenario, options, known), options, broken)
            print(report.scenario_table(report.Results(samples), scenario), flush=True)
            if options.json:
                with open(options.json, "w") as f:
                    json.dump({"about": about, "builds": builds, "samples": samples}, f)
    finally:
        bench.close()
        held.close()
        shutil.rmtree(folder, ignore_errors=True)
    results = report.Results(samples)
    finish(results, options, builds)
    print(f"{time.monotonic() - began:.0f} s in all.")
    return 1 if results.failed() else 0


def print_profiles(bench, options, known):
    for scenario in options.chosen:
        for name in targets_of(scenario, options, known):
            if name != "direct":
                bench.prepare(name, scenario, 5)
                print(profiles.profile(bench, name, scenario), flush=True)
    return 0


def names_of_ours(options):
    return ["wunderproxy"] + [pair.partition("=")[0] for pair in options.also]


def finish(results, options, builds):
    names = names_of_ours(options)
    if options.baseline:
        print(f"### Beside {options.baseline}\n\n{paired.table(results, options.chosen, options.baseline, names, options.bound)}\n")
    for name in names:
        print(f"### Summary: {name}\n\n{report.summary_table(results, options.chosen, name, builds.get(name))}\n")


def main():
    options = parse(sys.argv[1:])
    if not options.render:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return run(options)
    with open(options.render) as f:
        stored = json.load(f)
    print(stored["about"])
    results = report.Results(stored["samples"])
    options.chosen = [scenarios.BY_NAME[name] for name in stored["samples"]]
    for scenario in options.chosen:
        print(report.scenario_table(results, scenario))
    finish(results, options, stored.get("builds", {}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
