"""The languages: every example of every file, and what makes a file unusable."""

import pytest

from pipeline.replies.folding import BREAK
from pipeline.replies.lexicon import LANGUAGES, Language, LanguageFile, LexiconError, Pattern
from pipeline.replies.meaning import meaning_of

EXPECTED = frozenset(
    "en es pt it fr ja ru ko vi id zh he pl de hi-Latn ar hi el nl tr th fil sw uk ro".split()  # noqa: SIM905
)
OWN = [
    pytest.param(pattern, text, id=f"{language.code}-{pattern.id}-{number}")
    for language in LANGUAGES
    for pattern in language.written.patterns
    for number, text in enumerate(pattern.positive)
]
NEAR = [
    pytest.param(pattern, text, id=f"{language.code}-{pattern.id}-{number}")
    for language in LANGUAGES
    for pattern in language.written.patterns
    for number, text in enumerate(pattern.negative)
]
ASKING = [
    pytest.param(text, id=f"{language.code}-{number}")
    for language in LANGUAGES
    for number, text in enumerate(language.written.positive)
]
INNOCENT = [
    pytest.param(text, id=f"{language.code}-{number}")
    for language in LANGUAGES
    for number, text in enumerate(language.written.negative)
]


Words = dict[str, tuple[str, ...]]
SMALL: Words = {"stop": ("halt", "hold on"), "soft": ("now",), "me": ("me",)}


def build_language(pattern: Pattern, words: Words, *, has_spaces: bool = True) -> Language:
    """Build a small language."""
    return Language(LanguageFile("xx", "Test", "Latn", "written here", words, (pattern,), has_spaces=has_spaces))


def finds(match: str, folded: str, words: Words) -> bool:
    """Say whether a pattern is found in a folded text."""
    language = build_language(Pattern("p", match), words)
    assert language.matches is not None
    return language.matches.search(language.read(folded)[0]) is not None


# The files.


def test_covers_the_languages_that_were_asked_for() -> None:
    """Each language that the test cases are written in has its file, and seven more."""
    assert {language.code for language in LANGUAGES} == EXPECTED


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_states_where_a_language_comes_from(language: Language) -> None:
    """Every file names its source, and holds requests and what is near to them."""
    examples = [*language.written.positive, *(text for p in language.written.patterns for text in p.positive)]
    near = [*language.written.negative, *(text for p in language.written.patterns for text in p.negative)]
    assert language.written.source
    assert len(examples) >= 10
    assert len(near) >= 6


@pytest.mark.parametrize(("pattern", "text"), OWN)
def test_finds_what_a_pattern_is_written_for(pattern: Pattern, text: str) -> None:
    """Each positive example means what its pattern says."""
    assert meaning_of(text).intent == pattern.intent


@pytest.mark.parametrize(("pattern", "text"), NEAR)
def test_leaves_alone_what_is_near_to_a_pattern(pattern: Pattern, text: str) -> None:
    """No negative example means what its pattern says; what a guard covers is no request to stop."""
    wrong = "opt_out" if pattern.intent == "other" else pattern.intent
    if pattern.intent in ("opt_in", "help") and text == "stop":
        wrong = "opt_in"
    assert meaning_of(text).intent != wrong


@pytest.mark.parametrize("text", ASKING)
def test_finds_the_requests_of_a_language(text: str) -> None:
    """Each positive example of a file is a request to stop."""
    assert meaning_of(text).intent == "opt_out"


@pytest.mark.parametrize("text", INNOCENT)
def test_leaves_alone_the_near_misses_of_a_language(text: str) -> None:
    """No negative example of a file is a request to stop."""
    assert meaning_of(text).intent != "opt_out"


# How patterns are written.


@pytest.mark.parametrize(
    ("match", "folded", "is_found"),
    [
        ("stop", "please halt", True),
        ("stop", "hold on", True),
        ("stop", "hold the line", False),
        ("stop me", "halt me", True),
        ("stop me", "halt now me", False),
        ("stop soft* me", "halt now now me", True),
        ("stop soft? me", "halt now now me", False),
        ("stop soft+ me", "halt me", False),
        ("stop any me", "halt bread me", True),
        ("stop any* me", f"halt {BREAK} me", False),
        ("stop other", "halt bread", True),
        ("stop soft|me", "halt me", True),
        ("^ stop $", f"no {BREAK} halt {BREAK} no", True),
        ("^ stop $", "no halt", False),
        ("stop !me", "halt me", False),
        ("stop !me", "halt now", True),
        ("<!me stop", "me halt", False),
        ("<!me stop", "now halt", True),
        ("^^ soft* stop soft* $$", f"now {BREAK} halt {BREAK} now", True),
        ("^^ soft* stop soft* $$", f"no {BREAK} halt", False),
        ("^^ stop $$", f"{BREAK} halt", False),
    ],
)
def test_reads_a_pattern(match: str, folded: str, *, is_found: bool) -> None:
    """Kinds in a row, either, how often, begin and end of clause and message, not before and not behind."""
    assert finds(match, folded, SMALL) == is_found


@pytest.mark.parametrize(
    ("entry", "word", "is_known"),
    [("halt*", "halting", True), ("halt*", "hal", False), ("*ing", "running", True), ("*ing", "ing", False)],
)
def test_knows_words_by_their_begin_or_end(entry: str, word: str, *, is_known: bool) -> None:
    """A star stands for the rest of a word."""
    assert finds("stop", word, {"stop": (entry,)}) == is_known


def test_finds_the_longest_words_where_none_stand_apart() -> None:
    """Without spaces the longest known words are taken, from left to right."""
    language = build_language(
        Pattern("p", "stop me"), {"stop": ("abc",), "me": ("d",), "soft": ("ab", "cd")}, has_spaces=False
    )
    assert language.matches is not None
    assert language.matches.search(language.read("abcd")[0]) is not None


def test_counts_the_words_that_a_language_knows() -> None:
    """Plain words do nothing in patterns, but they tell the language."""
    language = build_language(Pattern("p", "stop other"), {"stop": ("halt",), "plain": ("bread",)})
    assert language.read("halt bread butter")[1] == 2


def test_takes_of_shared_patterns_what_it_has_words_for() -> None:
    """A kind without words is left out where it is one of several or optional; where it is needed, the pattern goes."""
    common = (Pattern("a", "stop|bind again* me"), Pattern("b", "stop bind"))
    language = Language(LanguageFile("xx", "Test", "Latn", "here", {"stop": ("halt",), "me": ("me",)}), common)
    assert [pattern.match for pattern in language.patterns] == ["stop me"]


@pytest.mark.parametrize(
    ("words", "match", "complaint"),
    [
        ({"stop": ("halt",), "me": ("halt",)}, "stop", "two kinds"),
        ({"stop": ("...",)}, "stop", "no word"),
        ({"stop": ("one. two",)}, "stop", "no word"),
        ({"stop": ("halt",)}, "stop them", "called 'them'"),
    ],
)
def test_refuses_a_file_that_contradicts_itself(words: dict[str, tuple[str, ...]], match: str, complaint: str) -> None:
    """A word of two kinds, an entry without a word, and a kind without words are named with file and place."""
    with pytest.raises(LexiconError, match=r"languages/xx\.toml") as caught:
        build_language(Pattern("p", match), words)
    assert complaint in str(caught.value)
