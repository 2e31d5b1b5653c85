"""Runs Splink on a list of people and says, as JSON, what it took and how right it was.

  link.py LIST.csv [OTHER.csv] --setups setups.json --setup NAME [--truth FILE.csv] [--threads 2]

A set-up names the columns (an SQL expression each), how they are compared, the blocking
rules, and how the model is trained. Truth is the column `truth` of the list, or that of
another file with as many rows. With two lists, pairs are looked for between them.
What measuring how right it was takes is not in the processor seconds.
"""

import argparse
import json
import logging
import resource
import sys
import time

import duckdb
import numpy as np
import splink.comparison_library as cl
import splink.internals.comparison_level_library as cll
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FLOOR = -20  # match weight below which a pair is not kept


def compare(column, kind, tf):
    """The comparison that Splink offers for a kind of field."""
    c = {
        "name": lambda: cl.JaroWinklerAtThresholds(column, [0.92, 0.8]),
        "name3": lambda: cl.JaroWinklerAtThresholds(column, [0.92, 0.88, 0.7]),
        "text": lambda: cl.JaroWinklerAtThresholds(column, [0.9, 0.75]),
        "text3": lambda: cl.JaroWinklerAtThresholds(column, [0.95, 0.85, 0.7]),
        "date": lambda: cl.DateOfBirthComparison(column, input_is_string=True),
        # Dates as text: Levenshtein costs DuckDB a quarter of Damerau-Levenshtein.
        "date_text": lambda: cl.LevenshteinAtThresholds(column, [1, 2]),
        "date_damerau": lambda: cl.DamerauLevenshteinAtThresholds(column, [1, 2]),
        "id": lambda: cl.LevenshteinAtThresholds(column, [1, 2]),
        "id_damerau": lambda: cl.DamerauLevenshteinAtThresholds(column, [1, 2]),
        "email": lambda: cl.EmailComparison(column),
        "exact": lambda: cl.ExactMatch(column),
    }[kind]()
    return c.configure(term_frequency_adjustments=True) if tf else c


class Clock:
    """Processor and wall seconds by phase, all threads of this process."""

    def __init__(self):
        self.phases, self.last = {}, self.now()

    @staticmethod
    def now():
        u = resource.getrusage(resource.RUSAGE_SELF)
        k = resource.getrusage(resource.RUSAGE_CHILDREN)
        return u.ru_utime + u.ru_stime + k.ru_utime + k.ru_stime, time.perf_counter()

    def lap(self, phase):
        now = self.now()
        cpu, wall = self.phases.get(phase, (0.0, 0.0))
        self.phases[phase] = (cpu + now[0] - self.last[0], wall + now[1] - self.last[1])
        self.last = now


def load(con, files, setup, truth):
    """One table a file; the columns of the set-up and `row_id`, which counts from 0 over all files."""
    names, first = [], 0
    for i, path in enumerate(files):
        con.execute(f"CREATE TABLE raw{i} AS SELECT row_number() OVER () AS row_id_, * FROM "
                    f"read_csv(?, header=true, all_varchar=true, nullstr='', delim=?, strict_mode=false)",
                    [path, setup.get("delimiter", ",")]).fetchall()
        cols = ", ".join(f"nullif(trim(cast({sql} AS VARCHAR)), '') AS {name}" for name, sql in setup["columns"].items())
        con.execute(f"CREATE TABLE list{i} AS SELECT {first} + row_id_ - 1 AS row_id, {cols} FROM raw{i}").fetchall()
        names.append(f"list{i}")
        first += con.execute(f"SELECT count(*) FROM raw{i}").fetchall()[0][0]
    return names


def truth_of(con, files, path):
    if path:
        sql = "SELECT truth FROM read_csv(?, header=true, all_varchar=true)"
        labels = [con.execute(sql, [path]).fetchnumpy()["truth"]]
    else:
        labels = [con.execute(f"SELECT truth FROM raw{i} ORDER BY row_id_").fetchnumpy()["truth"] for i in range(len(files))]
    source = np.concatenate([np.full(len(x), i) for i, x in enumerate(labels)])
    return np.unique(np.concatenate([np.ma.filled(x, "") for x in labels]).astype(str), return_inverse=True)[1], source


