#!/usr/bin/env bash
# linux-guest.sh DIR: writes DIR/vmlinuz and DIR/initrd.img, Debian's cloud kernel and an initramfs of static busybox.
# The packages are unpacked under .cache and packed once; nothing is installed.
. "$(dirname "$0")/base.sh"

# In the order of their dependencies. What a kernel has built in is left out when it is not there.
guest_modules=(
    virtio/virtio_ring virtio/virtio virtio/virtio_pci_modern_dev virtio/virtio_pci_legacy_dev virtio/virtio_pci
    virtio/virtio_mmio block/virtio_blk net/failover net/net_failover net/virtio_net char/hw_random/virtio-rng
    misc/pvpanic/pvpanic misc/pvpanic/pvpanic-pci misc/pvpanic/pvpanic-mmio acpi/button input/evdev
)

# The newest cloud kernel that the machine's package lists name.
cloud_kernel() {
    apt-cache depends linux-image-cloud-amd64 2> /dev/null | awk '$1 == "Depends:" && $2 ~ /^linux-image-/ {print $2; exit}'
}

pack() {
    local cache=$1 key=$2 work package module from
    have apt-get && have dpkg-deb || fail 69 "the linux guest is made of Debian packages: it needs apt-get and dpkg-deb"
    [[ $(dpkg --print-architecture) == amd64 ]] || fail 69 "the linux guest is made for amd64 only"
    [[ -n $(cloud_kernel) ]] || apt_update
    package=$(cloud_kernel)
    [[ -n $package ]] || fail 69 "linux-image-cloud-amd64: no such package here (expected: a Debian 12 or newer package source)"

    say "downloading $package and busybox-static to pack the linux guest (nothing is installed)"
    work=$(mktemp -d "$cache/pack.XXXXXX")
    trap "rm -rf '$work'" EXIT
    chmod 755 "$work"
    (cd "$work" && download_packages "$package" busybox-static)
    for from in "$work"/*.deb; do dpkg-deb -x "$from" "$work/packages"; done

    local tree=$work/tree modules
    modules=$(echo "$work"/packages/lib/modules/*/kernel)
    mkdir -p "$tree"/{bin,dev,etc/acpi/PWRF,modules,proc,sys}
    install -m 755 "$work/packages/bin/busybox" "$tree/bin/busybox"
    "$tree/bin/busybox" --list | while read -r applet; do
        [[ $applet == busybox ]] || ln -s busybox "$tree/bin/$applet"
    done
    install -m 755 "$root/scripts/linux-guest/init" "$tree/init"
    install -m 755 "$root/scripts/linux-guest/power-button" "$tree/etc/acpi/PWRF/00000080"
    install -m 755 "$root/scripts/linux-guest/udhcpc" "$tree/etc/udhcpc"
    for module in "${guest_modules[@]}"; do
        local name=${module##*/}
        for from in "$modules/drivers/$module.ko" "$modules/net/core/$name.ko"; do
            [[ -e $from.xz ]] && xz -dk "$from.xz"
            [[ -e $from ]] || continue
            cp "$from" "$tree/modules/$name.ko"
            echo "$name" >> "$tree/modules/order"
        done
    done

    mkdir "$work/done"
    (cd "$tree" && find . | LC_ALL=C sort | ./bin/busybox cpio -o -H newc -R 0:0 2> /dev/null | gzip -n) > "$work/done/initrd.img"
    cp "$work"/packages/boot/vmlinuz-* "$work/done/vmlinuz"
    echo "$key" > "$work/done/key"
    chmod 644 "$work"/done/*
    rm -rf "${cache:?}/linux"
    mv "$work/done" "$cache/linux"
}

download_packages() {
    apt-get -qq download "$@" 2> download.log && return
    apt_update
    apt-get -qq download "$@" 2> download.log || { cat download.log >&2; fail 69 "apt-get download $*: failed"; }
}

into=${1:?usage: linux-guest.sh DIR}
cache=$root/.cache/guest
mkdir -p "$into" "$cache"
key=$(cat "$0" "$root"/scripts/linux-guest/* | sha256sum | cut -c1-16)
exec 9> "$cache/lock"
flock 9
[[ $(cat "$cache/linux/key" 2> /dev/null) == "$key" ]] || pack "$cache" "$key"
for file in vmlinuz initrd.img; do
    cmp -s "$cache/linux/$file" "$into/$file" || install -m 644 "$cache/linux/$file" "$into/$file"
done
