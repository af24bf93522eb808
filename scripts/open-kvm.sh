#!/usr/bin/env bash
# Where only root opens /dev/kvm: puts a node there that a group opens as well, so that VMMs can run as users of
# their own. Only for a mount namespace of one's own, with which it goes.
set -eu
[[ -c /dev/kvm && $(stat -c %g /dev/kvm) == 0 && $(stat -c %a /dev/kvm) != *[67] ]] || exit 0
group=$(getent group kvm | cut -d: -f3)
place=$(mktemp -d)
mount -t tmpfs -o mode=0755 none "$place"
mknod -m 660 "$place/kvm" c 10 232
chgrp "${group:-65534}" "$place/kvm"
mount --bind "$place/kvm" /dev/kvm
umount -l "$place"
rmdir "$place"
