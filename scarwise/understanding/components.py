"""Rasa's view of the understanding: thin graph components around the pure code beside them.

`config.yml` names them by module path. A component reads the message (and the tracker, where it
needs the running subject), calls pure code, and writes properties that reach the actions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    FEATURE_TYPE_SENTENCE,
    INTENT,
    INTENT_NAME_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features as RasaFeatures
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.tokens import Span
from threadpoolctl import threadpool_limits

from scarwise.knowledge.messages import load_messages
from scarwise.knowledge.terms import add_ruler, load_terms
from scarwise.knowledge.topics import SAFETY, load_topics
from scarwise.understanding.danger import DangerModel, Labeled
from scarwise.understanding.danger_signs import load_signs
from scarwise.understanding.encoder import MessageVectors, load_encoder, training_vectors_path
from scarwise.understanding.language import load_identifier
from scarwise.understanding.normalize import normalize
from scarwise.understanding.reader import Reader
from scarwise.understanding.reading import Danger
from scarwise.understanding.running_subject import context_of
from scarwise.understanding.thresholds import Thresholds
from scarwise.understanding.topics_model import TopicsModel, plain
from scarwise.understanding.training import train_judge
from scarwise.understanding.vector_cache import vectors_of
from scarwise.understanding.vocabulary import Vocabulary

DANGER = "danger"
READING = "reading"
VECTOR = "sentence_vector"
VECTORS = "sentence_vectors"
Types = DefaultV1Recipe.ComponentType
NOTHING = "."  # Rasa's own components expect a text that is not empty


@DefaultV1Recipe.register(Types.MESSAGE_FEATURIZER, is_trainable=False)
class MessageNormalizer(GraphComponent):
    """Gives the components after it one form of what was typed.

    The tracker keeps the raw text.
    """

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageNormalizer:  # fmt: skip
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training phrasings stay as they are: their entities are counted in characters."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace each text by its normalized form."""
        for message in messages:
            text = message.get(TEXT) or ""
            message.set(TEXT, normalize(text) or NOTHING)
        return messages


@DefaultV1Recipe.register([Types.MESSAGE_TOKENIZER, Types.ENTITY_EXTRACTOR], is_trainable=False)
class SpacyTerms(Tokenizer):
    """spaCy's tokens, and the terms of `data/terms/` as entities, in one pass.

    Rasa's own spaCy components load a pipeline from disk or download one; this one is made of
    the term lists. An entity's value is the one that answers use (`cortisone shots` is
    `steroid injection`).
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._nlp = add_ruler(spacy.blank("en"), load_terms())

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyTerms:  # fmt: skip
        return cls({"intent_tokenization_flag": False, "intent_split_symbol": "_", **config})

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """spaCy's tokens of one attribute."""
        doc = self._nlp.make_doc(message.get(attribute))
        return [Token(token.text, token.idx) for token in doc if not token.is_space]

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the tokens and the entities of each message."""
        for message in super().process(messages):
            found = [self._entity(span) for span in self._nlp(message.get(TEXT)).ents]
            message.set(ENTITIES, found, add_to_output=True)
        return messages

    def _entity(self, span: Span) -> dict[str, Any]:
        return {
            "entity": span.label_,
            "value": span.ent_id_,
            "start": span.start_char,
            "end": span.end_char,
            "extractor": type(self).__name__,
        }


@DefaultV1Recipe.register(Types.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the vector of the whole message as a dense sentence feature."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:  # fmt: skip
        load_encoder()  # raises at start: the server must not run half-blind
        return cls(execution_context.node_name, {**cls.get_default_config(), **config})

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """It has no options of its own."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode every training phrasing that was not encoded before."""
        messages = [m for m in training_data.training_examples if m.get(TEXT)]
        texts = [plain(message.get(TEXT)) for message in messages]
        self._add(messages, vectors_of(texts, load_encoder().encode, training_vectors_path()))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encode every message; `VECTORS` gives those of its stretches to the components after."""
        for message in messages:
            vectors = MessageVectors(load_encoder())
            self._add([message], vectors.encode([plain(message.get(TEXT))]))
            message.set(VECTORS, vectors)
        return messages

    def _add(self, messages: list[Message], vectors: np.ndarray) -> None:
        for message, vector in zip(messages, vectors, strict=True):
            message.set(VECTOR, vector)
            row = vector[np.newaxis]
            message.add_features(RasaFeatures(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def _examples(training_data: TrainingData) -> tuple[list[str], np.ndarray, list[str]]:
    """Plain texts, vectors and intents of the training phrasings, in a stable order."""
    messages = [m for m in training_data.intent_examples if m.get(TEXT)]
    messages.sort(key=lambda message: (message.get(INTENT), message.get(TEXT)))
    texts = [plain(message.get(TEXT)) for message in messages]
    vectors = np.vstack([message.get(VECTOR) for message in messages])
    return texts, vectors, [message.get(INTENT) for message in messages]


class _Trained(GraphComponent):
    """A component around one trained pure model, kept in Rasa's model storage."""

    MODEL_FILE = "model.joblib"

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Any = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> Any:  # fmt: skip
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> Any:  # fmt: skip
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(Path(folder, cls.MODEL_FILE)))

    def _persist(self) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, Path(folder, self.MODEL_FILE))
        return self._resource


