"""What ``agora gateway`` needs beside the gateway: its settings and its greeting."""

from pathlib import Path

from agents.errors import BadSetting
from agents.fleet.serving import Serving
from agents.settings import Settings


def with_models(settings: Settings, models: Path | None) -> Settings:
    """The settings of one's own gateway with this file of models. Raises BadSetting where they name another gateway."""
    if settings.gateway is not None:
        raise BadSetting("AGORA_GATEWAY", "names another gateway: unset it to run one of your own")
    return settings if models is None else settings.model_copy(update={"models": models})


def greeting(serving: Serving) -> list[str]:
    """Where it is, and what it sells."""
    own, deployment = serving.gateway, serving.session.deployment
    return [
        f"gateway   {serving.url}/v1",
        f"models    {', '.join(own.gateway.upstream.models)}",
        f"provider  {own.provider}",
        f"contract  {deployment.meter.address} on chain {deployment.chain_id}",
        f"books     {serving.session.folder}",
    ]
