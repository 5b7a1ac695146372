"""What a release consists of: the names that writer and readers share."""

from typing import Final

SERVING_FILE: Final = "serving.duckdb"
PARQUET_FILE: Final = "recommendations.parquet"
# The table of one row in which a release says which it is, and which model package belongs to it.
RELEASE_TABLE: Final = "release"
# Model packages lie in this folder beside the release, each in a folder named by its id.
PACKAGES_FOLDER: Final = "serving_model"
INPUTS_FILE: Final = "inputs.duckdb"
# Releases of the past lie in this folder beside the release, each in a folder named by its id.
ARCHIVE_FOLDER: Final = "releases"
