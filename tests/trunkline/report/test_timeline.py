"""What the report collects over time agrees with the run."""

from __future__ import annotations

from tests.trunkline.report.conftest import Report
from trunkline.report.data import report_data
from trunkline.report.timeline import MOST_STEPS, Steps


def test_the_highest_of_the_chart_is_the_peak_of_the_summary(report: Report) -> None:
    data = report_data(report.timeline, report.counted)

    assert max(data.calls["total"]) == report.summary.peak  # type: ignore[type-var]  # numbers, all of them
    for index, one in enumerate(report.summary.connections):
        assert data.connections[index] == one.connection
        assert max(data.each[index].columns["most"]) == one.peak  # type: ignore[type-var]  # as above


def test_the_parts_add_up_at_every_point_and_stay_below_the_ceiling(report: Report) -> None:
    data = report_data(report.timeline, report.counted)

    for point, total in enumerate(data.calls["total"]):
        assert total == sum(data.calls[f"c{index}"][point] for index in range(3))  # type: ignore[misc]  # as above
    assert data.calls["t"][-1] == round(report.summary.seconds)
    assert report.timeline.ceiling.changes[0][1] == 8


def test_each_numbers_calls_are_all_counted(report: Report) -> None:
    lines = report.timeline.numbers.campaigns[report.summary.campaigns[0].campaign]

    for one in report.summary.numbers:
        line = lines[one.number]
        assert (sum(line.attempts), sum(line.answered), sum(line.counted)) == (
            one.attempts,
            one.answered,
            one.counted,
        )


def test_flags_and_limits_are_marked_once(report: Report) -> None:
    kinds = [mark.kind for mark in report.timeline.marks]

    assert kinds.count("number.flagged") == 1
    assert kinds.count("connection.limit_changed") == 1
    assert "scenario.applied" not in kinds


def test_steps_are_bounded_and_keep_the_highest() -> None:
    steps = Steps()

    for second in range(3 * MOST_STEPS):
        steps.set(float(second), 99 if second == 1000 else second % 7)

    assert len(steps.changes) <= MOST_STEPS
    assert max(value for _, value in steps.changes) == 99
