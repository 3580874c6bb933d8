#!/bin/sh
# Creates the virtual environment $1 and installs everything into it; says in plain words what is in the way.
set -eu
venv=$1

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null
}

find_python() {
    for python in python3 python3.13 python3.12 python3.11 python3.14; do
        if suitable "$python"; then
            echo "$python"
            return
        fi
    done
    fail "No Python between 3.11 and 3.14 was found. Install one, for example: apt install python3 python3-venv"
}

create() {
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot create virtual environments. On Debian and Ubuntu: apt install python3-venv"
    echo "Creating $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
}

explain() {
    if grep -q -E 'NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|connection broken' "$1"; then
        fail "pip could not reach the package index. Check the network, or PIP_INDEX_URL and the proxy settings; then run make again."
    fi
    if grep -q 'No matching distribution found' "$1"; then
        fail "There is no ready-made package for this platform ($(uname -sm)) and Python. The worker needs Linux on x86_64 or" \
            "aarch64 with glibc 2.28, or macOS on Apple silicon; the embedded servers need Linux or macOS."
    fi
    fail "pip failed; its messages are above, and all of its log is in $1."
}

# A virtual environment that was moved or whose Python is gone is made anew.
if ! suitable "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    create
fi
echo "Installing into $venv (about a minute the first time)"
log=$venv/pip.log
rm -f "$log"
PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install --quiet --log "$log" -r dev/requirements.txt || explain "$log"
rm -f "$log"
