"""What the repository keeps to: direction of imports, purity, declared needs, no registries, nobody's phone number."""

import ast
import fnmatch
import functools
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import phonenumbers
import pytest

REPOSITORY = Path(__file__).parents[2]

# --- the direction of imports -----------------------------------------------------------------------------------------

PURE_PARTS = (
    "domain",
    "state",
    "reading",
    "rules",
    "replies",
    "providers",
    "patterns",
    "enforcement",
    "wire",
    "inspection",
    "evidence",
    "topologies",
)
"""A pure part imports only itself and what stands before it."""

MAY_IMPORT = {
    **{part: PURE_PARTS[: number + 1] for number, part in enumerate(PURE_PARTS)},
    "engine": ("engine",),
    "lexicon_cache": (*PURE_PARTS, "lexicon_cache"),
    "testing": (*PURE_PARTS, "engine", "lexicon_cache", "testing"),
    "demo": (*PURE_PARTS, "demo"),
    "apps": (*PURE_PARTS, "engine", "lexicon_cache", "testing", "demo", "apps"),
    "__init__": (),
    "__main__": ("apps",),
}

# --- what keeps the pure parts pure -----------------------------------------------------------------------------------

BANNED_MODULES = frozenset(
    [
        *("sched", "time", "zoneinfo"),  # the clock, and the machine's own time zones
        *("locale", "os", "platform", "sys"),  # the environment
        *("importlib", "io", "lmdb", "pathlib", "shutil", "sqlite3", "tempfile"),  # files
        *("aiohttp", "aiokafka", "faust", "http", "requests", "socket", "ssl", "urllib.request"),  # the network
        *("asyncio", "concurrent", "ctypes", "multiprocessing", "queue", "select", "selectors"),  # threads, processes
        *("signal", "subprocess", "threading"),
        *("random", "secrets"),  # chance
        *("click", "logging", "rich"),  # talk
    ]
)
BANNED_NAMES = frozenset(
    [
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "uuid.uuid1",
        "uuid.uuid4",
    ]
)
BANNED_CALLS = frozenset(
    # `hash` of a text differs from one process to the next, so nothing that is decided may rest on it.
    ("__import__", "eval", "exec", "hash", "input", "open", "print")
)
PACKAGE_DATA_READERS = {
    "pipeline/domain/tables/__init__.py": ("importlib.resources", "zoneinfo.ZoneInfo"),
    "pipeline/providers/codes.py": ("importlib.resources",),
    "pipeline/reading/brands.py": ("importlib.resources",),
    "pipeline/reading/domains.py": ("importlib.util.find_spec",),
    "pipeline/reading/lexicons/__init__.py": ("importlib.resources",),
    "pipeline/reading/model.py": ("importlib.resources",),
    "pipeline/replies/keywords.py": ("importlib.resources",),
    "pipeline/replies/lexicon.py": ("importlib.resources",),
}
"""The modules that read files of the package at import, through `importlib` alone."""


def imports_of(tree: ast.Module) -> list[tuple[str, str]]:
    """List what a module imports, wherever in it: the name it binds, and the dotted name of what that means."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.asname or alias.name, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            found += [(alias.asname or alias.name, f"{origin}.{alias.name}") for alias in node.names]
    return found


def dotted_name(node: ast.expr, names: dict[str, str]) -> str:
    """Name what an expression such as `dt.datetime.now` means, given the imports; empty for other expressions."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and (origin := dotted_name(node.value, names)):
        return f"{origin}.{node.attr}"
    return ""


