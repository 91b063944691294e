"""report.html in a real browser, without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.trunkline.report.conftest import Report, make_report, tables

Open = Callable[..., Page]
Write = Callable[[str], Path]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    assert executable is not None, "script/test installs Debian's package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """What a page asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., tuple[Page, Watched]]]:
    contexts: list[BrowserContext] = []

    def show(path: Path, *, width: int = 1280, scheme: str = "light") -> tuple[Page, Watched]:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            offline=True,
        )
        contexts.append(context)
        page = context.new_page()
        watched = Watched(page)
        page.goto(path.as_uri())
        page.wait_for_function("document.documentElement.dataset.drawn", timeout=60_000)
        return page, watched

    yield show
    for context in contexts:
        context.close()


Show = Callable[..., tuple[Page, Watched]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_drawn_without_a_request_a_complaint_or_an_overflow(
    report: Report, write: Write, show: Show, width: int, scheme: str
) -> None:
    path = write(report.html)

    page, watched = show(path, width=width, scheme=scheme)

    assert watched.requests == [path.as_uri()]
    assert watched.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    charts = page.evaluate("document.querySelectorAll('.chart').length")
    drawn = page.evaluate(
        "[...document.querySelectorAll('.chart')]"
        ".filter((one) => one.querySelectorAll('.mark-area path, .mark-line path, .mark-rect path').length)"
        ".length"
    )
    assert charts == drawn >= 11
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(CLIPPED_TABLES) == []
    assert page.evaluate(CLIPPED_TEXTS) == []


CLIPPED_TABLES = """[...document.querySelectorAll('.scroll')]
    .filter((one) => one.clientWidth === 0 || one.scrollWidth > one.clientWidth + 1)
    .map((one) => `${one.ariaLabel}: ${one.scrollWidth} > ${one.clientWidth}`)"""

CLIPPED_TEXTS = """[...document.querySelectorAll('.chart svg')].flatMap((chart) => {
    const frame = chart.getBoundingClientRect();
    return [...chart.querySelectorAll('text')].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width > 0 && (box.bottom > frame.bottom + 0.5 || box.top < frame.top - 0.5
            || box.left < frame.left - 0.5 || box.right > frame.right + 0.5);
    }).map((one) => `${chart.closest('.chart').id}: ${one.textContent}`);
})"""


def test_a_table_is_still_a_table_where_a_narrow_screen_makes_blocks_of_it(
    report: Report, write: Write, show: Show
) -> None:
    page, _ = show(write(report.html), width=390)

    assert page.evaluate("getComputedStyle(document.querySelector('table.wide')).display") == "block"
    tree = page.locator("#campaigns").aria_snapshot()
    assert 'table "Campaigns"' in tree
    assert "rowheader" in tree


def test_text_can_be_read_on_its_paper_in_both_themes(report: Report, write: Write, show: Show) -> None:
    luminance = """(style) => {
        const [r, g, b] = style.match(/[0-9.]+/g).slice(0, 3).map((c) => c / 255)
            .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }"""
    for scheme in ("light", "dark"):
        page, _ = show(write(report.html), scheme=scheme)
        for selector in (".lead", ".card b", "td", ".badge", ".value"):
            ink, paper = page.evaluate(
                f"""(selector) => {{
                    const luminance = {luminance};
                    const one = document.querySelector(selector);
                    const paper = (element) => getComputedStyle(element).backgroundColor;
                    let around = one;
                    while (paper(around) === "rgba(0, 0, 0, 0)") around = around.parentElement;
                    return [luminance(getComputedStyle(one).color), luminance(paper(around))];
                }}""",
                selector,
            )
            lighter, darker = max(ink, paper), min(ink, paper)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (scheme, selector)


def test_the_toggle_changes_the_theme_and_draws_anew(report: Report, write: Write, show: Show) -> None:
    page, watched = show(write(report.html))
    before = page.evaluate("document.querySelector('#calls-chart .mark-area path').getAttribute('fill')")

    page.click("#theme")
    page.wait_for_function("document.documentElement.dataset.drawn === 'dark'")

    after = page.evaluate("document.querySelector('#calls-chart .mark-area path').getAttribute('fill')")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert before != after
    assert watched.complaints == []


def test_hostile_names_run_nothing(report: Report, write: Write, show: Show) -> None:
    page, watched = show(write(report.html))

    assert "</script>" in page.inner_text("h1")
    assert page.evaluate("document.querySelectorAll('script').length") == 3
    assert page.evaluate("document.querySelector('h1').children.length") == 0
    assert watched.complaints == []


def test_a_tooltip_names_every_connection(report: Report, write: Write, show: Show) -> None:
    page, _ = show(write(report.html))
    box = page.locator("#calls-chart svg").bounding_box()
    assert box is not None

    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6)
    page.mouse.move(box["x"] + box["width"] * 0.31, box["y"] + box["height"] * 0.6)
    page.wait_for_selector("#vg-tooltip-element.visible")

    said = page.inner_text("#vg-tooltip-element")
    assert all(name in said for name in ("ceiling", "in progress", "route-0", "route-1", "route-2"))


def test_many_numbers_are_drawn_as_rows(tmp_path: Path, write: Write, show: Show) -> None:
    many = make_report(tmp_path, tables(numbers=12), contacts=120)

    page, watched = show(write(many.html))

    assert watched.complaints == []
    assert page.evaluate("document.querySelectorAll('#numbers canvas').length") == 3
    painted = page.evaluate(
        """[...document.querySelectorAll('#numbers canvas')].map((one) => {
            const pixels = one.getContext('2d').getImageData(0, 0, one.width, one.height).data;
            return pixels.some((value) => value !== 0);
        })"""
    )
    assert painted == [True, True, True]


def test_a_run_without_a_mark_or_a_flag_is_drawn_in_quiet(tmp_path: Path, write: Write, show: Show) -> None:
    plain = tables(connections=1, numbers=1)
    del plain["scenario"]

    _, watched = show(write(make_report(tmp_path, plain, contacts=10).html))

    assert watched.complaints == []


def test_a_run_without_a_call_is_drawn_in_quiet(tmp_path: Path, write: Write, show: Show) -> None:
    page, watched = show(write(make_report(tmp_path, tables(connections=1, numbers=1), contacts=0).html))

    assert watched.complaints == []
    assert page.inner_text("#outcomes .lead") == "No call was placed."


def test_the_details_are_open_in_print(report: Report, write: Write, show: Show) -> None:
    page, _ = show(write(report.html))

    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.evaluate("[...document.querySelectorAll('details')].every((one) => one.open)")
