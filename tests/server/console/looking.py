"""What a careful eye would notice on a page; looking.js measures it in the browser."""

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8").strip()


def low_contrast(page: Page) -> list[str]:
    """Texts below the ratios of WCAG 2.2 AA (4.5, large ones 3)."""
    found: list[str] = page.evaluate(f"{SCRIPT}.lowContrast()")
    return found


def small_targets(page: Page) -> list[str]:
    """What a finger would miss: less than 44 px to hit, for a link within text 24 px."""
    found: list[str] = page.evaluate(f"{SCRIPT}.smallTargets()")
    return found


def cut_off(page: Page) -> list[str]:
    """Texts that reach over the window's edge."""
    found: list[str] = page.evaluate(f"{SCRIPT}.cutOff()")
    return found


def sideways_px(page: Page) -> int:
    """How much wider than its window a page is."""
    over: int = page.evaluate(
        "Math.max(document.documentElement.scrollWidth, innerWidth) - Math.min(innerWidth, screen.width)"
    )
    return over


def focused(page: Page) -> tuple[str, bool] | None:
    """What has the focus and whether one can see that; None for nothing."""
    found = page.evaluate(f"{SCRIPT}.focused()")
    return (found[0], found[1]) if found else None
