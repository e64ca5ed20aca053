#!/bin/sh
# Runs one host of a lab until it is switched off, in a mount namespace of its own.
# usage: starter.sh MACHINE HOSTNAME BRIDGE CGROUP... (in the host's folder)
# Whatever ends this, its mounts vanish with it; its cgroups find every process it had.
set -eu
machine=$1 hostname=$2 bridge=$3
shift 3
for group in "$@"; do
    mkdir -p "$group"
    echo $$ >"$group/cgroup.procs"
done
mount -t overlay -o lowerdir=base,upperdir=upper,workdir=work overlay root
# The host sees a machine with cgroup v2 only, whatever the machine below has.
umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup

fuse=""
[ ! -e /dev/fuse ] || fuse="--bind=/dev/fuse"
child="" stopping=""
stop() {
    stopping=1
    [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true
}
trap stop TERM

while :; do
    systemd-nspawn -q --keep-unit --register=no -b -D "$PWD/root" -M "$machine" \
        --hostname="$hostname" --network-bridge="$bridge" --console=read-only \
        --link-journal=no --resolv-conf=off --timezone=off $fuse &
    child=$!
    status=0
    while kill -0 "$child" 2>/dev/null; do
        status=0
        wait "$child" || status=$?
    done
    # A host that restarts itself leaves with 133 and wants to come back.
    [ "$status" = 133 ] && [ -z "$stopping" ] || exit "$status"
done
