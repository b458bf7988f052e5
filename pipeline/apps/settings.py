"""Settings of the processes, from the environment. Every one is listed in `SETTINGS`, which `--help` prints."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pipeline.engine.kafka import KafkaSettings


class SettingsError(Exception):
    """A setting that can't be used; the text names the variable and the remedy for whoever starts the process."""


class Setting(NamedTuple):
    """One environment variable: its name, default and meaning."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092", "brokers to begin with, comma separated"),
    Setting("COMPLIANCE_APPLICATION", "compliance", "names consumer groups and transactional ids"),
    Setting("COMPLIANCE_TOPIC_PREFIX", "", "put in front of every topic name"),
    Setting("COMPLIANCE_INSTANCE", "", "static membership: a name that this worker keeps over restarts"),
    Setting("COMPLIANCE_STATE_DIRECTORY", "var/state", "where the local stores lie; a copy of the changelogs"),
    Setting(
        "COMPLIANCE_CACHE_DIRECTORY",
        "",
        "where compiled lexicons are kept; empty: compliance in $XDG_CACHE_HOME or ~/.cache",
    ),
    Setting(
        "COMPLIANCE_VALUE_KEY_FILE",
        "",
        "file with the key of the hashes of sensitive values and of recipients in counts; empty: findings give none, "
        "and counts are hashed without a key",
    ),
    Setting("COMPLIANCE_POLICY_FILE", "", "policy used while none is published; empty: the packaged one"),
    Setting(
        "COMPLIANCE_SANCTIONS_LIST", "", "sanctioned parties, as OFAC's SDN.XML; empty: a sample that lists nobody"
    ),
    Setting("COMPLIANCE_SUPPRESSION_LISTS", "", "directory of suppression lists; empty: none are asked"),
    Setting("COMPLIANCE_SESSION_TIMEOUT_MS", "10000", "silence after which the group takes a worker's partitions"),
    Setting("COMPLIANCE_PATIENCE_SECONDS", "60", "how long the brokers may be away before the worker ends"),
    Setting("COMPLIANCE_DEAD_LETTER_SHARE_MAX", "0.8", "above this share of dead letters the worker stops"),
    Setting("COMPLIANCE_BATCH_MESSAGES", "800", "messages judged in one transaction at most"),
    Setting("COMPLIANCE_PATTERNS_PORT", "6066", "where `compliance patterns` shows a subject's numbers; 0: nowhere"),
    Setting("COMPLIANCE_PATTERNS_BIND", "127.0.0.1", "address of that port"),
    Setting("COMPLIANCE_SECURITY_PROTOCOL", "PLAINTEXT", "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"),
    Setting("COMPLIANCE_SASL_MECHANISM", "SCRAM-SHA-512", "used with SASL"),
    Setting("COMPLIANCE_SASL_USERNAME", "", "used with SASL"),
    Setting("COMPLIANCE_SASL_PASSWORD_FILE", "", "file that holds the password"),
    Setting("COMPLIANCE_CA_FILE", "", "certificates to trust with SSL; empty: the system's"),
    Setting("COMPLIANCE_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
)

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True)
class Environment:
    """The settings as given, with defaults filled in."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Give a setting as text; an empty variable counts as not set."""
        return self.values.get(name) or _DEFAULTS[name]

    def number(self, name: str, low: float, high: float) -> float:
        """Give a setting as a number within bounds.

        :raises SettingsError: it is no number, or out of bounds
        """
        try:
            number = float(self.text(name))
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            message = f"{name} must be a number from {low:g} to {high:g}"
            raise SettingsError(message)
        return number

    def path(self, name: str) -> Path | None:
        """Give a setting as a path, or None when it is empty."""
        text = self.text(name)
        return Path(text) if text else None


def current_environment() -> Environment:
    """Give the settings of this process without looking for misspelt ones, for commands that need one or two."""
    return Environment(dict(os.environ))


def read_environment() -> Environment:
    """Read the settings of this process.

    :raises SettingsError: a COMPLIANCE_ variable that does not exist is set, most likely misspelt
    """
    known = set(_DEFAULTS) | {"COMPLIANCE_PARTITIONS", "COMPLIANCE_BROKER_CACHE"}
    unknown = sorted(name for name in os.environ if name.startswith("COMPLIANCE_") and name not in known)
    if unknown:
        message = f"unknown settings: {', '.join(unknown)}; the settings are {', '.join(sorted(known))}"
        raise SettingsError(message)
    return Environment(dict(os.environ))


def kafka_settings(environment: Environment) -> "KafkaSettings":
    """Gather what the engine needs to reach Kafka.

    :raises SettingsError: a value can't be used
    """
    from pipeline.engine.kafka import KafkaSettings  # aiokafka takes a while to import, and not all commands need it

    return KafkaSettings(
        bootstrap_servers=environment.text("KAFKA_BOOTSTRAP_SERVERS"),
        application=environment.text("COMPLIANCE_APPLICATION"),
        prefix=environment.text("COMPLIANCE_TOPIC_PREFIX"),
        instance_id=environment.text("COMPLIANCE_INSTANCE") or None,
        session_timeout_milliseconds=int(environment.number("COMPLIANCE_SESSION_TIMEOUT_MS", 1_000, 300_000)),
        patience_seconds=environment.number("COMPLIANCE_PATIENCE_SECONDS", 0, 86_400),
        client=client_options(environment),
    )


def client_options(environment: Environment) -> Mapping[str, Any]:
    """Gather what every Kafka client needs: its name and its security.

    :raises SettingsError: a value can't be used
    """
    protocol = environment.text("COMPLIANCE_SECURITY_PROTOCOL")
    options: dict[str, Any] = {"client_id": f"compliance-{socket.gethostname()}", "security_protocol": protocol}
    if protocol not in ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"):
        message = "COMPLIANCE_SECURITY_PROTOCOL must be PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
        raise SettingsError(message)
    if protocol.endswith("SSL"):
        import ssl

        ca_file = environment.path("COMPLIANCE_CA_FILE")
        options["ssl_context"] = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    if protocol.startswith("SASL"):
        password_file = environment.path("COMPLIANCE_SASL_PASSWORD_FILE")
        if password_file is None:
            message = "COMPLIANCE_SASL_PASSWORD_FILE must name the file that holds the password"
            raise SettingsError(message)
        options |= {
            "sasl_mechanism": environment.text("COMPLIANCE_SASL_MECHANISM"),
            "sasl_plain_username": environment.text("COMPLIANCE_SASL_USERNAME"),
            "sasl_plain_password": password_file.read_text("utf-8").strip(),
        }
    return options
