"""How figures are drawn: charts of Vega-Lite, and what they look like as pictures.

Colours are those of Okabe and Ito, which people who see few colours tell apart; lines differ in
their dashes as well, and what is withheld is said, not coloured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import vl_convert

from dagster_pipelines.dashboard.published import Row

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [10, 4], [3, 1], [1, 3]]
INK, FAINT = "#1b1f24", "#d6dae0"
WIDTH, HEIGHT, ROW_HEIGHT = 560, 250, 22
# Fonts of one width: what is measured here is drawn with whichever of them a reader has.
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
PER_CENT = "~%"

_CONFIG: dict[str, Any] = {
    "background": "white",
    "font": FONT,
    # Where a reader's fonts are wider than those that were measured, names need it on the left.
    "padding": {"left": 24, "right": 12, "top": 5, "bottom": 5},
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": FAINT,
        "domainColor": INK,
        "tickColor": INK,
        "labelLimit": 200,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 13,
        "labelColor": INK,
        "symbolStrokeWidth": 2,
        "symbolSize": 300,
        "labelLimit": 240,
        "columns": 3,
    },
}


def picture(chart: alt.TopLevelMixin) -> str:
    """Return a chart as SVG."""
    specification = {**chart.to_dict(), "config": _CONFIG}
    if isinstance(specification.get("width"), int):
        # The width is that of all of it, however long the labels are.
        specification["autosize"] = {"type": "fit-x", "contains": "padding"}
    svg: str = vl_convert.vegalite_to_svg(specification)
    return svg


def lines(
    rows: Sequence[Row],
    x: str,
    series: str | None,
    unit: str,
    *,
    is_share: bool = False,
    x_title: str | None = None,
) -> alt.TopLevelMixin:
    """Return lines of `value` over `x`, a date or a number, one for each value of `series`.

    A line has a gap where a cell is withheld.
    """
    names = list(dict.fromkeys(row[series] for row in rows)) if series else []
    is_time = any(isinstance(row[x], date) for row in rows)
    along: dict[str, Any] = {
        "x": alt.X(
            f"{x}:{'T' if is_time else 'Q'}",
            title=x_title,
            axis=_along(rows, x) if is_time else alt.Axis(grid=False, format="d"),
            scale=alt.Scale(type="utc") if is_time else alt.Scale(nice=False),
        ),
        "y": _amount("value", unit, is_share=is_share),
    }
    base = alt.Chart(_data(rows, x, series, "value"), width=WIDTH, height=HEIGHT).encode(**along)
    invalid = "break-paths-show-domains"
    if not series:
        return alt.layer(
            base.mark_line(color=COLOURS[0], strokeWidth=2.5, invalid=invalid),
            base.mark_point(color=COLOURS[0], size=25, filled=True, opacity=1),
        )
    colour = alt.Color(
        f"{series}:N",
        sort=names,
        scale=alt.Scale(domain=names, range=_cycled(COLOURS, names)),
        legend=alt.Legend(symbolType="stroke"),
    )
    dash = alt.StrokeDash(
        f"{series}:N", sort=names, scale=alt.Scale(domain=names, range=_cycled(DASHES, names))
    )
    return alt.layer(
        base.mark_line(strokeWidth=2.5, invalid=invalid).encode(color=colour, strokeDash=dash),
        # Between two gaps there is no line to be seen.
        base.mark_point(size=25, filled=True, opacity=1).encode(
            color=alt.Color(f"{series}:N", sort=names, legend=None)
        ),
    )


def bars(
    rows: Sequence[Row],
    label: str,
    unit: str,
    *,
    is_share: bool = False,
    limits: tuple[float, float] | None = None,
) -> alt.TopLevelMixin:
    """Return a bar of `value` for each `label`, in the order of the rows."""
    return (
        alt.Chart(
            _data([row for row in rows if row["value"] is not None], label, "value"),
            width=WIDTH,
            height=alt.Step(ROW_HEIGHT),
        )
        .mark_bar(color=COLOURS[0])
        .encode(
            x=_amount("value", unit, is_share=is_share, of=alt.X, limits=limits),
            y=alt.Y(f"{label}:N", sort=[row[label] for row in rows], title=None),
        )
    )


def compared(
    rows: Sequence[Row], label: str, unit: str, *, is_share: bool = False
) -> alt.TopLevelMixin:
    """Return a dot for each `label`, beside where it was before: a hollow one."""
    shown = [row for row in rows if row["value"] is not None]
    base = alt.Chart(
        _data(shown, label, "value", "value_before"), width=WIDTH, height=alt.Step(ROW_HEIGHT)
    ).encode(y=alt.Y(f"{label}:N", title=None))
    x = _amount("value", unit, is_share=is_share, of=alt.X)
    known = base.transform_filter("isValid(datum.value_before)")
    return alt.layer(
        known.mark_rule(color=FAINT, strokeWidth=3).encode(x=x, x2="value_before:Q"),
        known.mark_point(filled=False, size=80, color=INK, opacity=1).encode(x="value_before:Q"),
        base.mark_point(filled=True, size=90, color=COLOURS[0], opacity=1).encode(x=x),
    )


def beside(
    rows: Sequence[Row], label: str, unit: str, *, is_share: bool = False
) -> alt.TopLevelMixin:
    """Return a dot for each `label`, on a band: the middle half of those that compare with it."""
    shown = [row for row in rows if row["value"] is not None]
    base = alt.Chart(
        _data(shown, label, "value", "lower_quartile", "median_team", "upper_quartile"),
        width=WIDTH,
        height=alt.Step(ROW_HEIGHT),
    ).encode(y=alt.Y(f"{label}:N", title=None))
    low = _amount("lower_quartile", unit, is_share=is_share, of=alt.X)
    return alt.layer(
        base.mark_bar(color=FAINT, height=14).encode(x=low, x2="upper_quartile:Q"),
        base.mark_tick(color=INK, thickness=2, height=14).encode(x="median_team:Q"),
        base.mark_point(filled=True, size=90, color=COLOURS[0], opacity=1).encode(x="value:Q"),
    )


def matrix(rows: Sequence[Row], unit: str, *, is_share: bool = False) -> alt.TopLevelMixin:
    """Return squares of `from_department` by `to_department`, the darker the more.

    Pairs with nothing between them are left white, withheld ones are crossed out.
    """
    data = _data(rows, "from_department", "to_department", "value", "is_withheld")
    base = alt.Chart(data, width=alt.Step(38), height=alt.Step(30)).encode(
        x=alt.X("to_department:N", title=None, axis=alt.Axis(labelAngle=-45, orient="top")),
        y=alt.Y("from_department:N", title=None),
    )
    amount = alt.Color(
        "value:Q",
        scale=alt.Scale(scheme="blues", domainMin=0),
        legend=alt.Legend(
            title=unit, orient="bottom", format=PER_CENT if is_share else ",d", tickCount=4
        ),
    )
    return alt.layer(
        base.transform_filter("!datum.is_withheld").mark_rect(stroke="white").encode(color=amount),
        base.transform_filter("datum.is_withheld").mark_text(color=INK).encode(text=alt.value("x")),
    )


def intervals(rows: Sequence[Row], label: str, unit: str) -> alt.TopLevelMixin:
    """Return a dot and its interval for each `label` and horizon, and a line at nothing."""
    shown = [
        {**row, "after": f"after {row['horizon_weeks']} weeks"}
        for row in rows
        if row["value"] is not None
    ]
    names = list(dict.fromkeys(row["after"] for row in shown))
    base = alt.Chart(
        _data(shown, label, "value", "interval_low", "interval_high", "after"),
        width=WIDTH,
    ).encode(
        y=alt.Y(f"{label}:N", title=None),
        yOffset=alt.YOffset("after:N", sort=names),
        color=alt.Color(
            "after:N", sort=names, scale=alt.Scale(domain=names, range=_cycled(COLOURS, names))
        ),
    )
    nothing = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color=INK, strokeDash=[4, 3])
    low = alt.X("interval_low:Q", title=unit)
    return alt.layer(
        nothing.encode(x="at:Q"),
        base.mark_rule(strokeWidth=3).encode(x=low, x2="interval_high:Q"),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x="value:Q", shape=alt.Shape("after:N", sort=names, legend=None)
        ),
    ).properties(height=alt.Step(ROW_HEIGHT))


def _amount(
    field: str,
    unit: str,
    *,
    is_share: bool,
    of: type = alt.Y,
    limits: tuple[float, float] | None = None,
) -> Any:
    axis = alt.Axis(tickCount=6, format=PER_CENT) if is_share else alt.Axis(tickCount=6)
    scale = alt.Scale(domain=list(limits)) if limits else alt.Scale(zero=True)
    return of(f"{field}:Q", title=unit, axis=axis, scale=scale)


def _along(rows: Sequence[Row], x: str) -> alt.Axis:
    """Return an axis of dates: of months, each is named."""
    dates = sorted({row[x] for row in rows})
    if all(day.day == 1 for day in dates):
        values = [{"year": day.year, "month": day.month, "date": 1, "utc": True} for day in dates]
        return alt.Axis(grid=False, format="%b %Y", values=values, labelOverlap=True)
    return alt.Axis(grid=False, format="%d %b", tickCount=7, labelOverlap=True)


def _cycled(values: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [values[place % len(values)] for place in range(len(names))]


def _data(rows: Sequence[Row], *fields: str | None) -> alt.Data:
    """Return fields of rows as Vega takes them: dates as text."""
    values = [{name: _plain(row[name]) for name in dict.fromkeys(fields) if name} for row in rows]
    return alt.Data(values=values)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
