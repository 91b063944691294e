"""Place calls through a carrier of one's own: an adapter in about 30 lines."""

from __future__ import annotations

import trio

from trunkline import CallEvent, CallProgress, CallRequest, Config, Contact, Engine, Outcome
from trunkline.carriers import Report


class EchoCarrier:
    """A provider whose callees pick up at once and talk for a moment."""

    def __init__(self) -> None:
        self._calls: dict[str, trio.CancelScope] = {}

    async def place(self, request: CallRequest, report: Report) -> None:
        outcome = Outcome.CANCELED
        report(CallEvent(request.call, CallProgress.RINGING))
        with trio.CancelScope() as self._calls[request.call]:
            await trio.sleep(0.01)
            report(CallEvent(request.call, CallProgress.ANSWERED))
            outcome = Outcome.ANSWERED
            await trio.sleep(0.02)
        del self._calls[request.call]
        report(CallEvent(request.call, CallProgress.ENDED, outcome))

    async def hang_up(self, call: str) -> None:
        if call in self._calls:
            self._calls[call].cancel()


CONFIG = {
    "tenants": [{"name": "acme", "max_concurrent": 4}],
    "connections": [{"name": "east", "carrier": "echo", "max_concurrent": 3}],
    "numbers": [{"number": "+14155552671", "connection": "east"}],
    "campaigns": [{"name": "spring", "primary": "+14155552671", "keep_open": True}],
}


async def main() -> None:
    config = Config.from_dict(CONFIG, carriers=["echo"])
    async with Engine(config, carriers={"echo": EchoCarrier()}) as engine:
        await engine.add_contacts("spring", [Contact("+442071838750", id="ada")])
        engine.close_campaign("spring")
        campaign = (await engine.finished).campaigns["spring"]
    print("reached", campaign.reached, "of", campaign.rows)


trio.run(main)