def is_within(name: str, modules: frozenset[str] | tuple[str, ...]) -> bool:
    """Tell whether a dotted name is one of these modules or lies in one."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def part_of(path: str) -> str:
    """Name the part that a module belongs to: `pipeline/rules/opt_out.py` to `rules`, `pipeline/wire.py` to `wire`."""
    return path.removeprefix("pipeline/").split("/")[0].removesuffix(".py")


def wrong_imports(path: str, text: str) -> list[str]:
    """List what a module of the package imports against the direction."""
    allowed = tuple(f"pipeline.{part}" for part in MAY_IMPORT[part_of(path)])
    return [
        f"{path} imports {name}"
        for _, name in imports_of(ast.parse(text))
        if name.startswith(".") or (is_within(name, ("pipeline",)) and not is_within(name, allowed))
    ]


def impurities(path: str, text: str) -> list[str]:
    """List what a module reaches of the world outside: clocks, environment, files, network, threads, chance."""
    tree = ast.parse(text)
    imports = imports_of(tree)
    names = dict(imports)
    exempt = PACKAGE_DATA_READERS.get(path, ())
    found = [name for _, name in imports if is_within(name, BANNED_MODULES | BANNED_NAMES) and name not in exempt]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (name := dotted_name(node, names)) in BANNED_NAMES:
            found.append(name)
        elif isinstance(node, ast.Call) and dotted_name(node.func, names) in BANNED_CALLS:
            found.append(f"{dotted_name(node.func, names)}()")
    return [f"{path} uses {name}" for name in found]


def package_modules() -> Iterator[tuple[str, str]]:
    """Give each module of the package: its path from the root, and its text."""
    for path in sorted((REPOSITORY / "pipeline").rglob("*.py")):
        yield path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")


def test_every_module_belongs_to_a_part() -> None:
    """A new part is a decision: it gets its place in the order first."""
    assert {part_of(path) for path, _ in package_modules()} <= MAY_IMPORT.keys()


def test_parts_import_only_what_stands_before_them() -> None:
    """The pure parts import downwards only, engine/ nothing else, and nothing imports apps/."""
    assert [complaint for path, text in package_modules() for complaint in wrong_imports(path, text)] == []


def test_pure_parts_do_not_reach_outside() -> None:
    """No clock, environment, file, network, thread or chance decides anything."""
    pure = [(path, text) for path, text in package_modules() if part_of(path) in PURE_PARTS]
    assert [complaint for path, text in pure for complaint in impurities(path, text)] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pipeline/domain/made_up.py", "from pipeline.rules import RULES"),
        ("pipeline/rules/made_up.py", "import pipeline.topologies.names"),
        ("pipeline/rules/made_up.py", "def check():\n    from pipeline import apps"),
        ("pipeline/wire.py", "from pipeline.inspection import inspect"),
        ("pipeline/topologies/made_up.py", "from pipeline.engine.topology import Event"),
        ("pipeline/engine/made_up.py", "from pipeline.domain.events import Command"),
        ("pipeline/testing/made_up.py", "from pipeline.apps.settings import SETTINGS"),
        ("pipeline/rules/made_up.py", "from .facts import Facts"),
    ],
)
def test_notices_a_wrong_import(path: str, text: str) -> None:
    """The check above can fail: made-up modules that import against the direction are noticed."""
    assert len(wrong_imports(path, text)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pipeline/rules/made_up.py", "from pipeline.state import choices\nfrom pipeline.rules.facts import Facts"),
        ("pipeline/apps/made_up.py", "from pipeline.engine import host\nfrom pipeline.testing import memory_log"),
        ("pipeline/engine/made_up.py", "import aiokafka\nfrom pipeline.engine.topology import Event"),
    ],
)
def test_lets_right_imports_pass(path: str, text: str) -> None:
    """Made-up modules that keep to the direction are left alone."""
    assert wrong_imports(path, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "import os.path as where",
        "def check():\n    from threading import Lock",
        "from urllib.request import urlopen",
        "from importlib import resources",
        "from datetime import datetime\nnow = datetime.now()",
        "from datetime import datetime as moment\nclock = moment.utcnow",
        "import datetime as dt\ntoday = dt.date.today()",
        "from uuid import uuid4",
        "text = open('policy.toml').read()",
        "key = hash('recipient')",
    ],
)
def test_notices_an_impurity(text: str) -> None:
    """The check above can fail: made-up modules that reach outside are noticed."""
    assert len(impurities("pipeline/rules/made_up.py", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import UTC, datetime\nstart = datetime.fromtimestamp(0, tz=UTC)",
        "from urllib.parse import urlsplit",
        "store.open('partition')",
        "digest.hash = None\nstamp = policy.hash",
    ],
)
def test_lets_a_pure_module_pass(text: str) -> None:
    """Made-up modules that only look as if they reached outside are left alone."""
    assert impurities("pipeline/rules/made_up.py", text) == []


# --- what the package needs -------------------------------------------------------------------------------------------

OPTIONAL = {"uvloop"}
"""Taken if it is installed, and done without otherwise."""


def undeclared_imports(path: str, text: str) -> list[str]:
    """List what a module imports that comes neither with Python nor with a dependency of the project."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = sum(project["optional-dependencies"].values(), project["dependencies"])
    declared = {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in requirements} | OPTIONAL
    origins = metadata.packages_distributions()
    modules = {name.split(".")[0] for _, name in imports_of(ast.parse(text))} - sys.stdlib_module_names - {"pipeline"}
    return [
        f"{path} imports {module}"
        for module in sorted(modules)
        if not declared & {origin.lower() for origin in origins.get(module, [module])}
    ]


