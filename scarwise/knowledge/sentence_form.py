"""How a sentence is made: whether it is passive, whether it tells the reader to do something.

Rules over words, no tagger: the texts are short and plain, and every finding can be seen to be
right or wrong at a glance.
"""

from __future__ import annotations

import re

IRREGULAR = (
    "been|begun|bitten|blown|borne|bought|broken|brought|built|burnt|chosen|cut|done|drawn|driven|"
    "eaten|felt|found|forgotten|freed|given|grown|held|hidden|hurt|kept|known|laid|led|left|lost|"
    "made|meant|paid|put|read|said|seen|sent|set|sewn|shown|shut|sold|spent|split|spread|taken|"
    "taught|told|thought|understood|worn|written|called"
)
# Participles that say how something is, not what is done to it.
STATE = (
    "raised|sunken|tired|worried|healed|closed|swollen|infected|limited|allowed|pleased|interested|"
    "used to|scared|needed|red|made of|made mostly|combined|advised"
)
PASSIVE = re.compile(
    rf"\b(?:is|are|was|were|be|been|being|get|gets|got)\b(?:\s+(?:not|often|also|usually|commonly|"
    rf"mostly|always|never|then|first|only|best|better|sometimes|still|\w+ly)){{0,2}}\s+"
    rf"(?!(?:{STATE})\b)(?:\w+ed|{IRREGULAR})\b",
    re.IGNORECASE,
)
VERBS = (
    "ask|call|choose|come|cover|do|follow|get|give|go|have|keep|let|massage|plan|press|protect|put|"
    "say|see|start|take|talk|tell|think|use|wait|wash|wear|weigh|write"
)
# "Use ...", "Do not use ...", "So ask ...", "Once it has healed, massage ...", "you can ask ..."
ACT = re.compile(
    rf"(?:^|[,;:]\s+(?:and\s+)?|\band\s+)(?:so\s+|then\s+|please\s+|never\s+|do not\s+|also\s+)*"
    rf"(?:{VERBS})\b|\b(?:you|a doctor) can (?:ask|call|talk|choose|write)\b|\bfor you to\b",
    re.IGNORECASE,
)
LEADS_TO_ACT = re.compile(
    rf"^(?:so |then |please |never |do not |don't )*(?:{VERBS})\b", re.IGNORECASE
)


def is_passive(sentence: str) -> bool:
    """Whether something is done in `sentence` and nobody does it."""
    return bool(PASSIVE.search(sentence))


def tells_to_act(sentence: str) -> bool:
    """Whether `sentence` tells the reader something to do."""
    return bool(ACT.search(sentence))


def is_request(sentence: str) -> bool:
    """Whether `sentence` as a whole is a request: it begins with what to do."""
    return bool(LEADS_TO_ACT.match(sentence))


def speaks_to_reader(sentence: str) -> bool:
    """Whether `sentence` speaks to the reader: "you", "your" or a request."""
    return bool(re.search(r"\byou(?:r|rs)?\b", sentence, re.IGNORECASE)) or is_request(sentence)
