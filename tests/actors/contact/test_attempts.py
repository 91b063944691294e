"""What follows when a contact's call has ended."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from actors.contact.attempts import (
    ContactResult,
    Ended,
    Finish,
    RetryAt,
    RetryElsewhere,
    RetryKind,
    is_carrier_fault,
    next_attempt,
)
from actors.settings import RETRY_AFTER, CampaignSettings
from runtime.calls import E164, Outcome

NOW = 1_000_000.0
PRIMARY = E164("+14155550100")


def campaign(
    retry_after: Mapping[str, float] = RETRY_AFTER, max_attempts: int = 3, max_carrier_failures: int = 10
) -> CampaignSettings:
    return CampaignSettings(
        name="spring",
        tenant="acme",
        primary=PRIMARY,
        pool=(PRIMARY,),
        retry_after=retry_after,
        max_attempts=max_attempts,
        max_carrier_failures=max_carrier_failures,
    )


def ended(
    outcome: Outcome,
    disposition: str | None = None,
    ring_seconds: float | None = 12.0,
    attempts: int = 1,
    carrier_failures: int = 0,
    reached: bool = False,
    on_sticky: bool = False,
) -> Ended:
    return Ended(outcome, disposition, ring_seconds, attempts, carrier_failures, reached, on_sticky)


def fast_failure(
    attempts: int = 0, carrier_failures: int = 1, reached: bool = False, on_sticky: bool = False
) -> Ended:
    return ended(Outcome.FAILED, None, None, attempts, carrier_failures, reached, on_sticky)


@pytest.mark.parametrize(
    "outcome", [Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL, Outcome.FAILED, Outcome.UNKNOWN]
)
def test_an_outcome_that_stands_in_retry_after_is_tried_again_after_its_time(outcome: Outcome) -> None:
    decision = next_attempt(campaign(), ended(outcome), NOW)
    assert decision == RetryAt(NOW + RETRY_AFTER[outcome.value], RetryKind.RETRY, outcome.value)


def test_an_outcome_without_an_entry_is_final() -> None:
    assert next_attempt(campaign(), ended(Outcome.REJECTED), NOW) == Finish(
        ContactResult.EXHAUSTED, "rejected"
    )
    no_busy = {key: seconds for key, seconds in RETRY_AFTER.items() if key != "busy"}
    assert next_attempt(campaign(no_busy), ended(Outcome.BUSY), NOW) == Finish(
        ContactResult.EXHAUSTED, "busy"
    )


def test_an_answered_call_reaches_the_contact() -> None:
    assert next_attempt(campaign(), ended(Outcome.ANSWERED, "completed"), NOW) == Finish(
        ContactResult.REACHED, "completed"
    )


def test_an_answered_call_without_a_disposition_is_completed() -> None:
    assert next_attempt(campaign(), ended(Outcome.ANSWERED), NOW) == Finish(
        ContactResult.REACHED, "completed"
    )
    again = campaign({**RETRY_AFTER, "completed": 60.0})
    assert next_attempt(again, ended(Outcome.ANSWERED), NOW) == RetryAt(
        NOW + 60.0, RetryKind.RETRY, "completed"
    )


def test_a_callback_is_called_back() -> None:
    decision = next_attempt(campaign(), ended(Outcome.ANSWERED, "callback"), NOW)
    assert decision == RetryAt(NOW + 3600.0, RetryKind.CALLBACK, "callback")


def test_another_disposition_with_an_entry_is_a_retry_no_callback() -> None:
    settings = campaign({**RETRY_AFTER, "hung_up": 600.0})
    decision = next_attempt(settings, ended(Outcome.ANSWERED, "hung_up"), NOW)
    assert decision == RetryAt(NOW + 600.0, RetryKind.RETRY, "hung_up")


def test_an_entry_for_answered_serves_the_dispositions_without_one() -> None:
    settings = campaign({**RETRY_AFTER, "answered": 900.0})
    assert next_attempt(settings, ended(Outcome.ANSWERED, "hung_up"), NOW) == RetryAt(
        NOW + 900.0, RetryKind.RETRY, "hung_up"
    )
    assert next_attempt(settings, ended(Outcome.ANSWERED, "callback"), NOW) == RetryAt(
        NOW + 3600.0, RetryKind.CALLBACK, "callback"
    )


def test_a_disposition_says_nothing_of_a_call_that_was_not_answered() -> None:
    decision = next_attempt(campaign(), ended(Outcome.BUSY, "callback"), NOW)
    assert decision == RetryAt(NOW + RETRY_AFTER["busy"], RetryKind.RETRY, "busy")


def test_the_last_attempt_is_the_last() -> None:
    assert next_attempt(campaign(), ended(Outcome.BUSY, attempts=3), NOW) == Finish(
        ContactResult.EXHAUSTED, "attempt 3 of 3"
    )


def test_a_callback_on_the_last_attempt_ends_reached() -> None:
    assert next_attempt(campaign(), ended(Outcome.ANSWERED, "callback", attempts=3), NOW) == Finish(
        ContactResult.REACHED, "attempt 3 of 3"
    )


def test_a_contact_once_answered_ends_reached_though_later_attempts_fail() -> None:
    assert next_attempt(campaign(), ended(Outcome.REJECTED, attempts=2, reached=True), NOW) == Finish(
        ContactResult.REACHED, "rejected"
    )
    assert next_attempt(campaign(), ended(Outcome.NO_ANSWER, attempts=3, reached=True), NOW) == Finish(
        ContactResult.REACHED, "attempt 3 of 3"
    )


def test_a_failure_before_ringing_goes_to_another_number_at_once() -> None:
    assert next_attempt(campaign(), fast_failure(), NOW) == RetryElsewhere(
        "failed before it rang", RetryAt(NOW + 300.0, RetryKind.RETRY, "failed")
    )


def test_a_failure_before_ringing_with_no_retry_of_failures_ends_where_there_is_no_other_number() -> None:
    no_failed = {key: seconds for key, seconds in RETRY_AFTER.items() if key != "failed"}
    assert next_attempt(campaign(no_failed), fast_failure(), NOW) == RetryElsewhere(
        "failed before it rang", Finish(ContactResult.EXHAUSTED, "failed")
    )


def test_a_failure_before_ringing_never_leaves_a_standing_sticky() -> None:
    assert next_attempt(campaign(), fast_failure(reached=True, on_sticky=True), NOW) == RetryAt(
        NOW + 300.0, RetryKind.RETRY, "failed"
    )


def test_a_failure_before_ringing_does_not_count_towards_max_attempts() -> None:
    decision = next_attempt(campaign(max_attempts=1), fast_failure(attempts=0, carrier_failures=9), NOW)
    assert isinstance(decision, RetryElsewhere)


def test_failures_before_ringing_have_a_limit_of_their_own() -> None:
    assert next_attempt(campaign(), fast_failure(carrier_failures=10), NOW) == Finish(
        ContactResult.EXHAUSTED, "carrier failure 10 of 10"
    )
    assert next_attempt(campaign(), fast_failure(carrier_failures=10, reached=True), NOW) == Finish(
        ContactResult.REACHED, "carrier failure 10 of 10"
    )


def test_a_failure_that_rang_is_an_attempt_like_others() -> None:
    assert not is_carrier_fault(Outcome.FAILED, 3.0)
    assert next_attempt(campaign(), ended(Outcome.FAILED, ring_seconds=3.0), NOW) == RetryAt(
        NOW + 300.0, RetryKind.RETRY, "failed"
    )


def test_only_a_failure_without_ringing_is_a_carrier_fault() -> None:
    assert [outcome for outcome in Outcome if is_carrier_fault(outcome, None)] == [Outcome.FAILED]
    assert [outcome for outcome in Outcome if is_carrier_fault(outcome, 1.0)] == []


def test_a_canceled_call_ends_the_contact_canceled_or_reached() -> None:
    assert next_attempt(campaign(), ended(Outcome.CANCELED, attempts=3), NOW) == Finish(
        ContactResult.CANCELED, "canceled"
    )
    assert next_attempt(campaign(), ended(Outcome.CANCELED, reached=True), NOW) == Finish(
        ContactResult.REACHED, "canceled"
    )


def test_a_canceled_call_is_tried_again_where_the_campaign_says_so() -> None:
    settings = campaign({**RETRY_AFTER, "canceled": 120.0})
    assert next_attempt(settings, ended(Outcome.CANCELED), NOW) == RetryAt(
        NOW + 120.0, RetryKind.RETRY, "canceled"
    )
    assert next_attempt(settings, ended(Outcome.CANCELED, attempts=3), NOW) == Finish(
        ContactResult.EXHAUSTED, "attempt 3 of 3"
    )


keys = [outcome.value for outcome in Outcome] + ["completed", "callback", "hung_up"]
any_campaign = st.builds(
    campaign,
    st.dictionaries(st.sampled_from(keys), st.floats(min_value=1.0, max_value=1e6)),
    st.integers(1, 5),
    st.integers(1, 5),
)
any_ended = st.builds(
    Ended,
    st.sampled_from(Outcome),
    st.sampled_from([None, "completed", "callback", "hung_up"]),
    st.none() | st.floats(min_value=0.0, max_value=45.0),
    st.integers(0, 6),
    st.integers(0, 6),
    st.booleans(),
    st.booleans(),
)


@given(any_campaign, any_ended)
def test_nobody_is_called_beyond_a_limit(settings: CampaignSettings, call: Ended) -> None:
    decision = next_attempt(settings, call, NOW)
    fault = is_carrier_fault(call.outcome, call.ring_seconds)
    count, limit = (
        (call.carrier_failures, settings.max_carrier_failures)
        if fault
        else (call.attempts, settings.max_attempts)
    )
    if count >= limit:
        assert isinstance(decision, Finish)


@given(any_campaign, any_ended)
def test_a_contact_that_was_ever_answered_never_ends_otherwise_than_reached(
    settings: CampaignSettings, call: Ended
) -> None:
    assume(call.reached or call.outcome is Outcome.ANSWERED)
    decision = next_attempt(settings, call, NOW)
    if isinstance(decision, RetryElsewhere):
        decision = decision.otherwise
    assert isinstance(decision, RetryAt) or decision.result is ContactResult.REACHED


@given(any_campaign, any_ended)
def test_a_retry_is_due_after_a_configured_time_and_never_on_a_fault_elsewhere_than_its_sticky(
    settings: CampaignSettings, call: Ended
) -> None:
    decision = next_attempt(settings, call, NOW)
    if isinstance(decision, RetryElsewhere):
        assert is_carrier_fault(call.outcome, call.ring_seconds)
        assert not call.on_sticky
        decision = decision.otherwise
    if isinstance(decision, RetryAt):
        assert decision.due in {NOW + seconds for seconds in settings.retry_after.values()}
        assert (decision.kind is RetryKind.CALLBACK) == (decision.why == "callback")


@given(any_campaign, any_ended)
def test_a_contact_that_was_never_answered_is_not_reached(settings: CampaignSettings, call: Ended) -> None:
    assume(not call.reached and call.outcome is not Outcome.ANSWERED)
    decision = next_attempt(settings, call, NOW)
    if isinstance(decision, RetryElsewhere):
        decision = decision.otherwise
    if isinstance(decision, Finish):
        assert decision.result in {ContactResult.EXHAUSTED, ContactResult.CANCELED}


@given(any_campaign, any_ended)
def test_every_decision_says_why(settings: CampaignSettings, call: Ended) -> None:
    decision = next_attempt(settings, call, NOW)
    assert msgspec.structs.asdict(decision)["why"]
