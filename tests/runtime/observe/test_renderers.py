from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.observe.events import CallEnded, CallRinging, CampaignPaused, Event, NumberWeights
from runtime.observe.renderers import ConsoleRenderer, JsonRenderer, LogFormat, choose_renderer


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


PIPE = io.StringIO()


def console(event: Event, *, color: bool = False) -> str:
    return ConsoleRenderer(color=color)(None, event.level, {"time": 1767571200.5, "record": event}).decode()


def test_the_console_shows_time_level_name_owner_and_fields() -> None:
    event = CampaignPaused(tenant="acme", campaign="spring", by="operator", reason="at lunch")

    assert console(event) == (
        '2026-01-05 00:00:00.500 info    campaign.paused      acme/spring by=operator reason="at lunch"\n'
    )


def test_the_console_leaves_out_what_has_no_value() -> None:
    event = CallEnded(
        call="c-1",
        contact="17",
        number="+14155550100",
        connection="east",
        outcome="busy",
        disposition=None,
        ring_seconds=None,
        talk_seconds=None,
        cause=None,
    )

    assert console(event).endswith("call=c-1 contact=17 number=+14155550100 connection=east outcome=busy\n")


def test_tenant_and_campaign_come_first_in_a_line_whatever_its_event() -> None:
    ringing = CallRinging("c-1", "17", "+14155550100", "east", tenant="acme", campaign="spring")

    line = JsonRenderer()(None, "info", {"time": 0.5, "record": ringing})

    assert list(json.loads(line))[:6] == ["timestamp", "level", "event", "tenant", "campaign", "call"]


def test_tables_stand_in_the_line_as_json() -> None:
    event = NumberWeights(campaign="spring", numbers=[{"number": "+1", "weight": 0.5}])

    assert console(event).endswith('spring numbers=[{"number":"+1","weight":0.5}]\n')


@pytest.mark.parametrize("text", ["", "a b", "a=b", '"', "{}", "[1]", "a\tb", "a\\b", "a\nb", "\x1b[m"])
def test_a_word_that_could_be_mistaken_is_quoted(text: str) -> None:
    shown = console(CampaignPaused(by=text)).partition(" by=")[2]

    assert shown.startswith('"')
    assert json.loads(shown) == text


@given(st.text(st.characters(exclude_categories=())), st.booleans())
def test_one_event_is_one_line_on_the_console_too(text: str, color: bool) -> None:
    event = CampaignPaused(tenant=text, campaign=text, by=text, reason=text)

    line = console(event, color=color)

    assert len(line.splitlines()) == 1
    assert line.endswith("\n")
    assert not set(line) & set("\x7f\x85\x9b\u2028\u2029\u202e\u2066\ufeff\r\x07")


def test_text_from_outside_brings_no_colors_of_its_own() -> None:
    assert "\x1b" not in console(CampaignPaused(by="\x1b[31mred", tenant="\x1b]0;title\x07"))


def test_colors_are_written_only_when_asked_for() -> None:
    assert "\x1b[" not in console(CampaignPaused(by="operator"))
    assert console(CampaignPaused(by="operator"), color=True).startswith(
        "\x1b[2m2026-01-05 00:00:00.500\x1b[0m"
    )


@pytest.mark.parametrize(
    ("stream", "log_format", "expected"),
    [
        (PIPE, LogFormat.AUTO, JsonRenderer),
        (PIPE, LogFormat.CONSOLE, ConsoleRenderer),
        (Terminal(), LogFormat.AUTO, ConsoleRenderer),
        (Terminal(), LogFormat.JSON, JsonRenderer),
    ],
)
def test_json_is_written_unless_there_is_a_terminal(
    stream: io.StringIO, log_format: LogFormat, expected: type
) -> None:
    assert isinstance(choose_renderer(stream, log_format), expected)


@pytest.mark.parametrize(
    ("stream", "color", "environ", "colored"),
    [
        (Terminal(), None, {}, True),
        (Terminal(), None, {"NO_COLOR": ""}, True),
        (Terminal(), None, {"NO_COLOR": "1"}, False),
        (Terminal(), None, {"TERM": "dumb"}, False),
        (Terminal(), False, {}, False),
        (Terminal(), True, {"NO_COLOR": "1"}, True),
        (PIPE, None, {}, False),
        (PIPE, True, {}, True),
    ],
)
def test_color_follows_the_flag_then_no_color_then_the_terminal(
    stream: io.StringIO, color: bool | None, environ: dict[str, str], colored: bool
) -> None:
    renderer = choose_renderer(stream, LogFormat.CONSOLE, color=color, environ=environ)

    line = renderer(None, "info", {"time": 0.0, "record": CampaignPaused(by="operator")})

    assert (b"\x1b[" in line) is colored
