"""Search spaces: a language for networks of which parts are open, its reader and its interpreter."""

from automl.space.assembly import Decider
from automl.space.constraints import Constraint, Violation
from automl.space.deciders import DefaultDecider, RandomDecider, ReplayDecider
from automl.space.document import Scalar
from automl.space.domains import Categorical, Domain, FloatRange, IntRange, PowerOfTwo
from automl.space.schema import space_schema
from automl.space.shipped import shipped_path, shipped_spaces
from automl.space.space import Candidate, Space
from automl.space.trials import made_up_data

__all__ = [
    "Candidate",
    "Categorical",
    "Constraint",
    "Decider",
    "DefaultDecider",
    "Domain",
    "FloatRange",
    "IntRange",
    "PowerOfTwo",
    "RandomDecider",
    "ReplayDecider",
    "Scalar",
    "Space",
    "Violation",
    "made_up_data",
    "shipped_path",
    "shipped_spaces",
    "space_schema",
]