def test_what_the_package_imports_is_declared() -> None:
    """An installation without the tools of development must have all that it imports."""
    assert [complaint for path, text in package_modules() for complaint in undeclared_imports(path, text)] == []


def test_notices_an_undeclared_import() -> None:
    """The check above can fail: a package that only the tests need is noticed, one under another name is found."""
    text = "import hypothesis.strategies\nimport yaml\nimport json\nfrom pipeline import wire"
    assert undeclared_imports("pipeline/apps/made_up.py", text) == ["pipeline/apps/made_up.py imports hypothesis"]


# --- what is committed ------------------------------------------------------------------------------------------------

IGNORED = [line for line in (REPOSITORY / ".gitignore").read_text(encoding="utf-8").split() if not line.startswith("#")]


def is_ignored(path: Path) -> bool:
    """Tell whether git leaves out a file or folder, given as a path from the root."""
    if path.parts[0] == ".git":
        return True
    at_root = [pattern.strip("/") for pattern in IGNORED if pattern.startswith("/")]
    anywhere = [pattern.strip("/") for pattern in IGNORED if not pattern.startswith("/")]
    return path.as_posix() in at_root or any(fnmatch.fnmatch(path.name, pattern) for pattern in anywhere)


def committed_files(folder: Path = REPOSITORY) -> Iterator[tuple[str, str]]:
    """Give each file that is or would be committed: its path from the root, and its text."""
    for path in sorted(folder.iterdir()):
        relative = path.relative_to(REPOSITORY)
        if is_ignored(relative) or path.is_symlink():
            continue
        if path.is_dir():
            yield from committed_files(path)
        else:
            yield relative.as_posix(), path.read_text(encoding="utf-8", errors="replace")


