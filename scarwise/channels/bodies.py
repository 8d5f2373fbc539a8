"""What the web door reads and sends, and what it says of a request that it cannot read.

Strict types and no unknown keys: a mistyped key is refused, and never silence.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from scarwise.dialogue.message import Outcome


class Body(BaseModel):
    """Base of all bodies that are read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NewConversation(Body):
    """Begins a conversation. The language is that of the client's own strings; the assistant
    answers in English."""

    consent: Annotated[bool, Field(json_schema_extra={"const": True})]
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")] | None = None

    @field_validator("consent")
    @classmethod
    def _is_given(cls, value: bool) -> bool:
        if not value:
            raise ValueError("is not given")
        return value


class Said(Body):
    """One message of the patient: something typed, or a button that was offered."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [name], "properties": {name: {"type": "string"}}}
                for name in ("text", "button")
            ]
        }
    )

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    text: str | None = None
    button: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _has_one_of_both(self) -> Said:
        if (self.text is None) == (self.button is None):
            raise ValueError('must hold either "text" or "button"')
        return self


class Feedback(Body):
    """What the patient thought of one turn; given again, it replaces what was given before."""

    number: int = Field(ge=1, le=2**31 - 1)
    helped: bool
    reason: Annotated[str, Field(max_length=300)] | None = None


class Typed(Body):
    """What is typed so far. It is no part of an address, as proxies write those into their logs."""

    typed: str


class Answer(BaseModel):
    """Base of all bodies that are sent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Button(Answer):
    """Something that the patient may press; the id is the server's own and tells nothing."""

    id: str = Field(min_length=1)
    title: str


class Source(Answer):
    """A section of a document that an answer rests on, and who checked the answer when."""

    topic: str
    document: str
    section: str
    publisher: str
    address: str | None
    reviewed: str = Field(json_schema_extra={"format": "date"})
    by: str


class Phone(Answer):
    """A number to call."""

    label: str
    number: str


class Reply(Answer):
    """One message to the patient.

    `text` is paragraphs between blank lines; its only markup is **bold** and [text](address).
    """

    text: str = Field(min_length=1)
    outcome: Outcome
    buttons: list[Button]
    sources: list[Source]
    phones: list[Phone]


class Turn(Answer):
    """One message of the patient and all that the patient reads in reply.

    `number` counts from 1 in a conversation. It is 0 when the turn could not be kept: the reply
    is the fixed one for failures, and the same message may be sent again.
    """

    number: int = Field(ge=0)
    id: str
    said: str
    replies: list[Reply] = Field(min_length=1)


class Turns(Answer):
    """The turns of a conversation in their order; ask for those after `last` next time."""

    turns: list[Turn]
    last: int = Field(ge=0)


class Conversation(Answer):
    """What is known of a conversation."""

    expires_at: str = Field(json_schema_extra={"format": "date-time"})


class NewToken(Answer):
    """What opens the new conversation; whoever holds it reads and writes there."""

    token: str = Field(min_length=1)
    conversation: Conversation


class Suggestion(Answer):
    """A vetted question."""

    text: str


class Suggestions(Answer):
    """Vetted questions that fit what was typed, the best first."""

    suggestions: list[Suggestion] = Field(max_length=5)


class Settings(Answer):
    """What anybody may know of the clinic, to be shown before a conversation begins."""

    clinic: str
    phone: str
    booking: str
    privacy: str
    emergency: Phone
    crisis: Phone
    demo: bool
    keep_days: int = Field(ge=1)
    starters: list[str]
    language: str


class Refusal(Answer):
    """Why a request was refused, and the mend."""

    error: str = Field(min_length=1)


class RefusedError(Exception):
    """A request that is refused: the status, and an error text that names the mend."""

    def __init__(self, status: int, why: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers or {}


Shape = TypeVar("Shape", bound=Body)

_MENDS = {
    "missing": "is missing; add it",
    "string_type": "must be text in quotes",
    "string_too_short": "is empty",
    "string_too_long": "has more than 300 characters; shorten it",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be the number of a turn, 1 or more",
    "less_than_equal": "is the number of no turn",
}
_CONSENT = "must be true: ask the patient first, and send it when they agree"
_FORMS = {
    "id": "must be 1 to 64 letters, digits, - or _",
    "language": 'must be a language tag, such as "en"',
}


def read_body(body: bytes, shape: type[Shape]) -> Shape:
    """The JSON `body` as `shape`; raises `RefusedError` that says what is wrong with it."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
    if problem["type"] == "json_invalid":
        raise RefusedError(400, "The body is not JSON in UTF-8: send one JSON object.")
    if problem["type"] == "model_type":
        raise RefusedError(400, "The body must be one JSON object, such as {...}.")
    if problem["type"] == "extra_forbidden":  # the client's own key is not repeated back
        known = ", ".join(f'"{name}"' for name in shape.model_fields) or "none"
        raise RefusedError(400, f"A key is not known here: take it out. Known keys: {known}.")
    place = f'"{problem["loc"][0]}"' if problem["loc"] else "The message"
    said = _MENDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    if problem["type"] == "string_pattern_mismatch":
        said = _FORMS[str(problem["loc"][0])]
    if place == '"consent"':
        said = _CONSENT
    raise RefusedError(400, f"{place} {said}.")
