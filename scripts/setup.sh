#!/usr/bin/env bash
# setup.sh: installs with apt-get what building and testing needs and this machine lacks, then packs the linux guest.
. "$(dirname "$0")/base.sh"

# program:package. A program that is there is not touched, wherever it came from.
needed=(
    mvn:maven qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils ip:iproute2
    setpriv:util-linux flock:util-linux gzip:gzip xz:xz-utils curl:curl
)

missing=()
for entry in "${needed[@]}"; do
    PATH=$PATH:/usr/sbin:/sbin have "${entry%%:*}" || missing+=("${entry#*:}")
done
if ((${#missing[@]})); then
    have apt-get || fail 69 "these are missing and there is no apt-get to install them: ${missing[*]}"
    # Said here: what apt-get prints below goes to a file.
    need_root apt-get install "${missing[@]}"
    apt-get -s install "${missing[@]}" > /dev/null 2>&1 || apt_update
    say "installing ${missing[*]} (apt-get install)"
    log=$(mktemp)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends install "${missing[@]}" > "$log" 2>&1 || {
        cat "$log" >&2
        fail 69 "apt-get install ${missing[*]}: failed"
    }
    rm -f "$log"
fi

"$root/scripts/linux-guest.sh" "$root/.cache/guest/linux"
