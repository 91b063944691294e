"""Trio tasks beside the actors, which may fail alone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import trio

logger = logging.getLogger("runtime.kernel")


async def guard(
    async_fn: Callable[..., Awaitable[object]],
    args: tuple[Any, ...],
    name: str,
    failed: Callable[[BaseException], None],
) -> None:
    """Run a task: log its exceptions, report any other."""
    try:
        await async_fn(*args)
    except trio.Cancelled:
        raise
    except Exception:
        logger.exception("Unhandled exception in task %s:", name)
    except BaseExceptionGroup as group:
        _, rest = group.split(trio.Cancelled)
        if isinstance(rest, ExceptionGroup):
            logger.error("Unhandled exceptions in task %s:", name, exc_info=rest)
        elif rest is not None:
            failed(rest)
    except BaseException as failure:
        failed(failure)