def train(linker, setup):
    t = linker.training
    t.estimate_probability_two_random_records_match([block_on(*r) for r in setup["deterministic"]], recall=setup.get("recall", 0.8))
    yield "prior"
    t.estimate_u_using_random_sampling(max_pairs=setup.get("u_pairs", 1e7), seed=1)
    yield "u"
    for r in setup["em"]:
        try:
            t.estimate_parameters_using_expectation_maximisation(block_on(*r), estimate_without_term_frequencies=True)
        except Exception as e:  # a rule without pairs ends a session; the others may still train
            print(f"session on {r}: {e}", file=sys.stderr)
    yield "em"


def choose2(n):
    return n * (n - 1) / 2


def pairs_f1(tp, found, true):
    p, r = tp / found if found else 0.0, tp / true if true else 0.0
    return {"precision": round(p, 5), "recall": round(r, 5), "f1": round(2 * p * r / (p + r), 5) if p + r else 0.0}


def components(n, a, b):
    """A label a row: the smallest row among those that pairs join, however indirectly."""
    touched, at = np.unique(np.concatenate([a, b]), return_inverse=True)
    labels = np.arange(n)
    labels[touched] = touched[joined(len(touched), at[: len(a)], at[len(a):])]
    return labels


def joined(n, a, b):
    parent = list(range(n))

    def find(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for x, y in zip(a.tolist(), b.tolist()):
        x, y = find(x), find(y)
        if x != y:
            parent[max(x, y)] = min(x, y)
    return np.array([find(x) for x in range(n)])


def clusters_of(labels, truth, total):
    """Pairs implied by the clusters, B-cubed, and the share of the true clusters found whole."""
    joint = np.unique(np.stack([labels, truth]), axis=1, return_counts=True)
    size, entity = np.bincount(labels), np.bincount(truth)
    n = joint[1].astype(float)
    c, e = size[joint[0][0]], entity[joint[0][1]]
    out = pairs_f1(choose2(n).sum(), choose2(size.astype(float)).sum(), total)
    p, r = (n * n / c).sum() / len(labels), (n * n / e).sum() / len(labels)
    out["b_cubed"] = {"precision": round(p, 5), "recall": round(r, 5), "f1": round(2 * p * r / (p + r), 5)}
    out["exact"] = round(float((((n == c) & (n == e)).sum()) / len(entity)), 5)
    out["clusters"] = int((size > 0).sum())
    out["largest"] = int(size.max())
    return out


def best_clusters(w, a, b, truth, total):
    """The clusters at the best of sixty thresholds."""
    best = {"f1": -1}
    for t in np.linspace(w.min(), w.max(), 60):
        k = int((w >= t).sum())
        c = clusters_of(components(len(truth), a[:k], b[:k]), truth, total)
        if c["f1"] > best["f1"]:
            best = {"threshold": round(float(t), 3), **c}
    return best


def measure(edges, truth, source, between):
    """How right pairs and clusters are at every threshold and at even odds (match weight 0)."""
    w, a, b = edges
    order = np.argsort(-w, kind="stable")
    w, a, b = w[order], a[order], b[order]
    ok = truth[a] == truth[b]
    if between:
        counts = np.stack([np.bincount(truth[source == s], minlength=truth.max() + 1) for s in (0, 1)]).astype(float)
        total = (counts[0] * counts[1]).sum()
    else:
        total = choose2(np.bincount(truth).astype(float)).sum()
    out = {"true_pairs": int(total), "kept_pairs": int(len(w)), "kept_recall": round(float(ok.sum()) / total, 5) if total else None}
    if len(w):
        tp, n = np.cumsum(ok), np.arange(1, len(w) + 1)
        f = 2 * tp / (n + total)
        f[:-1][w[:-1] == w[1:]] = -1  # a threshold takes all pairs of one weight
        i = int(np.argmax(f))
        out["best"] = {"threshold": round(float(w[i]), 3), **pairs_f1(tp[i], n[i], total)}
        k = int((w >= 0).sum())
        out["even_odds"] = {"threshold": 0, "pairs": k, **pairs_f1(tp[k - 1] if k else 0, k, total)}
        k9 = int((w >= np.log2(0.95 / 0.05)).sum())
        out["p95"] = {"pairs": k9, **pairs_f1(tp[k9 - 1] if k9 else 0, k9, total)}
        if not between:
            out["clusters"] = clusters_of(components(len(truth), a[:k], b[:k]), truth, total)
            out["clusters_best"] = best_clusters(w, a, b, truth, total)
    return out


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("files", nargs="+")
    ap.add_argument("--setups", required=True)
    ap.add_argument("--setup", required=True)
    ap.add_argument("--truth")
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--no-truth", action="store_true")
    o = ap.parse_args()
    with open(o.setups, encoding="utf-8") as f:
        setup = json.load(f)[o.setup]
    logging.getLogger("splink").setLevel(logging.ERROR)
    clock = Clock()
    con = duckdb.connect()
    con.execute(f"SET threads = {o.threads}; SET preserve_insertion_order = true").fetchall()
    names = load(con, o.files, setup, o.truth)
    between = len(names) > 1
    clock.lap("read")
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="link_only" if between else "dedupe_only",
        unique_id_column_name="row_id",
        comparisons=[compare(c[0], c[1], len(c) > 2 and c[2] == "tf") for c in setup["compare"]],
        blocking_rules_to_generate_predictions=[block_on(*r) for r in setup["rules"]],
        retain_matching_columns=False, retain_intermediate_calculation_columns=False,
    )
    linker = Linker([api.register(n, dataset_display_name=n) for n in names], settings)
    clock.lap("prepare")
    for phase in train(linker, setup):
        clock.lap(phase)
    scored = linker.inference.predict(threshold_match_weight=FLOOR)
    clock.lap("predict")
    groups = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=0.5)
    clock.lap("cluster")
    out = {"setup": o.setup, "records": sum(con.execute(f"SELECT count(*) FROM {n}").fetchall()[0][0] for n in names),
           "phases": {k: {"cpu_seconds": round(v[0], 3), "wall_seconds": round(v[1], 3)} for k, v in clock.phases.items()},
           "cpu_seconds": round(sum(v[0] for v in clock.phases.values()), 3),
           "wall_seconds": round(sum(v[1] for v in clock.phases.values()), 3),
           "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "threads": o.threads}
    out["clusters"] = con.execute(f"SELECT count(DISTINCT cluster_id) FROM {groups.physical_name}").fetchall()[0][0]
    del groups
    out["pairs_blocked"] = blocked(con, names, setup["rules"])
    if not o.no_truth:
        truth, source = truth_of(con, o.files, o.truth)
        e = con.execute(f"SELECT match_weight AS w, row_id_l AS a, row_id_r AS b FROM {scored.physical_name}").fetchnumpy()
        out["truth"] = measure((np.asarray(e["w"], dtype=float), np.asarray(e["a"], dtype=np.int64), np.asarray(e["b"], dtype=np.int64)), truth, source, between)
    json.dump(out, sys.stdout)
    print()


def blocked(con, names, rules):
    """Pairs that the rules make: those of a rule that no earlier rule has made."""
    n = 0
    left, right = names[0], names[-1]
    order = "" if left != right else " AND l.row_id < r.row_id"
    for i, rule in enumerate(rules):
        eq = lambda r: "(" + " AND ".join(f"l.{c} = r.{c}" if c.isidentifier() else
                                            f"{on(c, 'l')} = {on(c, 'r')}" for c in r) + ")"
        before = "".join(f" AND NOT coalesce({eq(r)}, false)" for r in rules[:i])
        n += con.execute(f"SELECT count(*) FROM {left} l JOIN {right} r ON {eq(rule)}{order}{before}").fetchall()[0][0]
    return n


def on(expression, side):
    """The expression of a rule, such as substr(surname, 1, 3), on one side of a pair."""
    head, _, rest = expression.partition("(")
    return f"{head}({side}.{rest}"


main()
