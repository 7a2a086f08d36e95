"""The load generator, from its start to its result."""
import json
import select
import subprocess

import machine


class Load:
    """One run of a measuring tool. With `--wait` among its arguments it opens its connections and uses each of them once
    when the `with` block begins, and closes them when it ends, so that `run` is the work alone."""

    PATIENCE = 20.0

    def __init__(self, argv, cpu, seconds, processes):
        self._argv, self._cpu, self._seconds, self._processes = argv, cpu, seconds, processes
        self._waits = "--wait" in argv
        self._process = None

    def __enter__(self):
        if self._waits:
            self._start()
            try:
                self._line(self.PATIENCE)
            except RuntimeError:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_):
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(self.PATIENCE)
            except subprocess.TimeoutExpired:
                machine.stop(self._process)
        self._processes.remove(self._process)

    def run(self):
        """Runs the load, and returns what the tool saw."""
        if self._waits:
            self._process.stdin.write(b"go\n")
            self._process.stdin.flush()
        else:
            self._start()
        seen = json.loads(self._line(self._seconds + self.PATIENCE))
        if not self._waits:
            # Closing its connections is part of a run that did not open them beforehand.
            self._process.wait(self.PATIENCE)
        if seen["errors"] or not seen["requests"]:
            raise RuntimeError(f"{seen['errors']} errors, the first: {seen['first_error'] or 'no answers'}")
        return seen

    def _start(self):
        self._process = machine.start(self._argv, self._cpu, subprocess.PIPE, subprocess.PIPE)
        self._processes.append(self._process)

    def _line(self, patience):
        # A line is written at once, so that where some of it can be read all of it can.
        if not select.select([self._process.stdout], [], [], patience)[0]:
            machine.stop(self._process)
            raise RuntimeError(f"{self._argv[0]} says nothing")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._argv[0]} ended with exit code {self._process.wait(self.PATIENCE)}")
        return line.decode()
