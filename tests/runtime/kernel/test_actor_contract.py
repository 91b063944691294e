"""An actor's life as pykka has it, on threads and on trio alike."""

from __future__ import annotations

import logging
import threading
import uuid
from typing import Any

import pykka
import pytest

from tests.runtime.kernel.runtimes import PATIENCE, Diary, Runtime, witness


def raises(error: Exception) -> Any:
    def hook(*_args: object) -> None:
        raise error

    return hook


def levels(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == "pykka" and each.levelno == level]


def test_an_actor_is_registered_before_it_starts(runtime: Runtime, diary: Diary) -> None:
    witness(runtime).start(diary)

    assert diary.until("start, registered") == ["start, registered"]


def test_on_start_comes_before_the_first_message(runtime: Runtime, diary: Diary) -> None:
    witness(runtime).start(diary).ask("hello")

    assert diary.until("got hello") == ["start, registered", "got hello"]


def test_constructor_arguments_reach_the_actor(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary, greeting="hi")

    assert ref.ask(lambda actor: actor.greeting) == "hi"


def test_an_actor_can_be_constructed_without_being_started(runtime: Runtime) -> None:
    actor = runtime.actor(1, 2, three=3)

    assert actor.actor_urn in str(actor)
    assert type(actor).__name__ in str(actor)


def test_each_actor_has_a_uuid_of_its_own(runtime: Runtime, diary: Diary) -> None:
    urns = {witness(runtime).start(diary).actor_urn for _ in range(3)}

    assert len(urns) == 3
    assert {uuid.UUID(urn).version for urn in urns} == {4}


def test_messages_told_in_the_constructor_are_handled_after_on_start(runtime: Runtime, diary: Diary) -> None:
    def tell_itself(self: Any, diary: Diary) -> None:
        super(actor, self).__init__(diary)
        self.actor_ref.tell("first words")

    actor = witness(runtime, __init__=tell_itself)
    actor.start(diary)

    assert diary.until("got first words") == ["start, registered", "got first words"]


def test_messages_of_one_sender_keep_their_order(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)

    for number in range(200):
        ref.tell(number)

    assert ref.ask("end") == "end indeed"
    assert diary.until("got end")[1:] == [f"got {number}" for number in range(200)] + ["got end"]


def test_stop_lets_earlier_messages_be_handled(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)
    ref.tell("before")

    assert ref.stop() is True

    assert diary.until("stop") == ["start, registered", "got before", "stop"]
    assert not ref.is_alive()
    assert pykka.ActorRegistry.get_all() == []


def test_a_message_to_itself_before_its_stop_is_handled(runtime: Runtime, diary: Diary) -> None:
    def last_words(actor: Any) -> None:
        actor.actor_ref.tell("last words")
        actor.stop()

    witness(runtime).start(diary).tell(last_words)

    assert diary.until("stop")[-2:] == ["got last words", "stop"]


def test_an_actor_may_stop_itself_twice(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)

    ref.tell(lambda actor: (actor.stop(), actor.stop()))

    assert diary.until("stop").count("stop") == 1


def test_an_actor_may_stop_in_on_start(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime, on_start=lambda self: self.stop()).start(diary)

    diary.until("stop")
    assert ref.actor_stopped.wait(PATIENCE)
    assert not ref.is_alive()


def test_what_is_left_in_the_mailbox_is_answered_with_an_error(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)
    go_on = threading.Event()
    ref.tell(lambda _actor: go_on.wait(PATIENCE))
    stopped = ref.stop(block=False)
    left = ref.ask("too late", block=False)
    stopped_again = ref.stop(block=False)
    go_on.set()

    with pytest.raises(pykka.ActorDeadError, match="stopped before handling the message"):
        left.get(timeout=PATIENCE)
    assert stopped.get(timeout=PATIENCE) is True
    assert stopped_again.get(timeout=PATIENCE) is True
    assert "got too late" not in diary


def test_an_exception_goes_to_the_one_who_asked_and_the_actor_lives_on(
    runtime: Runtime, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    ref = witness(runtime).start(diary)

    with caplog.at_level(logging.INFO, "pykka"), pytest.raises(ValueError, match="asked for"):
        ref.ask(ValueError("asked for"))

    assert ref.ask("still there?") == "still there? indeed"
    assert levels(caplog, logging.INFO) == [f"Exception returned from {ref} to caller:"]


def test_an_exception_nobody_asked_for_ends_the_actor(
    runtime: Runtime, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    ref = witness(runtime).start(diary)

    ref.tell(ValueError("told"))

    assert "stop" not in diary.until("failure: ValueError('told')")
    assert not ref.is_alive()
    assert pykka.ActorRegistry.get_all() == []
    assert levels(caplog, logging.ERROR) == [f"Unhandled exception in {ref}:"]


def test_an_exception_in_on_start_ends_the_actor(
    runtime: Runtime, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    ref = witness(runtime, on_start=raises(RuntimeError("no start"))).start(diary)

    assert ref.actor_stopped.wait(PATIENCE)
    assert levels(caplog, logging.ERROR) == [f"Unhandled exception in {ref}:"]


def test_an_exception_in_on_stop_is_logged(
    runtime: Runtime, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    ref = witness(runtime, on_stop=raises(RuntimeError("no stop"))).start(diary)

    assert ref.stop() is True

    assert levels(caplog, logging.ERROR) == [f"Unhandled exception in {ref}:"]


class Listener(logging.Handler):
    """Collects messages, and tells when there are as many as are waited for."""

    def __init__(self, count: int) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        self.complete = threading.Event()
        self._count = count

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
        if len(self.messages) == self._count:
            self.complete.set()


def test_an_exception_in_on_failure_is_logged_too(
    runtime: Runtime, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, listener = threading.Event(), Listener(2)
    monkeypatch.setattr(logging.getLogger("pykka"), "handlers", [listener])

    def on_failure(*_args: object) -> None:
        failed.set()
        raise RuntimeError("no failure")

    ref = witness(runtime, on_failure=on_failure).start(diary)
    ref.tell(ValueError("told"))

    assert failed.wait(PATIENCE)
    assert ref.actor_stopped.wait(PATIENCE)
    assert listener.complete.wait(PATIENCE)
    assert listener.messages == [f"Unhandled exception in {ref}:"] * 2


def test_a_base_exception_stops_every_actor(
    runtime: Runtime, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "pykka")
    other_diary = Diary()
    other = witness(runtime).start(other_diary)
    ref = witness(runtime).start(diary)

    ref.tell(BaseException("enough"))

    diary.until("stop")
    other_diary.until("stop")
    assert other.actor_stopped.wait(PATIENCE)
    assert pykka.ActorRegistry.get_all() == []
    assert f"BaseException('enough') in {ref}. Stopping all actors." in levels(caplog, logging.DEBUG)


def test_a_message_that_is_not_expected_is_logged(runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    plain: Any = type("Plain", (runtime.actor,), {})
    ref = plain.start()

    assert ref.ask("what now") is None

    assert levels(caplog, logging.WARNING) == [f"Unexpected message received by {ref}: what now"]
