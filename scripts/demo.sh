#!/usr/bin/env bash
# demo.sh [--stay]: starts a host of its own, boots a Linux guest through its API, shows the guest's console and removes
# everything again. With --stay it leaves all running and says what to try next.
. "$(dirname "$0")/base.sh"

stay=false
case ${1:-} in
    '') ;;
    --stay) stay=true ;;
    *) fail 64 "$1: no such option (expected: --stay)" ;;
esac

vmcp=$root/build/vmcp
vm=demo
ready='vmcp linux guest ready'
# Kernels and disks are taken from a few places only, /tmp is one of them.
dir=$(mktemp -d /tmp/vmcp-demo.XXXXXX)
host=

now() { printf '%s' $((${EPOCHREALTIME//[.,]/} / 1000)); }

host_lives() { [[ -n $host && -d /proc/$host ]]; }

# until_gone SECONDS: whether the host ended in time.
until_gone() {
    local limit=$(($(now) + $1 * 1000))
    while host_lives; do
        (($(now) < limit)) || return 1
        sleep 0.05
    done
}

clean_up() {
    local status=$?
    trap - EXIT
    if host_lives; then
        [[ -z ${VMCP_ENDPOINT:-} ]] || "$vmcp" vm rm --force "$vm" > /dev/null 2>> "$dir/host.log" || true
        kill "$host" 2> /dev/null || true
        until_gone 10 || kill -KILL "$host" 2> /dev/null || true
    fi
    ((status == 0)) || [[ ! -s $dir/host.log ]] || { say "the host's last lines:" && tail -n 20 "$dir/host.log"; } >&2
    # Nothing is left when all went well; a VMM names its directory in its arguments.
    local left
    for left in $(grep -slF "$dir/" /proc/[0-9]*/cmdline | cut -d/ -f3); do
        [[ $left == "$$" ]] || kill -KILL "$left" 2> /dev/null || true
    done
    rm -rf "$dir"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

start_host() {
    local limit line
    UNKEY_VMCP_BACKEND=qemu UNKEY_VMCP_ADDRESS=127.0.0.1 UNKEY_VMCP_PORT=0 \
        setsid "$vmcp" host --data-dir "$dir/data" < /dev/null > "$dir/host.log" 2>&1 9>&- &
    host=$!
    limit=$(($(now) + 30000))
    until line=$(grep -m 1 '"event":"listening".*"listener":"api"\|"listener":"api".*"event":"listening"' "$dir/host.log"); do
        host_lives || fail 1 "the host ended before it listened"
        (($(now) < limit)) || fail 1 "the host did not listen within 30 s"
        sleep 0.02
    done
    export VMCP_ENDPOINT
    VMCP_ENDPOINT=http://$(sed 's/.*"address":"\([^"]*\)".*/\1/' <<< "$line")
}

# Shows the console line by line until the end of the guest's banner.
show_console() {
    local limit=$(($(now) + 60000)) line part= seen=false console
    exec 3< <(exec "$vmcp" vm console "$vm" < /dev/null 2>> "$dir/host.log")
    console=$!
    while (($(now) < limit)); do
        if ! IFS= read -r -t 1 line <&3; then
            # After a time-out a part of a line may have come; at the end of the console nothing more does.
            [[ -d /proc/$console ]] || break
            part+=$line
            continue
        fi
        line=$part$line part=
        line=${line//$'\r'/}
        printf '  | %s\n' "${line//$'\e['[0-9]n/}"
        if $seen && [[ $line == -----* ]]; then break; fi
        [[ $line != *"$ready"* ]] || seen=true
    done
    kill "$console" 2> /dev/null || true
    exec 3<&-
    $seen || fail 1 "the console ended, or 60 s went by, before the guest said '$ready'"
}

what_next() {
    local body
    body='{"vm_id": "'$vm'"}'
    cat << TEXT

The host and its guest go on. Try, in $root:

  export VMCP_ENDPOINT=$VMCP_ENDPOINT
  build/vmcp vm ls
  build/vmcp vm info $vm
  build/vmcp vm console $vm              # press Enter for the guest's shell
  build/vmcp vm pause $vm && build/vmcp vm resume $vm

  curl $VMCP_ENDPOINT/vmm.v1.VmService/GetVmInfo -H 'Content-Type: application/json' -d '$body'
  curl $VMCP_ENDPOINT/vmm.v1.VmService/CreateVm -H 'Content-Type: application/json' -d '{"config": {
    "cpu": {"vcpu_count": 1}, "memory": {"size_bytes": 536870912},
    "boot": {"kernel_path": "$dir/guest/vmlinuz", "initrd_path": "$dir/guest/initrd.img", "kernel_args": "console=ttyS0"}}}'

  kill -9 $host                          # the guest runs on; start the host again and it has it back:
  UNKEY_VMCP_BACKEND=qemu UNKEY_VMCP_PORT=${VMCP_ENDPOINT##*:} build/vmcp host --data-dir $dir/data

The host's log is $dir/host.log. To end it all:

  build/vmcp vm ls -o name | xargs -r -n 1 build/vmcp vm rm --force; kill $host; rm -rf $dir
TEXT
}

chmod 755 "$dir"
"$root/scripts/linux-guest.sh" "$dir/guest"

say "starting a host with an empty data directory"
start=$(now)
start_host
listening=$(now)

say "creating and booting a Linux guest through $VMCP_ENDPOINT"
"$vmcp" vm create --name "$vm" --cpus 1 --memory 512MiB \
    --kernel "$dir/guest/vmlinuz" --initrd "$dir/guest/initrd.img" --args console=ttyS0 --boot
booted=$(now)
show_console
shown=$(now)

printf '\nhost up after %d ms, VM created and booted by the CLI after %d ms more, guest ready after %d ms more\n' \
    $((listening - start)) $((booted - listening)) $((shown - booted))
if $stay; then
    trap - EXIT
    what_next
    exit
fi
"$vmcp" vm rm --force "$vm"
kill "$host"
until_gone 30 || fail 1 "the host did not end within 30 s"
wait "$host" || (($? == 143)) || fail 1 "the host ended with a failure"
say "the VM is deleted, the host has ended, $dir is removed"
