"""The form of lexicons, and what is refused."""

import pytest

from pipeline.reading.lexicon_files import LexiconError, Pattern, fold_pattern, hash_of, read_lexicons

HEAD = 'category = "fraud.x"\nclause = "2.3"\nseverity = "strong"\nlanguages = ["en"]\nsource = "a test"\n'
EXAMPLES = '\npositive = ["a"]\nnegative = ["b"]\n'


def pattern_of(entry: str, head: str = HEAD, name: str = "fraud.x/en.toml") -> Pattern:
    """Read a file of one pattern."""
    (pattern,) = read_lexicons({name: f'{head}[[pattern]]\nid = "p"\n{entry}{EXAMPLES}'}).patterns
    return pattern


def test_reads_a_pattern() -> None:
    """Its number is its place; its id tells file and entry."""
    pattern = pattern_of('match = "Été|(bank) card"\nguards = ["Never Share"]\nnear = ["link"]')
    assert pattern.id == "fraud.x/en/p"
    assert pattern.expression == " (?:ete|(bank) card) "
    assert pattern.guards == (" (?:never share) ",)
    assert (pattern.family, pattern.clause, pattern.severity, pattern.feature) == ("fraud", "2.3", "strong", None)


def test_edges_can_be_left_out() -> None:
    """By the entry, and for languages without spaces."""
    assert pattern_of('match = "bank"\nedges = false').expression == "bank"
    assert pattern_of('match = "账户"', HEAD.replace('["en"]', '["zh"]'), "fraud.x/zh.toml").expression == "账户"


def test_escapes_stay_when_letters_are_folded() -> None:
    """A digit is no letter D."""
    assert fold_pattern(r"\d+ É") == r"\d+ e"


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"fraud.x/en.toml": "category ="}, "fraud.x/en.toml"),
        ({"fraud.x/en.toml": HEAD}, "pattern"),
        ({"fraud.y/en.toml": HEAD + '[[pattern]]\nid="p"\nmatch="a"' + EXAMPLES}, "the folder"),
        ({"fraud.x/en.toml": HEAD.replace("2.3", "99.9") + '[[pattern]]\nid="p"\nmatch="a"' + EXAMPLES}, "no clause"),
        ({"fraud.x/en.toml": HEAD.replace("a test", " ") + '[[pattern]]\nid="p"\nmatch="a"' + EXAMPLES}, "source"),
        ({"fraud.x/en.toml": HEAD.replace("strong", "huge") + '[[pattern]]\nid="p"\nmatch="a"' + EXAMPLES}, "huge"),
        ({"fraud.x/en.toml": HEAD + '[[pattern]]\nid="p"\nmatch="a"\npositive=["a"]'}, "examples are missing"),
        ({"fraud.x/en.toml": HEAD + 2 * ('[[pattern]]\nid="p"\nmatch="a"' + EXAMPLES)}, "same id"),
        ({"fraud.x/en.toml": HEAD + '[[pattern]]\nid="p"\nmatch="a"\nnear=["haste"]' + EXAMPLES}, "haste"),
        ({"fraud.x/en.toml": HEAD + '[[pattern]]\nid="p"\nmatch="a"\nother=1' + EXAMPLES}, "other"),
        ({"fraud.x/en.toml": HEAD + "[[pattern]]\nid='p'\nmatch='a\\b'" + EXAMPLES}, "can't be used"),
        ({"fraud.x/en.toml": HEAD + "[[pattern]]\nid='p'\nmatch='\\w+'" + EXAMPLES}, "can't be used"),
        ({"fraud.x/en.toml": HEAD + "[[pattern]]\nid='p'\nmatch='(?=a)b'" + EXAMPLES}, "can't be used"),
        ({"fraud.x/en.toml": HEAD + "[[pattern]]\nid='p'\nmatch='(a)\\1'" + EXAMPLES}, "can't be used"),
    ],
)
def test_refuses_what_cannot_be_used(files: dict[str, str], complaint: str) -> None:
    """The text names the file or pattern, and what is wrong."""
    with pytest.raises(LexiconError, match=complaint) as raised:
        read_lexicons(files)
    assert "fraud." in str(raised.value)


def test_the_hash_is_that_of_the_files() -> None:
    """It changes with a name or a letter, and not with the order; it can be had without reading them."""
    files = {"fraud.x/en.toml": HEAD + '[[pattern]]\nid="p"\nmatch="a"' + EXAMPLES}
    assert read_lexicons(files).hash == hash_of(files) == hash_of(dict(reversed(files.items())))
    assert hash_of(files) != hash_of({name: text + "#" for name, text in files.items()})
    assert hash_of(files) != hash_of({"fraud.x/de.toml": files["fraud.x/en.toml"]})
