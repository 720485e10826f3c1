"""What people read where the knowledge base's endpoints refuse: the sentences of ``sentences.yml``."""

from pathlib import Path

from kit.sentences import Sentences

said = Sentences(Path(__file__).with_name("sentences.yml"))
