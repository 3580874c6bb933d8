#!/bin/sh
# Writes constraints.txt with the uv at $1: an exact version, with hashes, of every package that any of the requirements
# brings along, for each supported Python and platform. Further arguments go to uv; without `--upgrade` only what has
# to change does.
set -eu
uv=$1
shift

# The two stand-ins are directories of this repository, which nothing can pin. Without the index's address, which is
# the business of whoever installs.
"$uv" pip compile dev/requirements.txt --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-package dlib --no-emit-package face-recognition-models \
    --custom-compile-command "make lock" --output-file constraints.txt "$@"
