#!/usr/bin/env python3
"""A plug-in of scalebench: it launches copies of the bundled environment on this machine.

    scalebench run --provider exec:./plugin.py,replicas=2,workers=1

It speaks the protocol of docs/plugin-protocol.md and is meant to be changed: the class Launch is what is particular to
it, everything below talks.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading

NAME = "example"
OPTIONS = [
    {"key": "program", "value": "PATH", "summary": "the server", "default": "scalebench-env"},
    {"key": "replicas", "value": "N", "summary": "how many of it", "default": "1"},
    {"key": "workers", "value": "N", "summary": "processes of each", "default": "1"},
    {"key": "env.NAME", "value": "VALUE", "summary": "a variable of the servers' environment"},
]


class UsageError(Exception):
    """The user asked for what cannot be."""


class Launch:
    """The servers of one launch."""

    def __init__(self, request):
        options = request["options"]
        self.program = options.get("program", "scalebench-env")
        self.replicas = number(options, "replicas")
        self.workers = number(options, "workers")
        # The servers inherit the variable that marks this launch, so that none of them can be lost.
        self.environment = {**os.environ, **request["env"]}
        self.servers = []
        self.is_stopping = False

    def start(self):
        """Starts the servers and says where they listen. Whether they serve is scalebench's to find out."""
        endpoints = [{"url": self.start_one(replica)} for replica in range(self.replicas)]
        return {
            "endpoints": endpoints,
            "replicas": self.replicas,
            "workers": self.workers,
            "cores": len(os.sched_getaffinity(0)),
            "pids": [server.pid for server in self.servers],
        }

    def start_one(self, replica):
        say("progress", text=f"starting server {replica + 1} of {self.replicas}")
        command = [self.program, "--host", "127.0.0.1", "--port", "0", "--workers", str(self.workers)]
        # Our own input and output belong to the conversation; the server's errors go where ours do.
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=self.environment)
        self.servers.append(server)
        line = server.stdout.readline()
        url = re.search(r"http://\S+", line)
        if not url:
            raise RuntimeError(f"server {replica} did not say where it listens: {line.strip() or 'nothing'}")
        threading.Thread(target=self.watch, args=(server, replica), daemon=True).start()
        say("stage", stage="started", replica=replica)
        return url.group()

    def watch(self, server, replica):
        """Reads what the server says, lest it waits for us, and says when it is over."""
        for line in server.stdout:
            say("log", level="info", line=line.rstrip())
        code = server.wait()
        if not self.is_stopping:
            say("ended", state=f"exit status {code}", replica=replica)

    def stop(self):
        """Ends what is left. It may be called again."""
        self.is_stopping = True
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            try:
                server.wait(timeout=5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def number(options, key):
    text = options.get(key, "1")
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"{key} is '{text}', which is no number above 0")
    return int(text)


OUTPUT = threading.Lock()


def say(type, **fields):
    """One line, whole, at once: several threads talk."""
    with OUTPUT:
        sys.stdout.write(json.dumps({"type": type, **fields}) + "\n")
        sys.stdout.flush()


def main():
    launch = None
    # Python would end at once, and leave the servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        # It ends when scalebench has nothing more to say, or is gone.
        for line in sys.stdin:
            message = json.loads(line)
            if message["type"] == "hello":
                say("hello", protocol=1, name=NAME, options=OPTIONS)
            elif message["type"] == "launch":
                try:
                    launch = Launch(message)
                    say("ready", **launch.start())
                except UsageError as error:
                    say("failed", message=str(error), usage=True)
                except Exception as error:
                    say("failed", message=str(error))
            elif message["type"] == "stop":
                if launch:
                    launch.stop()
                say("stopped")
    finally:
        if launch:
            launch.stop()


if __name__ == "__main__":
    main()
