# What every script here starts with: `root`, and a few words. Sourced.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*"; }

# fail STATUS MESSAGE...
fail() {
    printf '%s\n' "${@:2}" >&2
    exit "$1"
}

have() { command -v "$1" > /dev/null; }

# Fails, naming the command, where nothing can be done as root.
need_root() {
    ((EUID == 0)) || have sudo || fail 77 "not root and no sudo here: run as root: $*"
}

as_root() {
    need_root "$@"
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

apt_update() {
    say "updating the package lists (apt-get update)"
    as_root apt-get -qq update || fail 69 "apt-get update: failed"
}
