"""What people write to share limits: one script a call, which counts every limit in Redis.

Each limit is a sorted set of calls by when they are given up, so that those
of a dead process go by themselves. One EVALSHA gives back the calls that have
ended since the last, and takes the limits of the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from redis import Redis

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report

SCRIPT = """
local now, until_, call, limits = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], 4
for ended = 1, #KEYS / limits - 1 do
  for at = 1, limits do redis.call('ZREM', KEYS[ended * limits + at], ARGV[3 + limits + ended]) end
end
for at = 1, limits do
  redis.call('ZREMRANGEBYSCORE', KEYS[at], '-inf', now)
  if redis.call('ZCARD', KEYS[at]) >= tonumber(ARGV[3 + at]) then return at end
end
for at = 1, limits do redis.call('ZADD', KEYS[at], until_, call) end
return 0
"""
GIVEN_UP_SECONDS = 60.0


class ScriptLine:
    """Asks Redis for each call, then lets it end in the turn after.

    `distance` is how many seconds Redis is away, there and back; it is waited
    for, as by any client that blocks.
    """

    def __init__(
        self,
        redis: Redis,
        limits: dict[str, int],
        later: Callable[..., object],
        clock: Callable[[], float],
        distance: float,
    ) -> None:
        self._redis = redis
        self._limits = limits
        self._later = later
        self._clock = clock
        self._distance = distance
        self._digest = redis.script_load(SCRIPT)
        self._ended: list[CallRequest] = []

    def place(self, request: CallRequest, report: Report) -> None:
        keys, now = _keys(request), self._clock()
        limits = [self._limits.get(key, 1_000_000) for key in keys]
        ended, self._ended = self._ended, []
        all_keys = [*keys, *(key for one in ended for key in _keys(one))]
        refused = self._redis.evalsha(
            self._digest,
            len(all_keys),
            *all_keys,
            now,
            now + GIVEN_UP_SECONDS,
            request.call,
            *limits,
            *(one.call for one in ended),
        )
        if self._distance:
            time.sleep(self._distance)
        assert not refused, "the engine counts the same limits"
        self._later(0.0, self._end, request, report)

    def hang_up(self, call: CallId) -> None:
        """Do nothing: a call that is up ends by itself in this very turn."""

    def _end(self, request: CallRequest, report: Report) -> None:
        self._ended.append(request)
        report(CallEvent(request.call, CallProgress.ANSWERED))
        report(CallEvent(request.call, CallProgress.ENDED, Outcome.ANSWERED, None, 0.0, 0.0))


def _keys(request: CallRequest) -> list[str]:
    return [
        f"connection:{request.connection}",
        f"tenant:{request.tenant}",
        f"campaign:{request.campaign}",
        f"number:{request.number}",
    ]
