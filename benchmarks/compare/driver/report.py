"""Medians, spread and ratios of the rounds, as Markdown tables."""
import random
import statistics

from scenarios import BY_NAME

RIVALS = ("nginx", "haproxy")
NOISE = .08  # a smaller difference between two ratios counts as none
CONFIDENCE = .95
RESAMPLES = 2000
MANY_ROUNDS = 30  # from here on the interval decides, in place of the constant above

# kind of scenario -> columns (key, heading, format, scale); the first judged one carries best and spread
COLUMNS = {
    "requests": (("cpu_us", "CPU us per {unit}", ".1f", 1), ("per_second", "{unit}s/s", ",.0f", 1)),
    "bytes": (("gib_per_cpu_s", "GiB per CPU-s", ".2f", 1), ("gib_per_second", "GiB/s", ".2f", 1),
              ("cpu_us", "CPU us per {unit}", ",.0f", 1)),
    "latency": (("p50", "p50 us", ",.0f", 1), ("added_p50", "p50 added us", ",.0f", 1), ("p90", "p90 us", ",.0f", 1),
                ("p99", "p99 us", ",.0f", 1), ("p999", "p99.9 us", ",.0f", 1), ("cpu_us", "CPU us per {unit}", ".1f", 1)),
    "idle": (("bytes_each", "bytes each", ",.0f", 1), ("cpu_us", "CPU us per {unit}", ".1f", 1),
             ("rss", "RSS MB", ".1f", 1e-6)),
    "startup": (("milliseconds", "ms to the first answer", ",.0f", 1), ("rss", "RSS MB", ".1f", 1e-6)),
}
RATIOS = {"requests": "cpu_us", "bytes": "gib_per_cpu_s", "latency": "added_p50", "idle": "cpu_us", "startup": "milliseconds"}


def compared(scenario):
    """The column that carries a scenario's ratios and spread."""
    return scenario.compared or RATIOS[scenario.kind]


