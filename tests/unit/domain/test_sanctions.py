"""The list of sanctioned parties: its format, and how names are compared."""

import pytest

from pipeline.apps.packaged import read_party_list
from pipeline.domain.instants import from_text
from pipeline.domain.sanctions import PartyList, PartyListError, PartyMatch, parse_party_list, words_of

DATED = "<publshInformation><Publish_Date>11/20/2026</Publish_Date></publshInformation>"
PUBLISHED = from_text("2026-11-20T00:00:00.000Z")
DAY = 86_400_000


def entry(uid: int, last: str, first: str = "", kind: str = "Entity", aliases: str = "") -> str:
    """Write an entry as OFAC does."""
    given = f"<firstName>{first}</firstName>" if first else ""
    known_as = f"<akaList>{aliases}</akaList>" if aliases else ""
    return (
        f"<sdnEntry><uid>{uid}</uid>{given}<lastName>{last}</lastName><sdnType>{kind}</sdnType>"
        f"<programList><program>SAMPLE</program></programList>{known_as}</sdnEntry>"
    )


def alias(name: str, category: str) -> str:
    """Write an alias."""
    return f"<aka><uid>1</uid><type>a.k.a.</type><category>{category}</category><lastName>{name}</lastName></aka>"


def listed(*entries: str, head: str = DATED, root: str = "<sdnList>") -> PartyList:
    """Read a list of some entries."""
    return parse_party_list([f"{root}{head}{''.join(entries)}</sdnList>".encode()])


@pytest.mark.parametrize(
    "name",
    [
        "Nowhereland Trading",
        "NOWHERELAND TRADING CO. LTD",
        "Trading Nowhereland",
        "The Nowhereland-Trading, Inc.",
        "N\u00f3wherel\u00e0nd Trading",
    ],
)
def test_matches_names_of_the_same_words(name: str) -> None:
    """Case, accents, punctuation, legal forms and order do not matter."""
    assert listed(entry(7, "NOWHERELAND TRADING LLC")).screen([name]) == (PartyMatch("7", is_weak=False),)


@pytest.mark.parametrize(
    "name", ["Nowhereland", "Nowhereland Trading House", "Nowherelands Trading", "Sunny Bakery", "", "Ltd", "!!!"]
)
def test_matches_no_other_words(name: str) -> None:
    """A word more or less, or another spelling, is another name."""
    assert listed(entry(7, "NOWHERELAND TRADING LLC")).screen([name]) == ()


def test_matches_a_person_by_both_names() -> None:
    """First and last name in either order, but not one alone."""
    parties = listed(entry(8, "NULLMANN", "Nemo Sample", "Individual"))
    assert parties.screen(["Nullmann, Nemo Sample"]) == (PartyMatch("8", is_weak=False),)
    assert parties.screen(["Nullmann"]) == ()


def test_tells_strong_aliases_from_weak_ones() -> None:
    """A strong alias is a name; a weak one is told apart, and strong matches stand first."""
    aliases = alias("STRONGNAME", "strong") + alias("WEAKNAME", "weak")
    parties = listed(entry(7, "NOWHERELAND", aliases=aliases), entry(8, "OTHER", aliases=alias("WEAKNAME", "weak")))
    assert parties.screen(["Strongname"]) == (PartyMatch("7", is_weak=False),)
    assert parties.screen(["Weakname"]) == (PartyMatch("7", is_weak=True), PartyMatch("8", is_weak=True))
    assert parties.screen(["Weakname", "Nowhereland"]) == (
        PartyMatch("7", is_weak=False),
        PartyMatch("8", is_weak=True),
    )


@pytest.mark.parametrize("kind", ["Vessel", "Aircraft"])
def test_passes_over_what_is_no_party(kind: str) -> None:
    """A ship does not rent a workspace."""
    parties = listed(entry(7, "SAMPLE PEARL", kind=kind), entry(8, "OTHER"))
    assert (parties.entries, parties.screen(["Sample Pearl"])) == (1, ())


def test_reads_a_list_with_a_namespace_and_in_pieces() -> None:
    """OFAC has changed the namespace; the pieces may cut anywhere."""
    root = '<sdnList xmlns="urn:example:sdn">'
    whole = f"{root}{DATED}{entry(7, 'NOWHERELAND')}</sdnList>".encode()
    parties = parse_party_list([whole[at : at + 7] for at in range(0, len(whole), 7)])
    assert parties.screen(["nowhereland"]) == (PartyMatch("7", is_weak=False),)
    assert parties.published_milliseconds == PUBLISHED


@pytest.mark.parametrize(
    ("shift", "days"), [(-1, -1), (0, 0), (DAY - 1, 0), (DAY, 1), (30 * DAY, 30), (31 * DAY - 1, 30)]
)
def test_says_its_age_in_whole_days(shift: int, days: int) -> None:
    """Counted from the day of publication in UTC."""
    assert listed(entry(7, "NOWHERELAND")).age_days(PUBLISHED + shift) == days


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not XML"),
        ("<sdnList>", "not XML"),
        ("uid,name\n7,NOWHERELAND", "not XML"),
        ("<sdnList/>", "no entries"),
        (f"<sdnList>{DATED}</sdnList>", "no entries"),
        (f"<sdnList>{entry(7, 'X')}</sdnList>", "before its date"),
        (f"<sdnList><publshInformation/>{entry(7, 'X')}</sdnList>", "no date"),
        (
            "<sdnList><publshInformation><Publish_Date>2026-11-20</Publish_Date></publshInformation></sdnList>",
            "no date",
        ),
    ],
)
def test_refuses_what_is_no_list(text: str, complaint: str) -> None:
    """The error says what is wrong, for whoever provides the file."""
    with pytest.raises(PartyListError, match=complaint):
        parse_party_list([text.encode()])


def test_compares_a_name_of_legal_forms_alone_as_it_is() -> None:
    """Otherwise all of them would be one name."""
    assert words_of("SA & Co.") == {"sa", "co"}


def test_the_packaged_sample_lists_nobody() -> None:
    """It has the form of a list, is marked as a sample, and holds invented names."""
    sample = read_party_list(None)
    assert (sample.is_sample, sample.entries) == (True, 3)
    assert sample.screen(["Nowhereland Example Trading"]) == (PartyMatch("900001", is_weak=False),)
