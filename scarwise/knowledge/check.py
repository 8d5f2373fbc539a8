"""Reports every fault of every data file as `path: message`, and what the data covers.

Nobody should find a fault of the content by talking to the assistant: what can be seen in the
files is seen here, all at once, with the mend.
"""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from scarwise import callback, places
from scarwise.clinic import load_clinic
from scarwise.datafile import read_yaml
from scarwise.faults import Fault, FaultyDataError, Report, fault
from scarwise.knowledge import build, gates, suggestions
from scarwise.knowledge.answers import load_answers
from scarwise.knowledge.base import KnowledgeBase
from scarwise.knowledge.content import Content, load_content
from scarwise.knowledge.documents import load_documents
from scarwise.knowledge.glossary import load_glossary
from scarwise.knowledge.messages import load_messages
from scarwise.knowledge.questions import Annotator, Question, load_follow_ups, load_questions
from scarwise.knowledge.reading_grade import GRADE_GOAL, reading_grade
from scarwise.knowledge.reviews import ends_soon, load_reviews, objections
from scarwise.knowledge.signs import load_sign_files
from scarwise.knowledge.terms import load_terms
from scarwise.knowledge.topics import answerable, load_topics
from scarwise.knowledge.wording import load_wording
from scarwise.texts import english_texts, load_fixed_texts

FEWEST_QUESTIONS = 15


def check(today: date) -> Report:
    """Check everything; each part that can be read is checked even when others cannot."""
    report = Report()
    loaders: list[Callable[[], object]] = [
        load_topics, load_documents, load_answers, load_reviews, load_questions, load_follow_ups,
        load_messages, load_sign_files, load_terms, load_fixed_texts, load_clinic, load_glossary,
        load_wording, suggestions.load_suggestions,
    ]  # fmt: skip
    for load in loaders:
        try:
            load()
        except FaultyDataError as error:
            report.faults += error.faults
    if report.faults:
        return report
    content = load_content()
    report.faults += [
        *_answer_faults(content),
        *_review_faults(content, today),
        *_coverage_faults(content),
        *_question_faults(content),
        *_text_faults(content),
        *suggestions.faults(suggestions.load_suggestions(), content.topics),
        *build.stale(),
        *_dialogue_faults(content),
    ]
    report.warnings += _expiry_warnings(content, today)
    report.figures += _figures(content, today)
    report.add(gates.passed(content))
    report.faults.sort()
    return report


def _answer_faults(content: Content) -> Iterator[Fault]:
    prompts = {name.partition(".")[2] for name in load_fixed_texts() if "prompt." in name}
    for answer in content.answers.values():
        path = content.path(answer)
        if answer.topic not in content.topics:
            yield fault(path, f"topic {answer.topic} is not in data/topics.yml; correct it")
            continue
        if not path.exists():
            yield fault(path, f"is not there: move the answer {answer.id} into this folder")
        for one in answer.cited:
            if one not in content.passages:
                yield fault(path, f"cites {one}, which is no passage; correct it or take it out")
        for one in answer.follow_up:
            if one not in content.topics:
                yield fault(path, f"follow_up {one} is no topic; correct it")
        if answer.doctor_prompt not in prompts:
            yield fault(
                path,
                f"doctor_prompt {answer.doctor_prompt} is not one of {', '.join(sorted(prompts))}",
            )


def _review_faults(content: Content, today: date) -> Iterator[Fault]:
    reviews = load_reviews()
    for answer in content.answers.values():
        for reason in objections(answer, reviews.get(answer.id), content.passages, today):
            yield fault(
                content.path(answer),
                f"{reason}, so it is not served; have it "
                f"reviewed: scarwise review show {shlex.quote(answer.id)}",
            )
    for name in reviews.keys() - content.answers.keys():
        path = next((places.DATA / "reviews").glob(f"*/{name}.yml"))
        yield fault(path, "reviews an answer that does not exist; take the file out")


def _coverage_faults(content: Content) -> Iterator[Fault]:
    cited = {one for answer in content.answers.values() for one in answer.cited}
    for document in content.documents.values():
        for passage in document.passages:
            if passage.id not in cited:
                yield fault(
                    document.path,
                    f"passage {passage.id} is cited by no answer; cite it or take it out",
                )
    answered = {answer.topic for answer in content.answers.values() if not answer.facet}
    for topic in content.topics.values():
        if topic.source == "document" and topic.id not in answered:
            path = places.DATA / "answers" / topic.group / f"{topic.id}.yml"
            yield fault(path, "is missing; the supplied document answers this topic")


