"""What bulk patterns cost, how well campaigns are found, and what changes of a text they survive.

    python bench/campaigns.py cost                 per message and in memory, on made-up texts
    python bench/campaigns.py distinct             ways to count different ones (the first two need no package)
    python bench/campaigns.py survival TEXTS...    JSON Lines with `text`: who still recognises a changed text
    python bench/campaigns.py stream STREAM HONEST...
                                                   a stream with `t`, `src`, `dst`, `text`, `group` among honest texts

Minima of several rounds: the machine may be shared. The decision is docs/decisions/0013-bulk-patterns.md.
"""

import collections
import gc
import gzip
import hashlib
import importlib
import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.apps.find_campaigns import Finder, Line
from pipeline.patterns import distinct, observations
from pipeline.patterns.subjects import range_of
from pipeline.patterns.watch import Watch
from pipeline.patterns.windows import LEAD, MESSAGE, UNKNOWN_CONSENT, Row
from pipeline.reading.distinct_text import mask
from pipeline.reading.fingerprint import are_alike, fingerprint, short_signature
from pipeline.reading.links import find_links, without_links
from pipeline.reading.normalise import normalise
from pipeline.testing.readers import build_reader
from pipeline.topologies.row_pages import Page, pack_page

KEY = b"bench"
ROUNDS = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAMES = ["Anna", "Bob", "Carlos", "Dmitri", "Eleni", "Fatima", "George", "Ivan", "Kwame", "Mohamed", "Priya", "Rosa"]
LOOK_ALIKES = dict(
    zip("aeocpxisOAEl", "\u0430\u0435\u043e\u0441\u0440\u0445\u0456\u0455\u041e\u0410\u04151", strict=True)
)
BANDS = {"5-9 words": (5, 9), "10-20 words": (10, 20), "20-40 words": (21, 40)}
CHANGES = ("link", "digits", "name", "letters", "tail")


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def seeded(seed: int) -> random.Random:
    """Draw the same each time."""
    return random.Random(seed)  # noqa: S311 - nothing to guess


def masked(text: str) -> str:
    """Bring a text into the form that fingerprints are made of."""
    return mask(normalise(without_links(text, find_links(text))))


def word(rng: random.Random, low: int = 3, high: int = 9) -> str:
    """Make up a word."""
    return "".join(rng.choices(LETTERS, k=rng.randint(low, high)))


def read_texts(paths: Iterable[str]) -> list[dict[str, Any]]:
    """Read JSON Lines, packed or not."""
    rows = []
    for path in paths:
        data = Path(path).read_bytes()
        rows += [json.loads(each) for each in (gzip.decompress(data) if path.endswith(".gz") else data).splitlines()]
    return rows


# --- cost -------------------------------------------------------------------------------------------------------------


def made_up_rows(count: int, rng: random.Random, per_second: int, workspaces: int) -> tuple[list[str], list[Row]]:
    """Make up messages of different texts: words of a vocabulary by Zipf's law, 8 to 25 to a text."""
    vocabulary = [word(rng) for _ in range(20_000)]
    weights = [1 / (rank + 5) for rank in range(len(vocabulary))]
    words = rng.choices(vocabulary, weights, k=count * 17)
    texts, rows, at = [], [], 0
    for number in range(count):
        length = rng.randint(8, 25)
        texts.append(" " + " ".join(words[at : at + length]) + " ")
        at = (at + length) % (len(words) - 25)
        workspace = rng.randrange(workspaces)
        recipient = f"+4479460{rng.randrange(100_000):05d}"
        rows.append(
            Row(
                1_700_006_400 + number // per_second,
                MESSAGE | (LEAD if number % 3 == 0 else 0) | (UNKNOWN_CONSENT if number % 10 == 0 else 0),
                f"ws-{workspace}",
                f"phone_number:+4477009{workspace:05d}",
                "integration:key-1",
                range_of(recipient),
                distinct.hash_of(recipient, KEY),
            )
        )
    return texts, rows


