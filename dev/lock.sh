#!/bin/sh
# Writes constraints.txt with the uv at $1: an exact version, with hashes, of every package that the requirements
# depend on, for each supported Python and platform. Further arguments go to uv; without `--upgrade` versions change
# only if they must.
set -eu
uv=$1
shift

# Three packages are directories of this repository, which can't be pinned. The index's address is left out:
# it depends on the machine that installs.
"$uv" pip compile dev/requirements.txt --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-package dlib --no-emit-package face-recognition-models \
    --no-emit-package proctor-model-files \
    --custom-compile-command "make lock" --output-file constraints.txt "$@"