REGISTRIES = tuple(
    # In pieces, because this file is looked at too.
    ".".join(labels)
    for labels in (
        ("anaconda", "org"),
        ("crates", "io"),
        ("docker", "io"),
        ("gcr", "io"),
        ("ghcr", "io"),
        ("jitpack", "io"),
        ("maven", "org"),
        ("npmjs", "com"),
        ("npmjs", "org"),
        ("packages", "confluent", "io"),
        ("proxy", "golang", "org"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("quay", "io"),
        ("repo", "maven", "apache", "org"),
        ("rubygems", "org"),
        ("yarnpkg", "com"),
    )
)


def registries_in(text: str) -> list[str]:
    """List the package registries whose host a text names."""
    return [host for host in REGISTRIES if re.search(rf"(?<![a-z0-9-]){re.escape(host)}(?![a-z0-9-])", text.lower())]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is for each machine's own settings to say: mirrors and closed networks must work."""
    found = [f"{path} names {host}" for path, text in committed_files() for host in registries_in(text)]
    assert found == []


@pytest.mark.parametrize("form", ["{}", "https://{}/simple", "--index-url=https://test.{}:443/x", "Get it from {}."])
def test_notices_a_package_registry(form: str) -> None:
    """The check above can fail: a made-up text that names a registry is noticed."""
    assert registries_in(form.format(REGISTRIES[0].upper())) == [REGISTRIES[0]]


RESERVED_NUMBERS = re.compile(
    # Reserved for fiction and tests, as in the phone number list of the MISP warninglists (CC0).
    r"\+(1[2-9]\d\d55501\d\d"  # North America
    r"|33(19900|26191|35301|46571|53649|63998)\d{4}|33999\d{6}"  # France
    r"|3532091\d{5}"  # Ireland
    r"|441(1[345678]|[23456]1)4960\d{3}|441632960\d{3}|441914980\d{3}|442(89|92)0180\d{3}|442079460\d{3}"  # Britain
    r"|443069990\d{3}|447700900\d{3}|448081570\d{3}|449098790\d{3}"
    r"|467017406(0[5-9]|[1-9]\d)|463139006\d\d|464062804\d\d|468465004\d\d|469803192\d\d"  # Sweden
    r"|61[2378](5550|7010)\d{4}|61491570(006|110|15[6789]|313|737)|61491571(266|491|804)"  # Australia
    r"|61491572(549|665|983)|61491573(087|770)|61491574(118|632)|61491575(254|789)|61491576(398|801)"
    r"|61491577(426|644)|61491578(148|888|957)|61491579(212|455|760)|611[38]009757(0[789]|1[01])"
    r"|611800160401|611900654321"
    r"|14165550\d{3}|447946\d{6})"  # used by the scenarios
)
DIGITS = "01234567890", "9876543210"
COUNTED_DIGITS = 6
PHONE_NUMBER = re.compile(r"(?<![\w.+])\+[1-9]\d{6,14}(?!\d)")
FILES_ABOUT_NUMBERS = {
    "example_numbers.jsonl": "libphonenumber's example numbers",
    "test_numbers.py": "the borders of numbering plans, where nothing is reserved",
}


@functools.cache
def example_numbers() -> frozenset[str]:
    """List the example numbers of libphonenumber, of every country and kind."""
    examples = [
        phonenumbers.example_number_for_type(region, kind)
        for region in phonenumbers.SUPPORTED_REGIONS
        for kind in phonenumbers.PhoneNumberType.values()
    ]
    return frozenset(phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164) for each in examples if each)


def may_be_somebodys(number: str) -> bool:
    """Tell whether a number in E.164 form may be a real person's: valid, not reserved, no example, not counted up."""
    is_counted = any(number[-COUNTED_DIGITS:] in digits for digits in DIGITS)
    if is_counted or RESERVED_NUMBERS.fullmatch(number) or number in example_numbers():
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def test_no_file_holds_the_number_of_a_person() -> None:
    """Tests, examples and demo data use reserved numbers: nobody is called because of a copied line."""
    found = [
        f"{path} holds {number}"
        for path, text in committed_files()
        if path.rpartition("/")[2] not in FILES_ABOUT_NUMBERS
        for number in PHONE_NUMBER.findall(text)
        if may_be_somebodys(number)
    ]
    assert found == []


def test_notices_the_number_of_a_person() -> None:
    """The check above can fail: the first number after a reserved range is noticed, in quotes and in running text."""
    number = f"+{12065550199 + 1}"
    assert may_be_somebodys(number)
    assert PHONE_NUMBER.findall(f'{{"to":"{number}"}} call {number}, now') == [number, number]


@pytest.mark.parametrize(
    "number", ["+12065550123", "+447700900999", "+447946012345", "+61491570156", "+4915123456789", "+999123"]
)
def test_lets_nobodys_number_pass(number: str) -> None:
    """Reserved, counted-up and impossible numbers are left alone."""
    assert not may_be_somebodys(number)
