"""What is predicted: classes, labels or numbers. A task is a kind of data with one of these."""

from automl.tasks.answers.base import Answers
from automl.tasks.answers.classes import Classes
from automl.tasks.answers.labels import Labels
from automl.tasks.answers.numbers import Numbers

__all__ = ["Answers", "Classes", "Labels", "Numbers"]
