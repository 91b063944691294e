"""References and the registry as pykka has them, on threads and on trio alike."""

from __future__ import annotations

import threading
from typing import Any

import pykka
import pytest

from tests.runtime.kernel.runtimes import PATIENCE, Diary, Runtime, witness


def test_a_reference_names_its_actor(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)

    assert str(ref) == f"Witnessing ({ref.actor_urn})"
    assert repr(ref) == f"<ActorRef for {ref}>"


@pytest.mark.parametrize("message", [1, 1.5, {"a": "dict"}, ("a", "tuple"), ["a", "list"], None])
def test_any_object_may_be_a_message(runtime: Runtime, diary: Diary, message: Any) -> None:
    assert witness(runtime).start(diary).ask(message) == f"{message} indeed"


def test_ask_may_return_a_future(runtime: Runtime, diary: Diary) -> None:
    future = witness(runtime).start(diary).ask("who", block=False)

    assert isinstance(future, runtime.future)
    assert future.get(timeout=PATIENCE) == "who indeed"


def test_ask_gives_up_after_its_timeout(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)
    go_on = threading.Event()

    with pytest.raises(pykka.Timeout):
        ref.ask(lambda _actor: go_on.wait(PATIENCE), timeout=0.01)
    go_on.set()


def test_stop_tells_whether_the_actor_was_alive(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)

    assert ref.is_alive()
    assert ref.stop() is True
    assert ref.stop() is False
    assert not ref.is_alive()


def test_tell_to_a_dead_actor_raises(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)
    ref.stop()

    with pytest.raises(pykka.ActorDeadError) as caught:
        ref.tell("anybody?")

    assert str(caught.value) == f"{ref} not found"


def test_ask_of_a_dead_actor_raises_at_get(runtime: Runtime, diary: Diary) -> None:
    ref = witness(runtime).start(diary)
    ref.stop()

    future = ref.ask("anybody?", block=False)

    with pytest.raises(pykka.ActorDeadError) as caught:
        future.get(timeout=PATIENCE)
    assert str(caught.value) == f"{ref} not found"


def test_the_registry_finds_actors_by_urn_class_and_name(runtime: Runtime, diary: Diary) -> None:
    kind = witness(runtime)
    ref, other = kind.start(diary), kind.start(diary)

    assert pykka.ActorRegistry.get_by_urn(ref.actor_urn) is ref
    assert pykka.ActorRegistry.get_by_class(runtime.actor) == [ref, other]
    assert pykka.ActorRegistry.get_by_class_name("Witnessing") == [ref, other]
    assert pykka.ActorRegistry.get_by_urn("urn:nobody") is None


def test_the_registry_broadcasts(runtime: Runtime, diary: Diary) -> None:
    other_diary = Diary()
    kind = witness(runtime)
    kind.start(diary)
    kind.start(other_diary)

    pykka.ActorRegistry.broadcast("to all", target_class=kind)

    diary.until("got to all")
    other_diary.until("got to all")


def test_the_registry_stops_all_actors_last_started_first(runtime: Runtime, diary: Diary) -> None:
    def on_stop(self: Any) -> None:
        self.diary.write(f"stop {self.greeting}")

    kind = witness(runtime, on_stop=on_stop)
    for name in ("a", "b", "c"):
        kind.start(diary, name)

    assert pykka.ActorRegistry.stop_all() == [True, True, True]

    assert diary.until("stop a")[-3:] == ["stop c", "stop b", "stop a"]
