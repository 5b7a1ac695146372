"""A configuration as a small YAML file: only what differs from the defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from models_py.config import RunConfig, from_dict, to_dict

DEFAULT_FILE: Final = Path("config/model.yml")
# Set elsewhere: a file that said otherwise would be overruled in silence.
DBT_VARS: Final = {"hybrid.ranker": "ranker", "recommend.count": "recommendations_per_customer"}


class ConfigFileError(ValueError):
    """The configuration file is missing or says something that makes no sense; the message says what and where."""


def configured(named: str | Path | None, **overrides: Mapping[str, Any]) -> RunConfig:
    """The configuration of a file, else the defaults.

    Args:
        named: the file. None or empty: `config/model.yml`, if there is one.
        overrides: settings, by section, that win over the file.

    Raises:
        ConfigFileError: the file that was named does not exist, or is no valid configuration.
    """
    path = Path(named) if named else DEFAULT_FILE
    if not path.is_file():
        if named:
            raise ConfigFileError(f"There is no configuration file {path} (looked for in {Path.cwd()}).")
        return with_settings(overrides)
    try:
        return with_settings(merged(read(path), overrides))
    except ValueError as error:
        raise ConfigFileError(f"{path}: {error}") from error


def read(path: Path) -> dict[str, Any]:
    """The settings in a file.

    Raises:
        ConfigFileError: it is no YAML, no mapping, or sets what a dbt var sets.
    """
    try:
        settings = yaml.safe_load(path.read_text()) or {}
    except yaml.YAMLError as error:
        raise ConfigFileError(f"{path} is no YAML: {error}") from error
    if not isinstance(settings, dict):
        raise ConfigFileError(f"{path} must hold settings by name, not {type(settings).__name__}.")
    for setting, var in DBT_VARS.items():
        section, name = setting.split(".")
        if isinstance(settings.get(section), dict) and name in settings[section]:
            raise ConfigFileError(f"{path} sets {setting}; set the dbt var '{var}' instead.")
    return settings


def with_settings(settings: Mapping[str, Any]) -> RunConfig:
    """The defaults with some settings changed.

    Raises:
        ValueError: a setting does not exist, naming those that do; or its value is of another kind.
    """
    defaults = to_dict(RunConfig())
    _check(settings, defaults, "")
    return from_dict(RunConfig, merged(defaults, settings))


def write(settings: Mapping[str, Any], path: Path, comment: str) -> None:
    """Write settings under a comment; the old file stays until the new one is whole."""
    lines = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    body = yaml.safe_dump(dict(settings), sort_keys=True) if settings else "# Nothing differs from the defaults.\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.tmp")
    unfinished.write_text(f"{lines}\n{body}")
    unfinished.replace(path)


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The tree `base` with the leaves of `changes` in place of its own."""
    tree = dict(base)
    for name, value in changes.items():
        below = tree.get(name)
        tree[name] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return tree


def _check(settings: Mapping[str, Any], defaults: Mapping[str, Any], above: str) -> None:
    for name, value in settings.items():
        path = f"{above}{name}"
        if name not in defaults:
            raise ValueError(f"there is no setting '{path}'; there is {', '.join(sorted(defaults))}")
        default = defaults[name]
        if isinstance(default, Mapping) and isinstance(value, Mapping):
            _check(value, default, f"{path}.")
        elif not _is_like(value, default):
            raise ValueError(f"'{path}' must be {_kind(default)}, not {value!r}")


def _is_like(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return type(value) is type(default)
    if isinstance(default, float):
        return isinstance(value, int | float)
    if isinstance(default, tuple):
        return isinstance(value, list | tuple)
    return isinstance(value, type(default))


def _kind(default: object) -> str:
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list"}
    return next((name for kind, name in names.items() if isinstance(default, kind)), "a section of settings")
