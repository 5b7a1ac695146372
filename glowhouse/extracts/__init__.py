"""Raw extracts of the shop's systems: what is expected of them, how they are read, what is wrong with them."""

from glowhouse.extracts.check import Problem, check_extracts
from glowhouse.extracts.contract import ExtractContract, load_contracts
from glowhouse.extracts.errors import ExtractError
from glowhouse.extracts.reader import OpenExtract, open_extract

__all__ = [
    "ExtractContract",
    "ExtractError",
    "OpenExtract",
    "Problem",
    "check_extracts",
    "load_contracts",
    "open_extract",
]