def _question_faults(content: Content) -> Iterator[Fault]:
    annotator = Annotator(load_terms())
    first: dict[str, Question] = {}
    counts: Counter[str] = Counter()
    for question in content.questions:
        counts[question.topic] += 1
        if annotator.mark(question.text) != question.marked:
            yield fault(
                question.path,
                f"terms are not marked right in {question.marked!r}; run scarwise annotate",
            )
        if question.text.lstrip().startswith("/"):
            yield fault(
                question.path,
                f"{question.text!r} begins with '/', which Rasa takes for a "
                "command; write it without",
            )
        earlier = first.setdefault(question.key, question)
        if earlier is not question and earlier.topic == question.topic:
            yield fault(question.path, f"{question.text!r} stands twice; take one out")
        elif earlier is not question:
            yield fault(
                question.path,
                f"{question.text!r} also stands under {earlier.topic}; keep it where it belongs",
            )
    for path, topic_id in sorted(
        {(question.path, question.topic) for question in content.questions}
    ):
        if topic_id not in content.topics:
            yield fault(path, f"topic {topic_id} is not in data/topics.yml")
    for one in load_follow_ups():
        for topic_id in {one.after, one.topic} - content.topics.keys():
            yield fault(one.path, f"names {topic_id}, which is no topic; correct it")
    for topic in content.topics.values():
        if counts[topic.id] < FEWEST_QUESTIONS:
            path = places.DATA / "questions" / topic.group / f"{topic.id}.yml"
            yield fault(
                path, f"has {counts[topic.id]} phrasings; write at least {FEWEST_QUESTIONS}"
            )


def _text_faults(content: Content) -> Iterator[Fault]:
    texts = load_fixed_texts()
    folder = places.DATA / "texts"
    values = defaultdict(lambda: "It")
    for name in sorted(english_texts()):
        grade = reading_grade(texts[name].text.format_map(values))
        if grade > GRADE_GOAL:
            yield fault(
                folder,
                f"{name} reads at grade {grade:.1f}, more than {GRADE_GOAL:.0f}; "
                "use shorter words and sentences",
            )
    for name, text in texts.items():
        for one in text.offers:
            if one not in content.topics:
                yield fault(folder, f"{name} offers {one}, which is no topic; correct it")
        for title, payload in text.buttons.items():
            if payload.startswith("/") and payload[1:] not in {*content.topics, *callback.INTENTS}:
                yield fault(folder, f"{name}: the button {title!r} sends {payload}, which is no "
                                    "intent; correct it")  # fmt: skip
    for topic in content.topics.values():
        fixed = topic.group in ("clinic", "safety") or topic.group == "conversation"
        if fixed and topic.id not in texts and topic.id not in build.ACTIONS_BY_TOPIC:
            yield fault(folder, f"has no text for {topic.id}; add one, or an action for it")


def _dialogue_faults(content: Content) -> Iterator[Fault]:
    domain = read_yaml(places.DOMAIN, dict[str, object])
    actions = set(domain.get("actions") or ())  # type: ignore[call-overload]
    for name in sorted({*build.ACTIONS_BY_TOPIC.values(), *build.INTERNAL_INTENTS.values()}):
        if name.startswith("action_") and name not in actions:
            yield fault(places.DOMAIN, f"lacks the action {name}; list it under `actions`")
    for name in sorted(actions):
        module = places.ACTIONS / f"{name.removeprefix('action_')}.py"
        if not module.exists():
            yield fault(module, f"is missing; the domain names {name}")


def _expiry_warnings(content: Content, today: date) -> Iterator[Fault]:
    for review in load_reviews().values():
        soon = ends_soon(review, today)
        if soon and review.answer in content.answers:
            path = content.path(content.answers[review.answer])
            yield fault(path, f"{soon}; have it reviewed again")


def _figures(content: Content, today: date) -> list[str]:
    documents = content.documents
    knowledge = KnowledgeBase(content.answers, load_reviews(), documents, today)
    cited = {one for answer in content.answers.values() for one in answer.cited}
    served = {one.answer.topic for one in knowledge.served()}
    wanted = [t for t in answerable(content.topics) if content.topics[t].source != "clinic"]
    variants = Counter(name for answer in content.answers.values() for name in answer.facet)
    return [
        f"{len(documents)} documents, {len(knowledge.passages)} passages, "
        f"{len(cited & set(knowledge.passages))} of them cited",
        f"{len(content.answers)} answers, {len(list(knowledge.served()))} served; "
        f"{len(served & set(wanted))} of {len(wanted)} topics answered",
        f"variants of answers: {sum(variants.values())} ("
        + ", ".join(f"{number} by {name}" for name, number in sorted(variants.items()))
        + ")",
        f"{len(content.questions)} phrasings of {len(content.topics)} topics",
    ]
