"""No option is read that never binds: each has a test in which a run goes otherwise by it.

The table names the test; a new option without one fails here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from trunkline.config.models import (
    CampaignTable,
    ConnectionTable,
    EventTable,
    NumberTable,
    RunTable,
    SimulatedTable,
    StateTable,
    Table,
    TenantTable,
)

ROOT = Path(__file__).parents[3]
TABLES: dict[str, type[Table]] = {
    "tenants": TenantTable,
    "connections": ConnectionTable,
    "connections.options": SimulatedTable,
    "numbers": NumberTable,
    "campaigns": CampaignTable,
    "scenario.events": EventTable,
    "state": StateTable,
    "run": RunTable,
}
ATTEMPTS = "tests/trunkline/engine/test_attempt_options_bind.py"
CHOICE = "tests/trunkline/engine/test_choice_options_bind.py"
LIMITS = "tests/trunkline/engine/test_limits_bind.py"
EVENTS = "tests/trunkline/engine/test_scenario_events_bind.py"
CONTACTS = "tests/trunkline/engine/test_contact_options_bind.py"
SIMULATED = "tests/trunkline/engine/test_simulated_options_bind.py"
TURNS = "tests/trunkline/engine/test_turn_options_bind.py"
EMBED = "tests/trunkline/engine/test_embedding.py"
CLI = "tests/trunkline/cli/test_run_options.py"
CARRIER = "tests/runtime/carriers/test_simulated.py"
FAULTS = "tests/runtime/carriers/test_simulated_faults.py"
DISTRIBUTIONS = "tests/runtime/carriers/test_distributions.py"
CONFIG = "tests/trunkline/config/test_configuration.py"
PLAYER = "tests/trunkline/scenario/test_player.py"
LIBRARY = "tests/trunkline/scenario/test_library.py"
OUTPUTS = "tests/trunkline/cli/test_outputs.py"
STATE = "tests/trunkline/sharing/test_redis.py"
DOCTOR = "tests/trunkline/doctor/test_live.py"

BINDS = {
    "tenants.name": (CHOICE, "a_campaigns_numbers_are_its_tenants"),
    "tenants.max_concurrent": (LIMITS, "a_tenants_cap_binds"),
    "connections.name": (LIMITS, "a_disabled_connection_carries_no_call"),
    "connections.carrier": (EMBED, "the_carrier_is_told_whether_to_record"),
    "connections.max_concurrent": (LIMITS, "a_connections_limit_binds"),
    "connections.max_calls_per_second": (LIMITS, "a_call_rate_binds"),
    "connections.breaker_failure_rate": (LIMITS, "the_breakers_failure_rate_binds"),
    "connections.enabled": (LIMITS, "a_disabled_connection_carries_no_call"),
    "connections.options": (CONFIG, "the_simulated_carriers_options_go_to_each_connection_and_number"),
    "connections.options.answer_rate": (DISTRIBUTIONS, "outcomes_come_at_their_rates"),
    "connections.options.voicemail_rate": (DISTRIBUTIONS, "outcomes_come_at_their_rates"),
    "connections.options.busy_rate": (DISTRIBUTIONS, "outcomes_come_at_their_rates"),
    "connections.options.reject_rate": (DISTRIBUTIONS, "outcomes_come_at_their_rates"),
    "connections.options.failure_rate": (DISTRIBUTIONS, "outcomes_come_at_their_rates"),
    "connections.options.blocked_rate": (SIMULATED, "blocked_and_unallocated_calls_say_so"),
    "connections.options.unallocated_rate": (SIMULATED, "blocked_and_unallocated_calls_say_so"),
    "connections.options.country_factors": (SIMULATED, "factors_say_who_answers_where_and_at_which_hour"),
    "connections.options.hour_factors": (SIMULATED, "factors_say_who_answers_where_and_at_which_hour"),
    "connections.options.ring_seconds": (
        DISTRIBUTIONS,
        "ring_times_are_gamma_distributed_with_the_given_mean",
    ),
    "connections.options.talk_seconds": (DISTRIBUTIONS, "talk_times_are_log_normal_with_the_given_mean"),
    "connections.options.callback_rate": (CARRIER, "some_of_the_answered_ask_for_a_callback"),
    "connections.options.real_limit": (
        FAULTS,
        "a_call_above_the_real_limit_meets_congestion_without_ringing",
    ),
    "connections.options.lose_events": (FAULTS, "a_lost_event_is_never_reported"),
    "connections.options.late_events": (FAULTS, "a_late_event_comes_within_thirty_seconds"),
    "connections.options.duplicate_events": (FAULTS, "a_duplicate_event_is_reported_twice"),
    "connections.options.setup_ms": (CARRIER, "a_call_rings_after_setup"),
    "connections.options.changes": (FAULTS, "calls_in_an_outage_fail_before_ringing"),
    "numbers.number": (CHOICE, "the_primary_joins_the_pool_and_the_pool_is_dialed_from"),
    "numbers.tenant": (CHOICE, "a_campaigns_numbers_are_its_tenants"),
    "numbers.connection": (LIMITS, "a_disabled_connection_carries_no_call"),
    "numbers.status": (LIMITS, "a_number_that_is_not_active_is_not_dialed_from"),
    "numbers.max_concurrent": (LIMITS, "a_numbers_limit_binds"),
    "numbers.max_calls_per_day": (LIMITS, "a_numbers_day_cap_binds_until_its_day_ends_where_it_lives"),
    "numbers.timezone": (LIMITS, "a_numbers_day_cap_binds_until_its_day_ends_where_it_lives"),
    "numbers.simulated": (SIMULATED, "a_number_of_its_own_habits_is_answered_otherwise"),
    "campaigns.name": (CLI, "only_the_campaign_that_is_named_is_dialed"),
    "campaigns.tenant": (CHOICE, "a_campaigns_numbers_are_its_tenants"),
    "campaigns.primary": (CHOICE, "the_primary_joins_the_pool_and_the_pool_is_dialed_from"),
    "campaigns.pool": (CHOICE, "the_primary_joins_the_pool_and_the_pool_is_dialed_from"),
    "campaigns.contacts": (CONFIG, "contacts_are_looked_for_beside_the_configuration"),
    "campaigns.contacts_encoding": (CONTACTS, "a_file_is_read_in_the_encoding_that_is_said"),
    "campaigns.default_region": (CONTACTS, "numbers_written_nationally_are_read_in_the_default_region"),
    "campaigns.prefer_country_match": (
        CHOICE,
        "contacts_are_called_from_their_country_unless_told_otherwise",
    ),
    "campaigns.prefer_area_match": (CHOICE, "contacts_are_called_from_their_area_if_wanted"),
    "campaigns.nearby_hours": (CHOICE, "nearby_is_as_far_as_the_campaign_says"),
    "campaigns.match_when_full": (CHOICE, "a_full_match_is_waited_for_or_spilled_from"),
    "campaigns.sticky_when_full": (CHOICE, "a_full_sticky_number_is_waited_for_or_spilled_from"),
    "campaigns.rotation": (CHOICE, "the_rotation_says_how_a_number_is_drawn"),
    "campaigns.prior_attempts": (CHOICE, "weights_are_slow_to_part_with_much_prior"),
    "campaigns.half_life_attempts": (CHOICE, "a_short_half_life_forgets_what_was"),
    "campaigns.exploration": (CHOICE, "exploration_draws_evenly_now_and_then"),
    "campaigns.max_attempts": (ATTEMPTS, "a_contact_is_tried_so_many_times"),
    "campaigns.max_carrier_failures": (ATTEMPTS, "carrier_failures_have_a_limit_of_their_own"),
    "campaigns.retry_after": (ATTEMPTS, "a_retry_comes_when_its_outcome_says"),
    "campaigns.calling_hours": (ATTEMPTS, "calls_are_placed_inside_the_calling_hours_on_the_calling_days"),
    "campaigns.calling_days": (ATTEMPTS, "calls_are_placed_inside_the_calling_hours_on_the_calling_days"),
    "campaigns.default_timezone": (ATTEMPTS, "the_default_timezone_is_for_those_who_have_none"),
    "campaigns.start_at": (ATTEMPTS, "a_campaign_begins_when_it_says"),
    "campaigns.priority": (TURNS, "the_highest_priority_goes_first"),
    "campaigns.max_ring_seconds": (ATTEMPTS, "a_call_rings_so_long_and_no_longer"),
    "campaigns.max_call_seconds": (ATTEMPTS, "a_call_lasts_so_long_and_no_longer"),
    "campaigns.dispositions": (EMBED, "a_disposition_decides_what_follows_an_answered_call"),
    "campaigns.max_concurrent": (LIMITS, "a_campaigns_limit_binds"),
    "campaigns.share": (TURNS, "shares_hold_within_five_percent_over_a_thousand_grants"),
    "campaigns.keep_open": (EMBED, "contacts_can_be_added_to_an_open_campaign_until_it_is_closed"),
    "campaigns.recording": (EMBED, "the_carrier_is_told_whether_to_record"),
    "campaigns.auto_quarantine": (
        DOCTOR,
        "auto_quarantine_rests_a_number_that_dropped_and_tries_it_again",
    ),
    "campaigns.max_resting_share": (DOCTOR, "no_more_of_the_pool_rests_than_max_resting_share"),
    "campaigns.quarantine": (DOCTOR, "auto_quarantine_rests_a_number_that_dropped_and_tries_it_again"),
    "campaigns.log_phone_numbers": (CONTACTS, "phone_numbers_are_masked_in_the_log_if_wanted"),
    "scenario.events.at": (EVENTS, "an_event_of_a_scenario_comes_to_pass_at_its_time"),
    "scenario.events.kind": (EVENTS, "an_event_of_a_scenario_comes_to_pass_at_its_time"),
    "scenario.events.number": (EVENTS, "an_event_of_a_scenario_comes_to_pass_at_its_time"),
    "scenario.events.connection": (EVENTS, "an_event_of_a_scenario_comes_to_pass_at_its_time"),
    "scenario.events.campaign": (EVENTS, "what_a_scenario_lowers_it_can_lift"),
    "scenario.events.tenant": (EVENTS, "an_event_of_a_scenario_comes_to_pass_at_its_time"),
    "scenario.events.limit": (EVENTS, "an_event_of_a_scenario_comes_to_pass_at_its_time"),
    "scenario.events.reason": (EVENTS, "an_event_of_a_scenario_comes_to_pass_at_its_time"),
    "scenario.events.factor": (PLAYER, "a_factor_is_of_the_limit_in_force_and_leaves_one_call"),
    "scenario.events.real_limit": (LIBRARY, "a_carrier_is_congested"),
    "scenario.events.rate": (LIBRARY, "events_are_lost_and_late"),
    "scenario.events.answer_rate": (LIBRARY, "answer_rate_drops_suddenly"),
    "scenario.events.count": (LIBRARY, "a_burst_of_contacts_joins"),
    "scenario.events.region": (
        PLAYER,
        "joining_contacts_are_valid_distinct_and_of_the_region_asked_for",
    ),
    "scenario.events.contacts": (
        PLAYER,
        "contacts_of_a_file_join_and_what_cannot_be_dialed_is_rejected",
    ),
    "scenario.events.lasts": (PLAYER, "a_limit_for_a_time_is_given_back"),
    "state.url": (STATE, "the_state_that_the_configuration_names_is_shared"),
    "state.lease": (STATE, "a_lease_that_is_over_lets_nobody_dial_until_redis_is_back"),
    "state.namespace": (STATE, "daemons_of_different_namespaces_share_nothing"),
    "state.generation": (STATE, "a_daemon_whose_file_is_of_an_older_generation_follows"),
    "run.journal": (CLI, "quiet_says_results_and_errors_only"),
    "run.doctor": (DOCTOR, "without_the_doctor_nothing_is_advised"),
    "run.threshold": (OUTPUTS, "a_failed_threshold_ends_with_3_and_says_so"),
    "run.abort_on_fail": (OUTPUTS, "a_threshold_may_stop_the_run"),
    "run.summary": (OUTPUTS, "a_simulation_writes_its_summary_and_its_tables"),
    "run.csv": (OUTPUTS, "a_simulation_writes_its_summary_and_its_tables"),
    "run.report": (OUTPUTS, "what_cannot_be_written_in_the_end_is_said_of_each_file"),
    "run.seed": ("tests/trunkline/cli/test_simulate.py", "another_seed_dials_another_run"),
    "run.campaign": (CLI, "only_the_campaign_that_is_named_is_dialed"),
    "run.start": (CLI, "virtual_time_starts_when_it_is_told"),
    "run.time_scale": (CLI, "a_time_scale_shortens_calls"),
    "run.drain": (CLI, "after_the_drain_calls_are_hung_up"),
    "run.log_file": ("tests/trunkline/cli/test_simulate.py", "the_log_can_go_to_standard_output"),
    "run.log_level": (CLI, "the_log_level_says_what_is_logged"),
    "run.quiet": (CLI, "quiet_says_results_and_errors_only"),
    "run.progress": (CLI, "a_progress_bar_is_shown_on_a_terminal_only_if_wanted"),
    "run.color": (CLI, "colour_is_as_wanted"),
}


def options() -> list[str]:
    return [f"{table}.{name}" for table, model in TABLES.items() for name in model.model_fields]


def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_option_has_a_test_in_which_it_binds() -> None:
    assert [option for option in options() if option not in BINDS] == []


def test_the_table_names_no_option_that_there_is_not() -> None:
    assert sorted(set(BINDS) - set(options())) == []


@pytest.mark.parametrize("path", sorted({path for path, _ in BINDS.values()}))
def test_each_test_that_is_named_is_there(path: str) -> None:
    wanted = {f"test_{name}" for file, name in BINDS.values() if file == path}
    assert sorted(wanted - names_in(path)) == []