def cost() -> None:
    """Print microseconds a message and bytes a text."""
    say("new texts, one partition     microseconds a message")
    heads = " ".join(f"{head:>6}" for head in ("see", "rows", "due", "encode", "all"))
    say(f"{'messages/s':>10} {'workspaces':>10} {'fingerprint':>11} {heads}")
    for per_second, workspaces in ((200, 200), (1_000, 50), (1_000, 2_000), (4_000, 200)):
        best = [float("inf")] * 5
        for number in range(ROUNDS):
            best = list(map(min, best, one_cost(per_second, workspaces, number)))
        shown = " ".join(f"{each:6.1f}" for each in best[1:])
        say(f"{per_second:>10} {workspaces:>10} {best[0]:>11.1f} {shown} {sum(best):6.1f}")
    memory()


def one_cost(per_second: int, workspaces: int, seed: int) -> list[float]:
    """Time each part over messages of a few seconds, per message."""
    count = max(6 * per_second, 8_000)
    texts, bare = made_up_rows(count, seeded(seed), per_second, workspaces)
    gc.collect()
    gc.freeze()
    gc.disable()
    began = time.perf_counter()
    prints = [fingerprint(text) for text in texts]
    rows = [
        Row(
            row.second,
            row.flags,
            row.workspace,
            row.sender,
            row.credential,
            row.range,
            row.recipient,
            b"",
            p.keys,
            short_signature(p),
        )
        for row, p in zip(bare, prints, strict=True)
    ]
    spent = [time.perf_counter() - began, 0.0, 0.0, 0.0, 0.0]
    watch = Watch("bench-0@1", KEY)
    turn = max(1, per_second // 20)
    for at in range(0, count, turn):
        times = [time.perf_counter()]
        for row in rows[at : at + turn]:
            watch.see(row)
        times.append(time.perf_counter())
        pack_page(Page(0, tuple(rows[at : at + turn]), ()))
        times.append(time.perf_counter())
        due = watch.due(1_700_006_400_000 + (at + turn) * 1_000 // per_second)
        times.append(time.perf_counter())
        for observation in due.observations:
            observations.encode(observation)
        times.append(time.perf_counter())
        for part in range(4):
            spent[part + 1] += times[part + 1] - times[part]
    gc.enable()
    gc.unfreeze()
    return [each / count * 1e6 for each in spent]


def memory() -> None:
    """Print what a million different texts of a day take, of 2,000 workspaces, and then a flood from one of them."""
    rng = seeded(1)
    began = resident_megabytes()
    watch = Watch("bench-0@1", KEY)
    see_random(watch, rng, range(1_000_000), 2_000)
    day = resident_megabytes()
    see_random(watch, rng, range(1_000_000, 1_200_000), 1)
    say(
        f"\na million different texts in a day: {day - began} MB; 200,000 more, three times each, from one workspace: "
        f"{resident_megabytes() - began} MB"
    )


def resident_megabytes() -> int:
    """Give what the process has in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1_048_576


def see_random(watch: Watch, rng: random.Random, numbers: range, workspaces: int) -> None:
    """Let a watch see texts of random keys and signatures, twelve a second."""
    for number in numbers:
        second = 1_700_006_400 + number // 12
        keys = tuple([rng.getrandbits(32) | part << 32 for part in range(4)])
        recipient = f"+4479460{rng.randrange(100_000):05d}"
        workspace = f"ws-{rng.randrange(workspaces)}"
        row = Row(
            second,
            MESSAGE | LEAD,
            workspace,
            f"phone_number:{workspace}",
            "integration:key-1",
            range_of(recipient),
            distinct.hash_of(recipient, KEY),
            b"",
            keys,
            rng.randbytes(32),
        )
        for _ in range(1 if workspaces > 1 else 3):
            watch.see(row)
        if number % 600 == 0:
            watch.due(second * 1_000)


# --- different ones ---------------------------------------------------------------------------------------------------


class Registers:
    """HyperLogLog with one byte a register, to compare with."""

    def __init__(self, bits: int) -> None:
        """Make 2**bits registers."""
        self.bits, self.bytes = bits, bytearray(1 << bits)

    def add(self, hashed: int) -> None:
        """Add a hash of 64 bits."""
        at = hashed & ((1 << self.bits) - 1)
        rank = 65 - self.bits - (hashed >> self.bits).bit_length()
        if self.bytes[at] < rank:  # noqa: PLR1730 - twice as quick as max()
            self.bytes[at] = rank


def compare_distinct() -> None:
    """Print what adding, merging and holding costs."""
    names = [f"+4479460{number:05d}" for number in range(20_000)]
    numbers = [int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") for name in names]
    hashes = [distinct.hash_of(name, KEY) for name in names]

    def minima(count: int, part: int) -> bytes:
        found = b""
        for at in range(0, count, part):
            found = distinct.add(found, set(hashes[at : at + part]), 128)
        return found

    def registers(count: int) -> Registers:
        found = Registers(10)
        for number in numbers[:count]:
            found.add(number)
        return found

    half, other = minima(10_000, 50), distinct.add(b"", set(hashes[5_000:]), 128)
    left, right = registers(10_000), registers(20_000)
    say(f"{'':34} {'add 30':>8} {'add 20,000':>10} {'merge':>8} {'bytes at 30':>11} {'at 20,000':>9}   us a hash, us")
    show("smallest 128 hashes", lambda n: minima(n, 50), lambda: distinct.merge(half, other, 128), len)
    show(
        "HyperLogLog, 2**10 bytes", registers, lambda: bytes(map(max, left.bytes, right.bytes)), lambda r: len(r.bytes)
    )
    try:
        datasketches = importlib.import_module("datasketches")
    except ImportError:
        say("datasketches is not installed")
        return

    def sketch(count: int) -> Any:  # noqa: ANN401 - a package without types
        found = datasketches.hll_sketch(10, datasketches.tgt_hll_type.HLL_8)
        for name in names[:count]:
            found.update(name)
        return found

    one, two = sketch(10_000), sketch(20_000)

    def unite() -> object:
        union = datasketches.hll_union(10)
        union.update(one)
        union.update(two)
        return union.get_result()

    show("datasketches HLL, 2**10", sketch, unite, lambda s: len(s.serialize_compact()))


def show(name: str, fill: Callable[[int], Any], unite: Callable[[], object], size: Callable[[Any], int]) -> None:
    """Print a row."""
    few, many, merged = least(lambda: fill(30)) / 30, least(lambda: fill(20_000)) / 20_000, least(unite)
    say(f"{name:34} {few:8.2f} {many:10.2f} {merged:8.1f} {size(fill(30)):11} {size(fill(20_000)):9}")


def least(work: Callable[[], object]) -> float:
    """Time work, best of several rounds, in microseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best * 1e6


# --- survival ---------------------------------------------------------------------------------------------------------


def changed(text: str, changes: Sequence[str], rng: random.Random) -> str:
    """Change a text as campaigns do; `LINK`, `NAME` and `NUM` stand for what they fill in."""
    link, name = "https://old-place.example/a1", "Peter"
    if "link" in changes:
        link = f"https://{word(rng, 5, 10)}.{rng.choice(['com', 'top', 'info', 'xyz'])}/{word(rng, 5, 5)}"
    if "name" in changes:
        name = rng.choice(NAMES)
    words = [
        str(rng.randrange(10 ** rng.randint(1, 6))) if each == "NUM" and "digits" in changes else each
        for each in text.replace("NAME", name).split(" ")
    ]
    if "letters" in changes:
        words = [
            "".join(LOOK_ALIKES[c] if c in LOOK_ALIKES and rng.random() < 0.15 else c for c in w) if w != "LINK" else w
            for w in words
        ]
    if "tail" in changes:
        words += ["~~~", "".join(rng.choices(LETTERS + LETTERS.upper(), k=rng.randint(4, 7)))]
    return " ".join(words).replace("NUM", "4711").replace("LINK", link)


def survival(paths: Sequence[str]) -> None:
    """Print which share of changed texts is recognised as the original's."""
    rng = seeded(7)
    bands: dict[str, list[str]] = {band: [] for band in BANDS}
    seen: set[str] = set()
    for row in read_texts(paths):
        if row.get("lang", "en") != "en" or row.get("group", row["text"]) in seen:
            continue
        seen.add(row.get("group", row["text"]))
        links = find_links(row["text"])
        plain = without_links(row["text"], links).replace("\x01", " ")
        words = ["Hi", "NAME", *("NUM" if each.isdigit() else each for each in plain.split()), "LINK"]
        for band, (low, high) in BANDS.items():
            if low <= len(words) <= high and len(bands[band]) < 250:
                bands[band].append(" ".join(words))
    say(f"{'':12} {'texts':>5} " + " ".join(f"{change:>8}" for change in (*CHANGES, "all")) + "   % recognised")
    for band, texts in bands.items():
        shares = [recognised(texts, changes, rng) for changes in (*((change,) for change in CHANGES), CHANGES)]
        say(f"{band:12} {len(texts):>5} " + " ".join(f"{share:8.1f}" for share in shares))


def recognised(texts: Sequence[str], changes: Sequence[str], rng: random.Random) -> float:
    """Give the share of four changed copies of each text that share a key with it and agree."""
    found = 0
    for text in texts:
        first = fingerprint(masked(changed(text, (), rng)))
        for _ in range(4):
            second = fingerprint(masked(changed(text, changes, rng)))
            shares_key = not set(first.keys).isdisjoint(second.keys)
            found += shares_key and are_alike(short_signature(first), short_signature(second))
    return 100 * found / (4 * len(texts) or 1)


# --- the stream -------------------------------------------------------------------------------------------------------


def stream(paths: Sequence[str]) -> None:
    """Print how well the campaigns of a stream are found, with honest texts spread through its time."""
    rng = seeded(3)
    rows = read_texts(paths[:1])
    begin, end = rows[0]["t"], rows[-1]["t"]
    lines = []
    for row in rows:
        line = Line(row["id"], row["t"], row["text"], "gateway", row["src"], row["dst"])
        lines.append((row["t"], row["group"], line))
    honest = [row for row in read_texts(paths[1:]) if row.get("label") == "ham"]
    for number, row in enumerate(honest):
        at = rng.uniform(begin, end)
        line = Line(f"h{number}", at, row["text"], row["corpus"], f"s{rng.randrange(200)}", f"r{number}")
        lines.append((at, "", line))
    lines.sort(key=lambda each: each[0])
    finder = Finder(build_reader())
    began = time.process_time()
    answers = [(group, finder.answer(line)) for _, group, line in lines]
    spent = time.process_time() - began
    sizes = collections.Counter(group for group, _ in answers if group)
    large = {group for group, size in sizes.items() if size >= 20}
    precision, recall = b_cubed(answers, large, sizes)
    flagged: dict[str, int] = {}
    seen: collections.Counter[str] = collections.Counter()
    alarms = 0
    for group, answer in answers:
        seen[group] += 1
        if answer["outcome"] != "allow":
            flagged.setdefault(group, seen[group])
            alarms += not group
    firsts = [flagged.get(group, sys.maxsize) for group in large]
    say(f"{len(answers):,} messages, {spent / len(answers) * 1e6:.0f} us each; {len(large)} campaigns of 20 and more")
    f1 = 2 * precision * recall / (precision + recall)
    say(f"B-cubed precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}")
    share = sum(group in flagged for group in large) / len(large)
    say(f"flagged {share:.1%}, median first flag at message {statistics.median(firsts)}")
    say(f"honest messages flagged {alarms} of {len(honest):,} ({alarms / (len(honest) or 1):.4%})")


def b_cubed(
    answers: Sequence[tuple[str, dict[str, Any]]], large: set[str], sizes: collections.Counter[str]
) -> tuple[float, float]:
    """Give precision and recall over the messages of large groups, among all messages."""
    found = collections.Counter(answer["campaign"] for _, answer in answers)
    both = collections.Counter((group, answer["campaign"]) for group, answer in answers)
    counted = [(group, answer["campaign"]) for group, answer in answers if group in large]
    precision = sum(both[each] / found[each[1]] for each in counted) / len(counted)
    return precision, sum(both[each] / sizes[each[0]] for each in counted) / len(counted)


if __name__ == "__main__":
    what, *given = sys.argv[1:] or ["cost"]
    {"cost": cost, "distinct": compare_distinct}.get(
        what, lambda: {"survival": survival, "stream": stream}[what](given)
    )()
