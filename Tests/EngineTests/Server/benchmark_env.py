"""A benchmark environment on the real OpenEnv server, for the engine tests.

One step waits as long as its action asks and says who served it. Serve it with

    MAX_CONCURRENT_ENVS=100 uvicorn benchmark_env:app --workers 2 --port 8000

MAX_CONCURRENT_ENVS is the session cap of one worker.
"""

import asyncio
import os
import secrets
import socket
import time

from openenv.core.env_server.http_server import create_app
from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import Action, Observation, State


class WaitAction(Action):
    wait_seconds: float = 0.0


class WaitObservation(Observation):
    host_url: str = ""
    pid: int = 0
    session_hash: str = ""
    waited_seconds: float = 0.0
    step_count: int = 0


class BenchmarkEnvironment(Environment):
    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self):
        super().__init__()
        self._session_hash = secrets.token_hex(6)
        self._step_count = 0

    def reset(self, seed=None, episode_id=None, **kwargs):
        self._step_count = 0
        return self._observe(waited=0.0)

    def step(self, action, timeout_s=None, **kwargs):
        started = time.monotonic()
        time.sleep(action.wait_seconds)
        return self._advance(started)

    async def step_async(self, action, timeout_s=None, **kwargs):
        # The server prefers this one: a waiting session then holds no thread.
        started = time.monotonic()
        await asyncio.sleep(action.wait_seconds)
        return self._advance(started)

    @property
    def state(self):
        return State(step_count=self._step_count)

    def _advance(self, started):
        self._step_count += 1
        return self._observe(waited=time.monotonic() - started)

    def _observe(self, waited):
        return WaitObservation(
            host_url=socket.gethostname(),
            pid=os.getpid(),
            session_hash=self._session_hash,
            waited_seconds=waited,
            step_count=self._step_count,
            reward=waited,
        )


app = create_app(
    BenchmarkEnvironment,
    WaitAction,
    WaitObservation,
    env_name="benchmark",
    max_concurrent_envs=int(os.environ["MAX_CONCURRENT_ENVS"]),
)
