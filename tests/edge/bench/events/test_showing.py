from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from edge.bench.events.comparing import compare
from edge.bench.events.showing import compared_table, found_table, scenes_table, times_table
from protocol.kinds import Kind
from protocol.sentences import LANGUAGES, sentence
from tests.edge.bench.events.happenings import REASON, alert, event, report, scene

JUDGED = report(
    scene([event(10, 20), event(1, 5, kind=Kind.TAMPER)], [alert(11), alert(50)], kinds=tuple(Kind)),
    scene([event(10, 20)], [alert(13)], name="夜间入侵.mp4", kinds=tuple(Kind)),
)
FOUND = report(*(scene([event(10, 20)], [alert(11)], name=one.name, kinds=one.kinds) for one in JUDGED.scenes))


def printed(language: str) -> str:
    """All tables on a terminal of 80 columns."""
    page = StringIO()
    console = Console(file=page, width=80)
    console.print(found_table(JUDGED, language), times_table(JUDGED, language), scenes_table(JUDGED, language))
    console.print(compared_table(compare(FOUND, JUDGED), language))
    return page.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_fit_eighty_columns_and_cut_nothing_off(language: str) -> None:
    text = printed(language)
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    squeezed = "".join(text.split())
    assert sentence(REASON, language)[-5:].replace(" ", "") in squeezed


def test_chinese_tables_have_chinese_titles_kinds_and_units() -> None:
    text = printed("zh")
    for word in ("类型", "精确率", "召回率", "每摄像机", "小时误报", "净延迟/秒", "告警内容", "漏报", "合计", "烟火"):
        assert word in text
    for word in ("变差", "原值", "50.0 秒"):
        assert word in text
    for word in ("precision", "recall", "kind", "missed", "together", "worse", " s "):
        assert word not in text
