#!/bin/sh
# Creates the virtual environment $1 and installs the requirements file $2 into it, in the versions of constraints.txt.
# Explains in plain words what prevents it.
set -eu
venv=$1
requirements=$2

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

pip() {
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_PROGRESS_BAR=off "$venv/bin/python" -m pip "$@"
}

# uv checks each package against its hashes. It does not read pip's settings, so it is given the package index.
install_with_uv() {
    index=$(pip config get global.index-url 2>/dev/null || echo "${UV_DEFAULT_INDEX:-}")
    index=${PIP_INDEX_URL:-$index}
    ${index:+env UV_DEFAULT_INDEX="$index"} "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" \
        --constraint constraints.txt --requirement "$requirements" 2>"$log" || { cat "$log" >&2; explain; }
}

# pip can't check hashes if a requirement is a directory, like three of ours: it is given only the versions.
install_with_pip() {
    sed -e '/--hash=/d' -e 's/ \\$//' constraints.txt >"$venv/versions.txt"
    pip install --quiet --log "$log" --constraint "$venv/versions.txt" --requirement "$requirements" || explain
}

explain() {
    if grep -q -i -E 'NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|connection broken|error sending request|timed out|dns error|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT' "$log"; then
        fail "The package index, or npm's registry, could not be reached. Check the network, or PIP_INDEX_URL, NPM_CONFIG_REGISTRY and the proxy settings; then run make again."
    fi
    if grep -q -i 'hash mismatch' "$log"; then
        fail "A package is not the one that constraints.txt names: the index, or a proxy before it, serves another file. It was not installed."
    fi
    if grep -q -E 'No matching distribution found|has no wheels with a matching|no solution found' "$log"; then
        fail "There is no ready-made package for this platform ($(uname -sm)) and Python. The worker needs Linux on x86_64 or" \
            "aarch64 with glibc 2.28, or macOS on Apple silicon; the embedded servers need Linux or macOS."
    fi
    fail "Installing failed; the messages are above, and in $log."
}

# Recreate a virtual environment that was moved or whose Python is gone.
if ! suitable "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    create
fi
echo "Installing $requirements into $venv (about a minute the first time, without uv more)"
log=$venv/install.log
rm -f "$log"
# Only the lines of uv: pip requires a hash for each requirement in the file.
sed -n '/^uv==/,/[^\\]$/p' constraints.txt >"$venv/uv.txt"
if pip install --quiet --log "$log" --requirement "$venv/uv.txt"; then
    install_with_uv
elif grep -q 'No matching distribution found' "$log"; then
    install_with_pip
else
    explain
fi
rm -f "$log"
