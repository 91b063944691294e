"""The ledger's script in an embedded interpreter, on a server of dictionaries.

`Server` is as much of Redis as the script uses. Its data can be copied, put
back, wiped, and it can begin another life: what a restart or a failover does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lupa import lua51

from runtime.ledger import script
from runtime.ledger.ledger import Answer
from runtime.ledger.resource import Resource
from runtime.ledger.statement import Reply, Statement

_SHIM = """
function(call)
  redis = {
    call = function(...) return call(select('#', ...), ...) end,
    error_reply = function(message) return { err = message } end,
  }
end
"""

_ENTRY = """
function(body)
  local chunk = assert(loadstring(body))
  return function(keys, arguments)
    KEYS, ARGV = keys, arguments
    return chunk()
  end
end
"""


class Refused(Exception):
    """The script answered with an error."""


class Server:
    """One server's data, and the script loaded into it."""

    def __init__(self, life: int = 1, source: str | None = None) -> None:
        self.data: dict[str, dict[str, str]] = {}
        self.life = life
        self.named: tuple[str, str] | None = None
        """The run and replication ids of a real server that this one stands beside."""
        self.runs = 0
        self.clock: Callable[[], float] = lambda: 0.0
        """What TIME says; the script doesn't ask, but a wrong one may."""
        self._lua = lua51.LuaRuntime(unpack_returned_tuples=True)
        lua: Any = self._lua.eval
        lua(_SHIM)(self._call)
        self._compile = lua(_ENTRY)
        self._compiled: dict[str, Any] = {}
        self._run = self._compile((script.source() if source is None else source).split("\n", 1)[1])

    def evaluate(self, key: str, arguments: Sequence[str]) -> list[str]:
        """Run the script as EVALSHA does."""
        self.runs += 1
        answer: list[str] = self._answer(self._run, [key], arguments)
        return answer

    def run(self, text: str, keys: Sequence[str], arguments: Sequence[str]) -> Any:
        """Run another script; gives a list of words, a word or a number, as the script does."""
        if text not in self._compiled:
            self._compiled[text] = self._compile(text)
        return self._answer(self._compiled[text], keys, arguments)

    def _answer(self, chunk: Any, keys: Sequence[str], arguments: Sequence[str]) -> Any:
        answer = chunk(self._lua.table_from(list(keys)), self._lua.table_from(list(arguments)))
        if isinstance(answer, str | int | float):
            return answer
        if "err" in answer:
            raise Refused(answer["err"])
        return [answer[place] for place in range(1, len(answer) + 1)]

    def state(self, namespace: str, statement: Statement) -> Reply:
        """Put a statement to the script, and read its answer."""
        answer = self.evaluate(statement.resource.key(namespace), script.arguments(statement))
        return script.reply(statement.resource, answer)

    def copy(self) -> dict[str, dict[str, str]]:
        """Copy the data, as a replica has it."""
        return {key: dict(fields) for key, fields in self.data.items()}

    def restart(self, data: dict[str, dict[str, str]] | None = None) -> None:
        """Begin another life, with the data there is or other data."""
        self.life += 1
        if data is not None:
            self.data = {key: dict(fields) for key, fields in data.items()}

    def records(self, resource: Resource, namespace: str) -> dict[str, str]:
        """Give the key's fields."""
        return dict(self.data.get(resource.key(namespace), {}))

    def _call(self, count: int, name: str, *words: Any) -> Any:
        match name:
            case "HGETALL":
                fields = self.data.get(words[0], {})
                return self._lua.table_from([word for pair in fields.items() for word in pair])
            case "HGET":
                return self.data.get(words[0], {}).get(words[1], False)
            case "HSET":
                fields = self.data.setdefault(words[0], {})
                fields.update(zip(words[1::2], words[2::2], strict=True))
                return len(words) // 2
            case "HDEL":
                for field in words[1:]:
                    self.data[words[0]].pop(field, None)
                return len(words) - 1
            case "TIME":
                seconds = self.clock()
                return self._lua.table_from([f"{seconds:.0f}", f"{seconds % 1 * 1e6:.0f}"])
            case "INFO":
                run, replication = self.named or (f"{self.life:010x}".ljust(40, "0"),) * 2
                return f"# Server\r\nrun_id:{run}\r\n# Replication\r\nmaster_replid:{replication}\r\n"
        raise AssertionError(f"the script called {name} with {count} words")


class EmbeddedLedger:
    """A `Ledger` that answers before `state` returns."""

    def __init__(self, server: Server | None = None, namespace: str = "test") -> None:
        self.server = Server() if server is None else server
        self.namespace = namespace

    def state(self, statements: Sequence[Statement], answer: Callable[[Sequence[Answer]], None]) -> None:
        """Answer each statement in its order."""
        answer([self.server.state(self.namespace, statement) for statement in statements])