def interval(ratios):
    """Bootstrap interval of the median; the seed is fixed, so that the same samples print the same table."""
    generator = random.Random(1)
    medians = sorted(statistics.median(generator.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    cut = int(RESAMPLES * (1 - CONFIDENCE) / 2)
    return medians[cut], medians[-cut - 1]


class Results:
    """All samples: scenario -> list of rounds, a round maps a proxy to its sample."""

    def __init__(self, samples):
        self._samples = samples
        for rounds in samples.values():
            for one in rounds:
                direct = one.get("direct", {}).get("p50")
                for name, sample in one.items():
                    if direct and name != "direct" and "p50" in sample:
                        sample["added_p50"] = max(1.0, sample["p50"] - direct)

    def values(self, scenario, name, column):
        return [one[name][column] for one in self._samples.get(scenario, ()) if column in one.get(name, {})]

    def median(self, scenario, name, column):
        values = self.values(scenario, name, column)
        return statistics.median(values) if values else None

    def ratios(self, scenario, name, rival, column):
        """The ratio within each round, so that a slow moment of the machine hits both sides."""
        return [one[name][column] / one[rival][column] for one in self._samples.get(scenario, ())
                if one.get(name, {}).get(column) and one.get(rival, {}).get(column)]

    def ratio(self, scenario, name, rival, column):
        pairs = self.ratios(scenario, name, rival, column)
        return statistics.median(pairs) if pairs else None

    def spread(self, scenario, name, column):
        """The middle half of the rounds over the median, in percent."""
        values = self.values(scenario, name, column)
        if len(values) < 3:
            return None
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        return (high - low) / middle * 100 if middle else None

    def failure(self, scenario, name):
        return next((one[name]["failed"] for one in self._samples[scenario] if "failed" in one.get(name, {})), None)

    def names(self, scenario):
        return list(dict.fromkeys(name for one in self._samples[scenario] for name in one))

    def failed(self):
        return any(self.failure(scenario, name) for scenario in self._samples for name in self.names(scenario))


def scenario_table(results, scenario):
    columns, judged = COLUMNS[scenario.kind], compared(scenario)
    headings = [heading.format(unit=scenario.unit) for _, heading, _, _ in columns]
    loaded = scenario.kind in ("requests", "bytes", "latency")
    rows = [["", *headings, "best", "IQR %", *(f"x {rival}" for rival in RIVALS),
             *(("proxy busy", "load busy", "foreign") if loaded else ())]]
    for name in results.names(scenario.name):
        failure = results.failure(scenario.name, name)
        if failure:
            rows.append([name, f"FAILED: {failure}"] + [""] * (len(rows[0]) - 2))
            continue
        row = [name]
        for key, _, form, scale in columns:
            row.append(_show(results.median(scenario.name, name, key), form, scale))
        values = results.values(scenario.name, name, judged)
        form, scale = next((form, scale) for key, _, form, scale in columns if key == judged)
        row.append(_show((max if scenario.kind == "bytes" else min)(values) if values else None, form, scale))
        row.append(_show(results.spread(scenario.name, name, judged), ".0f"))
        row += [_show(results.ratio(scenario.name, name, rival, judged), ".2f") for rival in RIVALS]
        if loaded:
            row += [_show(results.median(scenario.name, name, key), ".2f") for key in ("proxy_busy", "load_busy", "foreign")]
        rows.append(row)
    return f"### {scenario.name}: {scenario.title}\n\n{markdown(rows)}\n"


def summary_table(results, scenarios, name, build):
    """One row for each figure that the project wants to reach; `build` is native, portable, or None where nobody knows."""
    rows = [["work", "figure", name, *(f"x {rival}" for rival in RIVALS), "judged", f"{CONFIDENCE:.0%} interval", "to reach",
             "stretch", "verdict"]]
    for scenario in scenarios:
        for figure in scenario.figures:
            value = results.median(scenario.name, name, figure.column)
            if value is None:
                continue
            judged, against, ratios = _judged(results, scenario, figure, name)
            form = next((form for key, _, form, _ in COLUMNS[scenario.kind] if key == figure.column), ".1f")
            low_high = interval(ratios) if len(ratios) >= 3 else None
            reach = figure.native_reach if build == "native" and figure.native_reach is not None else figure.reach
            rows.append([scenario.title, figure.label, _show(value, form, figure.scale),
                         *(_show(results.ratio(scenario.name, name, rival, figure.column), ".2f") for rival in RIVALS),
                         f"{_show(judged, '.2f' if against else form)}{against}",
                         f"{low_high[0]:.3f} to {low_high[1]:.3f}" if low_high else "-",
                         "-" if reach is None else f"{'>=' if figure.higher_is_better else '<='} {reach:,g}",
                         "-" if figure.stretch is None else f"{figure.stretch:,g}",
                         _verdict(figure, reach, judged, against != "", low_high if len(ratios) >= MANY_ROUNDS else None)])
    return markdown(rows)


def _judged(results, scenario, figure, name):
    """The number that the target is about, what it is relative to, and its values in the rounds, if it has some."""
    value = results.median(scenario.name, name, figure.column)
    if figure.against == "plain":
        return value * figure.scale, "", ()
    if figure.against in BY_NAME:
        other = results.median(figure.against, name, figure.column)
        return (value / other if other else None), f" x {figure.against}", ()
    rivals = RIVALS if figure.against == "better" else (figure.against,)
    known = [(results.median(scenario.name, rival, figure.column), rival) for rival in rivals]
    known = [pair for pair in known if pair[0] is not None]
    if not known:
        return None, "", ()
    rival = (max if figure.higher_is_better else min)(known)[1]
    ratios = results.ratios(scenario.name, name, rival, figure.column)
    return (statistics.median(ratios) if ratios else None), f" x {rival}", ratios


def _verdict(figure, reach, judged, is_ratio, low_high):
    """`low_high` is the interval, if there were enough rounds: a figure is short only when all of it is."""
    def meets(value, limit):
        return limit is not None and (value >= limit if figure.higher_is_better else value <= limit)
    if judged is None:
        return "-"
    if meets(judged, figure.stretch):
        return "stretch"
    if meets(judged, reach):
        return "reached"
    if reach is None:
        return "-"
    best = judged if not is_ratio else judged + NOISE if figure.higher_is_better else judged - NOISE
    if low_high:
        best = low_high[1] if figure.higher_is_better else low_high[0]
    return "within the noise" if meets(best, reach) else "short"


def _show(value, form, scale=1):
    return "-" if value is None else format(value * scale, form)


def markdown(rows):
    widths = [max(len(row[i]) for row in rows if not row[min(1, len(row) - 1)].startswith("FAILED") or i == 0)
              for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.rjust(width) if i else cell.ljust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))) + " |" for row in rows]
    rule = "|" + "|".join("-" * (width + 1) + (":" if i else "-") for i, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