@DefaultV1Recipe.register(Types.INTENT_CLASSIFIER, is_trainable=True)
class DangerCheck(_Trained):
    """Finds danger in every message, before and apart from its topic."""

    def train(self, training_data: TrainingData) -> Resource:
        """Train on phrasings and whole messages: the safety topics against all others."""
        texts, vectors, topics = _examples(training_data)
        phrasings = Labeled.of((text, [topic]) for text, topic in zip(texts, topics, strict=True))
        vocabulary = Vocabulary.of(texts)
        messages = Labeled.of(
            (plain(one.text, vocabulary), one.asks) for one in load_messages() if one.after is None
        )
        self._model = DangerModel.fit(
            phrasings, vectors, messages, vocabulary, load_signs(), load_encoder()
        )
        return self._persist()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the property `danger` of each message."""
        for message in messages:
            found = self._model.check(message.get(TEXT), message.get(VECTORS).encode)
            message.set(DANGER, found)
        return messages


@DefaultV1Recipe.register(Types.INTENT_CLASSIFIER, is_trainable=True)
class TopicReader(_Trained):
    """Sets the intent and the whole reading of a message, with the running subject in view."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Any = None
    ) -> None:
        super().__init__(config, storage, resource, model)
        if model is not None:
            # A message is a few rows of work: threads would wait for each other.
            threadpool_limits(1)
            load_identifier()
            limits = Thresholds(**config.get("thresholds", {}))
            self._reader = Reader(*model, load_topics(), limits)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the phrasings of all topics but safety's, and the judge on whole messages."""
        topics = load_topics()
        texts, vectors, labels = _examples(training_data)
        kept = [i for i, label in enumerate(labels) if topics[label].group != SAFETY]
        model = TopicsModel.fit(
            [texts[i] for i in kept],
            vectors[kept],
            [labels[i] for i in kept],
            Vocabulary.of(texts),
        )
        self._model = (model, train_judge(model, topics, load_messages(), load_encoder()))
        return self._persist()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set intent, ranking and `reading` of each message."""
        for message in messages:
            text = message.get(TEXT)
            context = context_of(tracker.events)
            danger = message.get(DANGER) or Danger()
            reading = self._reader.read(
                plain(text, self._reader.vocabulary),
                text,
                context,
                message.get(VECTORS).encode,
                danger,
            )
            intent = {INTENT_NAME_KEY: reading.intent, PREDICTED_CONFIDENCE_KEY: reading.confidence}
            message.set(INTENT, intent, add_to_output=True)
            message.set(READING, reading.as_json(), add_to_output=True)
        return messages
