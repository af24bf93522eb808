#!/usr/bin/env bash
# package-life.sh: installs the package, boots a Linux guest, is refused an upgrade, upgrades under the guest, kills and
# restarts the host, removes the package, installs it again, purges it, and looks for what is left. Run by try-package.sh
# as root of a machine that is thrown away, with the packages and the guest's kernel in /srv.
set -euo pipefail

first=$(echo /srv/first/*.deb)
second=$(echo /srv/second/*.deb)
unit=vmcp-host.service

say() { printf '%s\n' "$*"; }

# What is broken is said last: it is what a reader of a log that was cut sees.
broken() {
    journalctl --no-pager --lines 60 --unit $unit >&2 || true
    printf 'package: %s\n' "$*" >&2
    exit 1
}

# holds WHAT COMMAND...
holds() {
    local what=$1
    shift
    "$@" || broken "not so: $what"
}

# same WHAT EXPECTED SEEN
same() { [[ $2 == "$3" ]] || broken "$1: $3 (expected: $2)"; }

# await SECONDS WHAT COMMAND...
await() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < limit)) || broken "not so in time: $what"
        sleep 0.1
    done
}

milliseconds() { printf '%s' $((${EPOCHREALTIME//[.,]/} / 1000)); }
installed() { dpkg-query --showformat '${Version}' --show vmcp; }
host() { systemctl show --property MainPID --value $unit; }
property() { systemctl show --property "$1" --value $unit; }
health() { curl --silent --max-time 5 http://127.0.0.1:8080/_/health; }
version() { health | sed -n 's/.*"version":"\([^"]*\)".*/\1/p'; }
info() { vmcp vm info one -o json; }
vmm() { info | sed -n 's/.*"pid": *"\([0-9]*\)".*/\1/p'; }
running() { [[ $(info 2> /dev/null | sed -n 's/.*"phase": *"\([A-Za-z]*\)".*/\1/p') == Running ]]; }
other_host() { local now; now=$(host) && [[ $now != 0 && $now != "$1" ]] && health > /dev/null; }
gone() { [[ ! -d /proc/$1 ]]; }

# asks the guest's shell for the id of its boot and for how long it is up: "ID SECONDS"
guest() {
    local said tries
    for tries in 1 2 3 4 5 6; do
        # shellcheck disable=SC2016 # the guest's shell is to expand it
        said=$({
            printf '\n'
            sleep 1
            printf 'echo "<$(cat /proc/sys/kernel/random/boot_id) $(cut -d. -f1 /proc/uptime)>"\n'
            sleep 2
        } | timeout 4 vmcp vm console one 2> /dev/null | tr -d '\r' | sed -n 's/^<\([-0-9a-f]* [0-9]*\)>$/\1/p' | tail -n 1) || true
        [[ -z $said ]] || break
    done
    [[ -n $said ]] || broken "the guest does not answer on its console (try $tries)"
    printf '%s' "$said"
}

# lives_on WHAT: the guest is the one that was booted, in the same VMM, and its clock went on.
lives_on() {
    await 30 "the VM is running after $1" running
    same "VMM after $1" "$guest_pid" "$(vmm)"
    local id up
    read -r id up < <(guest && echo)
    same "guest's boot id after $1" "$guest_id" "$id"
    ((up > guest_up)) || broken "guest's uptime after $1: $up (expected: more than $guest_up)"
    guest_up=$up
    say "  the guest is up for $up s, in process $guest_pid"
}

# What differs from the machine as it was: files, but not those that dpkg and systemd keep of themselves.
changes() {
    (cd /srv/changes && find . -path ./srv -prune -o -path ./var/lib/dpkg -prune -o -path ./var/lib/systemd -prune -o \
        -path ./var/log/dpkg.log -prune -o -path ./var/cache/ldconfig -prune -o -not -type d -print -o -name '*vmcp*' -print)
}

# What a package may leave behind that is no file of the root. The pattern is not found in grep's own command line.
remains() {
    find /tmp /run /dev/shm -name '*vmcp*'
    grep vmcp /etc/passwd /etc/group || true
    grep -slaE 'vmc[p]|l-[0-9a-f]{24}' /proc/[0-9]*/cmdline | while read -r one; do
        [[ $one == "/proc/$$/cmdline" ]] || { tr '\0' ' ' < "$one"; } 2> /dev/null || true
    done
    ip -brief link | grep -v '^lo ' || true
    find /sys/fs/cgroup -name '*vmcp*'
    systemctl list-units --all --plain --no-legend '*vmcp*'
    grep /var/lib/vmcp /proc/self/mountinfo || true
}

install_it() {
    say "install $(basename "$first")"
    local began
    began=$(milliseconds)
    dpkg --install "$first"
    say "  in $(($(milliseconds) - began)) ms, with the caches for a fast start"
    same "caches" "cli.aot cli.aot.contents cli.aot.files host.aot host.aot.contents host.aot.files" "$(cd /usr/lib/vmcp/cache && echo *)"
    same "enabled by the installation" disabled "$(systemctl is-enabled $unit || true)"
    same "started by the installation" inactive "$(systemctl is-active $unit || true)"
    systemd-analyze verify /lib/systemd/system/$unit
}

start_it() {
    local began
    began=$(milliseconds)
    systemctl enable --quiet --now $unit || broken "it does not start"
    say "started: systemd was told that it serves after $(($(milliseconds) - began)) ms"
    holds "it serves" health > /dev/null
    grep -q AOTCache= "/proc/$(host)/cmdline" || broken "it was started without its cache"
    same KillMode process "$(property KillMode)"
    same RuntimeDirectoryPreserve yes "$(property RuntimeDirectoryPreserve)"
    same OOMPolicy continue "$(property OOMPolicy)"
    same Delegate yes "$(property Delegate)"
    same Type notify "$(property Type)"
    local said
    said=$(vmcp doctor --no-boot) || true
    say "$said"
    [[ $said == *"start caches"*"made of the jars in"* ]] || broken "the doctor does not know the caches"
}

boot_guest() {
    vmcp vm create --name one --memory 512MiB --backend qemu --kernel /srv/guest/vmlinuz --initrd /srv/guest/initrd.img \
        --args console=ttyS0 --boot > /dev/null
    guest_pid=$(vmm)
    read -r guest_id guest_up < <(guest && echo)
    say "a Linux guest runs, up for $guest_up s, in process $guest_pid"
}

# A version that cannot take over leaves the host of the version before as it is, and says so.
refused_upgrade() {
    local before said words="vmcp: this version cannot take over, so the host of the version before goes on"
    before=$(host)
    say "upgrade with settings that the new version does not take"
    cp /etc/vmcp/host.toml /srv/host.toml
    echo 'no-such.setting = 1' >> /etc/vmcp/host.toml
    said=$(dpkg --install "$second" 2>&1 < /dev/null) || broken "a host that is not taken over failed the installation: $said"
    [[ $said == *"$words"* && $said == *no-such.setting* ]] || broken "the refusal is not told: $said"
    cp /srv/host.toml /etc/vmcp/host.toml
    same "installed version" "$(dpkg-deb --field "$second" Version)" "$(installed)"
    same "process of the host" "$before" "$(host)"
    same "version that serves" "$(dpkg-deb --field "$first" Version)" "$(version)"
    lives_on "the refused upgrade"
}

upgrade() {
    local before
    before=$(host)
    echo 'log.level = "debug"' >> /etc/vmcp/host.toml
    say "upgrade to $(basename "$second")"
    dpkg --install "$second" < /dev/null
    same "installed version" "$(dpkg-deb --field "$second" Version)" "$(installed)"
    await 30 "another host process serves" other_host "$before"
    same "version that serves" "$(installed)" "$(version)"
    grep -q 'log.level' /etc/vmcp/host.toml || broken "the upgrade overwrote what was changed in /etc/vmcp/host.toml"
    grep -q AOTCache= "/proc/$(host)/cmdline" || broken "the new version was started without a cache of its own"
    lives_on "the upgrade"
}

restart() {
    local before
    before=$(host)
    say "systemctl restart"
    systemctl restart $unit || broken "it does not start again"
    await 30 "another host process serves" other_host "$before"
    lives_on "the restart"
    before=$(host)
    say "kill -9 of the host"
    kill -KILL "$before"
    await 30 "systemd started it again" other_host "$before"
    lives_on "the kill"
}

# A host that hangs is ended and started again.
hang() {
    local before drop=/run/systemd/system/$unit.d
    say "a host that hangs"
    mkdir -p $drop
    printf '[Service]\nWatchdogSec=3\n' > $drop/trial.conf
    systemctl daemon-reload
    systemctl restart $unit || broken "it does not start again"
    before=$(host)
    kill -STOP "$before"
    await 40 "the watchdog had it started again" other_host "$before"
    rm -r $drop
    systemctl daemon-reload
    lives_on "the watchdog's restart"
}

remove_and_return() {
    local said
    say "remove, while the guest runs"
    said=$(dpkg --remove vmcp 2>&1) || broken "the removal failed: $said"
    [[ $said == *"guests run on without a host, as processes $guest_pid "* ]] || broken "the guest is not named: $said"
    holds "the guest's VMM runs on" test -d "/proc/$guest_pid"
    holds "the state is kept" test -f /var/lib/vmcp/journal.db
    holds "the program is gone" test ! -e /usr/lib/vmcp
    if dpkg --purge vmcp; then broken "a purge took the state from under a guest that runs"; fi
    holds "the state is kept" test -f /var/lib/vmcp/journal.db
    holds "the guest's VMM runs on" test -d "/proc/$guest_pid"
    dpkg --install "$second" > /dev/null
    systemctl enable --quiet --now $unit || broken "it does not start"
    lives_on "removal and return"
}

purge() {
    say "remove the VM, purge"
    vmcp vm rm --force one > /dev/null
    await 10 "the VMM is gone" gone "$guest_pid"
    dpkg --purge vmcp
    same "state after the purge" "" "$(ls -d /var/lib/vmcp /etc/vmcp /run/vmcp /usr/lib/vmcp /usr/bin/vmcp 2> /dev/null || true)"
    same "what is left" "" "$(remains)"
    same "files that are left" "" "$(changes | grep -vxFf /srv/before || true)"
    say "nothing is left"
}

changes > /srv/before
install_it
start_it
boot_guest
refused_upgrade
upgrade
restart
hang
remove_and_return
purge
