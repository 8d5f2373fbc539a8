"""Makes what Rasa reads from what people write: training data, rules and the domain's built part.

Deterministic; what it writes is committed, and `stale` compares it with a fresh build, so nobody
edits the wrong file.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from scarwise import callback, places
from scarwise.faults import Fault, fault
from scarwise.knowledge.questions import load_follow_ups, load_questions
from scarwise.knowledge.terms import load_terms
from scarwise.knowledge.topics import Topic, load_topics
from scarwise.texts import load_fixed_texts

HEADER = "# Built by `scarwise build`; edit what it is built from.\n"
DOMAIN_MARK = (
    "# ---- Built by `scarwise build` from here to the end; edit what it is built from. ----\n"
)

# What answers a topic, where that is neither the answer action nor the fixed text of its name.
ACTIONS_BY_TOPIC = {
    "more_detail": "action_more_detail",
    "repeat": "action_repeat",
    "affirm": "action_affirm",
    "out_of_scope": "action_decline",
}
# Intents that no patient asks for: the understanding sets them.
INTERNAL_INTENTS = {
    "nlu_fallback": "action_ask_back",
    "none_of_these": "utter_none_of_these",
}
ANSWER_ACTION = "action_answer"
# Fixed texts of the form for a call back that Rasa itself says; its rules are written by hand.
CALLBACK_TEXTS = ("callback_left", *(f"ask_{slot}" for slot in callback.SLOTS))


def action_for(topic: Topic) -> str:
    """The action that a rule runs for a topic."""
    if topic.id in ACTIONS_BY_TOPIC:
        return ACTIONS_BY_TOPIC[topic.id]
    if topic.source is not None:
        return ANSWER_ACTION
    return f"utter_{topic.id}"


def built_files() -> dict[Path, str]:
    """Every built file with its text; raises `FaultyDataError` when the data has faults."""
    topics = load_topics()
    return {
        **_training_data(topics),
        places.DATA / "nlu" / "follow_ups.yml": _follow_ups(topics),
        places.DATA / "nlu" / "terms.yml": _synonyms(),
        places.DATA / "rules" / "topics.yml": _rules(topics),
        places.DOMAIN: _domain(topics),
    }


def write() -> list[Path]:
    """Write the built files that changed, and return them."""
    changed = []
    for path, text in built_files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def stale() -> list[Fault]:
    """The built files that no longer fit what they are built from."""
    faults = []
    for path, text in built_files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            faults.append(fault(path, "is stale; run scarwise build"))
    return faults


def _training_data(topics: dict[str, Topic]) -> dict[Path, str]:
    lines: dict[str, list[str]] = defaultdict(list)
    for question in load_questions():
        lines[question.topic].append(question.marked)
    files: dict[Path, str] = {}
    for group in dict.fromkeys(topic.group for topic in topics.values()):
        text = HEADER + 'version: "3.1"\nnlu:\n'
        for topic in topics.values():
            if topic.group == group and lines[topic.id]:
                text += f"- intent: {topic.id}\n  examples: |\n"
                text += "".join(f"    - {line}\n" for line in lines[topic.id])
        files[places.DATA / "nlu" / f"{group}.yml"] = text
    return files


def _follow_ups(topics: dict[str, Topic]) -> str:
    """Follow-ups as the understanding reads them: after the subject that they lean on."""
    lines: dict[str, list[str]] = defaultdict(list)
    for one in load_follow_ups():
        lines[one.topic].append(topics[one.after].followed_by(one.text))
    text = HEADER + 'version: "3.1"\nnlu:\n'
    for topic_id in topics:
        if lines[topic_id]:
            text += f"- intent: {topic_id}\n  examples: |\n"
            text += "".join(f"    - {line}\n" for line in lines[topic_id])
    return text


def _synonyms() -> str:
    text = HEADER + 'version: "3.1"\nnlu:\n'
    for file in load_terms().values():
        every = sorted(
            {word for value, term in file.terms.items() for word in [value, *term.words]}
        )
        text += f"- lookup: {file.entity}\n  examples: |\n"
        text += "".join(f"    - {word}\n" for word in every)
        for value, term in file.terms.items():
            if term.words:
                text += f"- synonym: {value}\n  examples: |\n"
                text += "".join(f"    - {word}\n" for word in term.words)
    return text


def _rules(topics: dict[str, Topic]) -> str:
    text = HEADER + 'version: "3.1"\nrules:\n'
    every = {topic.id: action_for(topic) for topic in topics.values()} | INTERNAL_INTENTS
    for intent, action in every.items():
        text += f"- rule: {intent}\n  steps:\n  - intent: {intent}\n  - action: {action}\n"
    return text


def _domain(topics: dict[str, Topic]) -> str:
    hand_written = places.DOMAIN.read_text(encoding="utf-8").partition(DOMAIN_MARK)[0]
    text = hand_written + DOMAIN_MARK + "intents:\n"
    for intent in [*topics, *INTERNAL_INTENTS, *callback.INTENTS]:
        text += f"- {intent}:\n    use_entities: []\n"
    text += "responses:\n"
    fixed = load_fixed_texts()
    for name in ["unavailable", "none_of_these", *topics, *CALLBACK_TEXTS]:
        if name in fixed:
            spoken = json.dumps(fixed[name].text.strip(), ensure_ascii=False)
            text += f"  utter_{name}:\n  - text: {spoken}\n"
    return text
