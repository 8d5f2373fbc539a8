"""The gates that a text passes before a patient may read it: each says its faults and figures.

A gate stands for one thing that may go wrong, in a module of its own; here they are put in one
row, so that `scarwise check` runs them all and tells every fault at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from scarwise import places
from scarwise.faults import Report, fault
from scarwise.knowledge import pemat, size, support
from scarwise.knowledge.answers import spoken
from scarwise.knowledge.content import Content
from scarwise.knowledge.documents import sentences
from scarwise.knowledge.glossary import GLOSSARY
from scarwise.knowledge.quantities import quantities
from scarwise.knowledge.rare_words import rare_words
from scarwise.knowledge.reading_grade import GRADE_GOAL, reading_grade
from scarwise.knowledge.sentence_form import is_passive
from scarwise.knowledge.wording import doses_and_prices

LONGEST_SENTENCE = 25  # words; more is a fault
LONG_SENTENCE = 20  # words; more is a warning

Gate = Callable[[Content], Report]


def reading_level(content: Content) -> Report:
    """Every part of every answer at grade 6 or below."""
    report = Report()
    grades = [0.0]
    for answer in content.answers.values():
        for text in (spoken(part) for part in answer.parts if part):
            grades.append(reading_grade(text))
            if grades[-1] > GRADE_GOAL:
                report.faults.append(fault(
                    content.path(answer),
                    f"reads at grade {grades[-1]:.1f}, more than {GRADE_GOAL:.0f}; use "
                    f"shorter words and sentences: {text[:60]!r}",
                ))  # fmt: skip
    report.figures.append(f"reading grade of answers: at most {max(grades):.1f}")
    return report


def sentence_length(content: Content) -> Report:
    """No sentence that has to be read twice."""
    report = Report()
    lengths = [0]
    for path, sentence in content.sentences():
        for text in sentences(sentence.text):
            lengths.append(size.words_of(text))
            if lengths[-1] > LONG_SENTENCE:
                found = fault(path, f"{text[:50]!r} has {lengths[-1]} words; make two of it")
                too_long = lengths[-1] > LONGEST_SENTENCE
                (report.faults if too_long else report.warnings).append(found)
    mean = sum(lengths) / max(1, len(lengths) - 1)
    report.figures.append(f"sentences: {mean:.1f} words in the mean, at most {max(lengths)}")
    return report


def parts(content: Content) -> Report:
    """Main text, detail, short form, what to do next and where to go on, none of them too long."""
    report = Report()
    for answer in content.answers.values():
        report.faults += [fault(content.path(answer), one) for one in size.objections(answer)]
    every = content.answers.values()
    report.figures.append(
        f"main texts: at most {max((size.words_of(spoken(one.say)) for one in every), default=0)} "
        f"words; short forms: at most {max((len(spoken(one.short)) for one in every), default=0)} "
        "characters"
    )
    return report


def citations(content: Content) -> Report:
    """Every sentence cites a passage; words of comfort are known ones, and state nothing."""
    report = Report()
    cited = comforting = 0
    for path, sentence in content.sentences():
        cited += bool(sentence.cites)
        comforting += sentence.comfort
        if sentence.comfort and sentence.text not in content.wording.comfort:
            report.faults.append(fault(
                path,
                f"{sentence.text!r} is no known comfort; cite a passage, or add it to `comfort` "
                "in data/wording.yml if it states nothing about health",
            ))  # fmt: skip
    report.figures.append(
        f"sentences: {cited} with a source, {comforting} of comfort, 0 without either"
    )
    return report


def support_by_passages(content: Content) -> Report:
    """Every sentence says what its passages say."""
    report = Report()
    reader = support.Reader(content.glossary, content.wording, _meanings(content))
    figures = judged = held = 0
    seen: set[tuple[object, ...]] = set()
    for path, sentence in content.sentences():
        key = (path, sentence.text, *sentence.cites)
        passages = content.cited(sentence)
        if not passages or key in seen:
            continue
        seen.add(key)
        found = list(support.objections(sentence.text, passages, reader))
        report.faults += [
            fault(path, f"{sentence.text[:60]!r} {one}; say what they say, or cite others")
            for one in found
        ]
        judged += 1
        held += not found
        figures += len(quantities(sentence.text))
    report.figures.append(
        f"support: {held} of {judged} sentences held by their passages, with {figures} numbers"
    )
    return report


def _meanings(content: Content) -> dict[str, list[str]]:
    """For each term, the passages of the answer that explains it."""
    found = {}
    for name, term in content.glossary.terms.items():
        answer = content.answers.get(term.answer)
        if answer:
            found[name] = list(chain.from_iterable(content.cited(one) for one in answer.say))
    return found


def promises(content: Content) -> Report:
    """No promise, no dose, no price."""
    report = Report()
    for path, text in _answers_and_passages(content):
        report.faults += [
            fault(path, f"{text[:60]!r} promises ({one!r}); say what may happen instead")
            for one in content.wording.promised(text)
        ]
        report.faults += [
            fault(path, f"{text[:60]!r} names a dose or a price ({one!r}); take it out")
            for one in doses_and_prices(text)
        ]
    report.figures.append(f"promises, doses and prices: {len(report.faults)}")
    return report


def spelling(content: Content) -> Report:
    """One spelling, the American one, in answers, passages and topics."""
    report = Report()
    topics = (
        (places.DATA / "topics.yml", f"{one.title}. {one.subject}")
        for one in content.topics.values()
    )
    fixed = ((places.DATA / "texts", text) for text in content.texts)
    for path, text in chain(_answers_and_passages(content), topics, fixed):
        report.faults += [
            fault(path, f"{text[:60]!r} spells {one!r} in British; write {american!r}")
            for one, american in content.wording.misspelled(text)
        ]
    report.figures.append(f"British spellings: {len(report.faults)}")
    return report


def _answers_and_passages(content: Content) -> Iterator[tuple[Path, str]]:
    for path, sentence in content.sentences():
        yield path, sentence.text
    for document in content.documents.values():
        for passage in document.passages:
            yield document.path, passage.text


def terms(content: Content) -> Report:
    """Every medical term is known to the glossary, explained where it stands, and on demand."""
    report = Report()
    path = places.DATA / GLOSSARY
    for name, term in content.glossary.terms.items():
        if term.answer not in content.answers:
            report.faults.append(
                fault(path, f"{name}: there is no answer {term.answer}; write it, or name another")
            )
    everyday = frozenset(content.wording.everyday)
    for answer in content.answers.values():
        say, more, short = map(spoken, answer.parts)
        for name in content.glossary.unexplained_in(answer):
            plain = " or ".join(map(repr, content.glossary.terms[name].plain))
            report.faults.append(fault(
                content.path(answer), f"does not explain {name} where it stands; say {plain} there"
            ))  # fmt: skip
        text = content.glossary.without_terms(f"{say} {more} {short}")
        for word in dict.fromkeys(rare_words(text, everyday)):
            report.faults.append(fault(
                content.path(answer),
                f"uses the rare word {word!r}; say it in other words, explain it in "
                f"data/{GLOSSARY}, or add it to `everyday` in data/wording.yml",
            ))  # fmt: skip
    report.figures.append(
        f"glossary: {len(content.glossary.terms)} terms, each with an answer that explains it"
    )
    return report


def plain_style(content: Content) -> Report:
    """Passive voice and jargon: worth a second look, and no fault."""
    report = Report()
    count = passive = 0
    for path, sentence in content.sentences():
        count += 1
        passive += is_passive(sentence.text)
        report.warnings += [
            fault(path, f"{sentence.text[:50]!r}: say {plain!r} for {word!r}")
            for word, plain in content.wording.jargon_of(sentence.text)
        ]
    jargon = len(report.warnings)
    report.figures.append(
        f"passive voice: {passive} of {count} sentences ({passive / max(1, count):.0%}); "
        f"jargon: {jargon}"
    )
    return report


def understandable(content: Content) -> Report:
    """The PEMAT-P items that a program can judge."""
    report = Report()
    found = pemat.scores(content)
    for one in found:
        share = one.holds / one.judged if one.judged else 1.0
        report.figures.append(
            f"PEMAT-P {one.item.number} ({one.item.asks}): {one.holds} of {one.judged}, {share:.0%}"
        )
    for scale, goal in pemat.GOALS.items():
        share = pemat.share(found, scale)
        report.figures.append(f"PEMAT-P {scale}: {share:.1%} (at least {goal:.0%})")
        if share < goal:
            lacking = sorted(
                {content.path(a) for one in found for a in one.lacking if one.item.scale == scale}
            )
            report.faults += [
                fault(path, f"lacks items of PEMAT-P {scale}, which is at {share:.0%} and must be "
                            f"at {goal:.0%}: {_lacks(found, path.stem)}")
                for path in lacking
            ]  # fmt: skip
    return report


def _lacks(found: Sequence[pemat.Score], answer_id: str) -> str:
    return ", ".join(one.item.asks for one in found if any(a.id == answer_id for a in one.lacking))


GATES: tuple[Gate, ...] = (
    reading_level, sentence_length, parts, citations, support_by_passages, promises, spelling,
    terms, plain_style, understandable,
)  # fmt: skip


def passed(content: Content, gates: Sequence[Gate] | None = None) -> Report:
    """What all gates find."""
    report = Report()
    for gate in GATES if gates is None else gates:
        report.add(gate(content))
    return report
