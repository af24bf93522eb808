#!/usr/bin/env bash
# try-package.sh: the whole life of the package on a machine with systemd, without touching this one. Both are
# imitated by namespaces: the root is an overlay over / in memory, with a systemd of its own as process 1.
# Exit 77, with the reason, where that cannot be had. Needs what is in build/.
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"
. "$root/scripts/jdk.sh"

work=${2:-} cgroups= own= keeper=
tools=(unshare nsenter systemctl dpkg ip mount setsid)
systemd=/lib/systemd/systemd

check_machine() {
    local tool
    ((EUID == 0)) || fail 77 "skipped: the package is tried in namespaces, which needs root"
    [[ -x $systemd ]] || fail 77 "skipped: the package is tried under a systemd, and $systemd is not installed"
    for tool in "${tools[@]}"; do have "$tool" || fail 77 "skipped: $tool is not installed"; done
    have qemu-system-x86_64 || fail 77 "skipped: the guest that lives through it runs on qemu-system-x86_64"
    grep -qw overlay /proc/filesystems || fail 77 "skipped: this kernel has no overlay file system"
    [[ ! -e /usr/lib/vmcp ]] || fail 77 "skipped: vmcp is installed on this machine"
}

# In a mount namespace of our own: all that is made lies in it, and goes with it.
outer() {
    local init
    cgroups=$work/cgroup
    mount --make-rprivate /
    mount -t tmpfs -o mode=755,size=4g tmpfs "$work"
    mkdir -p "$work"/{upper,scratch,top,cgroup}
    find_jdk
    "$root/scripts/package.sh" --quick --out "$work/upper/srv/first" > /dev/null
    "$root/scripts/package.sh" --quick --out "$work/upper/srv/second" --version "$(package_version)+next" > /dev/null
    "$root/scripts/linux-guest.sh" "$work/upper/srv/guest"
    mkdir -p "$work/upper/usr/lib/jvm"
    ln -s "$JAVA_HOME" "$work/upper/usr/lib/jvm/of-the-trial"

    mount -t cgroup2 cgroup2 "$cgroups" 2> /dev/null || fail 77 "skipped: no cgroup2 can be mounted"
    own=$cgroups/vmcp-trial-$$
    mkdir "$own"
    echo 0 > "$own/cgroup.procs"
    trap end_all EXIT
    unshare --mount --pid --net --ipc --uts --cgroup --fork --kill-child "$0" --init "$work" \
        > "$work/systemd.log" 2>&1 &
    keeper=$!
    echo 0 > "$cgroups/cgroup.procs"
    until init=$(cat "/proc/$keeper/task/$keeper/children" 2> /dev/null) && [[ -n $init ]]; do
        [[ -d /proc/$keeper ]] || fail 1 "no namespaces: $(cat "$work/systemd.log")"
        sleep 0.05
    done
    await 30 "systemd runs" is_up "${init// /}"
    nsenter --all --target "${init// /}" --root \
        env -i PATH="$PATH" HOME=/ TERM=dumb sh -c 'cd / && exec bash /srv/life.sh'
}

is_up() { nsenter --all --target "$1" --root systemctl --quiet is-active basic.target 2> /dev/null; }

end_all() {
    local status=$?
    trap - EXIT
    if [[ -n $keeper ]]; then
        kill -KILL "$keeper" 2> /dev/null || true
        wait "$keeper" 2> /dev/null || true
    fi
    local limit=$((SECONDS + 10))
    until find "$own" -depth -type d -exec rmdir {} + 2> /dev/null || ((SECONDS > limit)); do sleep 0.1; done
    ((status == 0)) || cat "$work/systemd.log" >&2
    exit "$status"
}

# Process 1 of the namespaces: makes the root, and becomes systemd.
init() {
    mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/scratch" "$work/top"
    cd "$work/top"
    cp "$root/scripts/package-life.sh" srv/life.sh
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    mount -t tmpfs -o mode=755 tmpfs dev
    mkdir -p dev/net dev/pts dev/shm
    local device
    for device in null zero full random urandom tty kvm net/tun; do
        [[ ! -e /dev/$device ]] || cp -a "/dev/$device" "dev/$device"
    done
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    local memory
    for memory in dev/shm run tmp; do mount -t tmpfs tmpfs "$memory"; done
    chmod 1777 tmp dev/shm
    # The services of this machine are not its own.
    rm -rf etc/systemd/system/*.wants lib/systemd/system/sysinit.target.wants lib/systemd/system/multi-user.target.wants
    : > etc/fstab
    ip link set lo up
    mkdir -p mnt srv/changes
    # What is changed in here, for who looks for what is left.
    mount --bind "$work/upper" srv/changes
    pivot_root . mnt
    umount -l /mnt
    exec env -i container=vmcp-trial PATH="$PATH" "$systemd" --system --unit=basic.target --log-target=console
}

# await SECONDS WHAT COMMAND...
await() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < limit)) || fail 1 "not so in time: $what"
        sleep 0.1
    done
}

package_version() { sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$root/pom.xml"; }

case ${1:-} in
    '')
        check_machine
        work=$(mktemp -d /tmp/vmcp-trial.XXXXXX)
        trap 'rmdir "$work"' EXIT
        "$(command -v unshare)" --mount "$0" --outer "$work"
        ;;
    --outer) outer ;;
    --init) init ;;
    *) fail 64 "usage: try-package.sh" ;;
esac
