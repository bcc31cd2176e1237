"""A real browser, and what is looked at on every page of the dashboard with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver import ActionChains, ChromeOptions, ChromeService, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from dagster_pipelines.dashboard.pages import PAGES
from tests.harness.pages import HOST, Dashboard

PHONE, DESK = (390, 844), (1240, 900)
PATIENCE_SECONDS = 30.0

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
)

PICTURES_SEEN = "return [...document.images].every(one => one.complete && one.naturalWidth > 0)"
WIDER_THAN_THE_SCREEN = (
    "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
)


class Browser:
    """A window of Chromium in which the dashboard is looked at."""

    def __init__(self, driver: webdriver.Chrome, dashboard: Dashboard) -> None:
        self.driver = driver
        self._address = f"http://{HOST}:{dashboard.port}"

    def go(self, path: str) -> None:
        """Open a page."""
        self.driver.get(self._address + path)

    @property
    def path(self) -> str:
        """The page that is open."""
        return self.driver.current_url.removeprefix(self._address)

    def resize(self, size: tuple[int, int]) -> None:
        """Make the window, inside, as large as a screen."""
        width, height = size
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )

    def see(self, css: str) -> str:
        """Return the text of the first thing of a kind."""
        return self.driver.find_element(By.CSS_SELECTOR, css).text

    def choose(self, name: str, words: str) -> None:
        """Choose something by its words and press the button, by keyboard."""
        Select(self.driver.find_element(By.NAME, name)).select_by_visible_text(words)
        button = self.driver.find_element(By.CSS_SELECTOR, "form button")
        button.send_keys(Keys.ENTER)
        WebDriverWait(self.driver, PATIENCE_SECONDS).until(staleness_of(button))

    def open_table(self, figure: str) -> None:
        """Open the table behind a figure, by keyboard."""
        self.driver.find_element(By.CSS_SELECTOR, f"{figure} summary").send_keys(Keys.ENTER)

    def go_back(self) -> None:
        """Go back to where one was before."""
        self.driver.back()

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self) -> str:
        """Return the text of what has the focus."""
        return self.driver.switch_to.active_element.text

    def complaints(self) -> list[str]:
        """Return what the console has said since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@contextmanager
def browser(dashboard: Dashboard) -> Iterator[Browser]:
    """Open a browser; without one (Debian's chromium and chromium-driver) the test is skipped."""
    driver = shutil.which("chromedriver")
    if driver is None:
        pytest.skip("there is no chromedriver: install Debian's chromium and chromium-driver")
    options = ChromeOptions()
    for option in _OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Nothing asks a server of Selenium's.
    os.environ["SE_AVOID_STATS"] = "true"
    window = webdriver.Chrome(options=options, service=ChromeService(driver))
    window.set_page_load_timeout(PATIENCE_SECONDS)
    try:
        yield Browser(window, dashboard)
    finally:
        window.quit()


def look_through(dashboard: Dashboard) -> None:
    """Open every page, on a phone and at a desk, and see that nothing is wrong with it."""
    with browser(dashboard) as window:
        for slug, page in PAGES.items():
            for size in (PHONE, DESK):
                window.resize(size)
                window.go(f"/{slug}")
                assert window.see("h1") == page.question
                assert window.driver.execute_script(PICTURES_SEEN), slug
                assert window.driver.execute_script(WIDER_THAN_THE_SCREEN) <= 0, (slug, size)
        assert window.complaints() == []
