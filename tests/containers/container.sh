#!/usr/bin/env bash
# Inside fresh namespaces: lay out a container's file system, then become its first process.
#   container.sh IMAGE LAYER USER WORKDIR plain|init [HOST_PATH=CONTAINER_PATH ...] -- COMMAND ...
# IMAGE is the layer of an image over this machine's root, LAYER what is written on top of it; while the image is built, both
# are the same. Beside each layer lie the two folders that a mount of it needs.
set -euo pipefail
image=$1 layer=$2 user=$3 workdir=$4 first=$5
shift 5
mount --make-rprivate /
root=/
for upper in "$image" "$layer"; do
  [ "$root" != "$upper.root" ] || continue
  mkdir --parents "$upper" "$upper.work" "$upper.root"
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$upper,workdir=$upper.work" "$upper.root"
  root=$upper.root
done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mkdir --parents "$root${1#*=}" 2>/dev/null || true
  mount --bind "${1%%=*}" "$root${1#*=}"
  shift
done
shift
[ -z "${HOSTNAME:-}" ] || hostname "$HOSTNAME"
HOME=$(chroot "$root" getent passwd "$user" | cut -d: -f6)
export HOME
if [ "$first" = init ]; then
  # as Docker's init: hands signals on, and reaps what is left behind
  chroot --userspec="$user" "$root" env --chdir="$workdir" "$@" &
  child=$!
  trap 'kill -TERM $child' TERM
  code=0
  wait $child || code=$?
  wait $child || code=$?
  exit $code
fi
exec chroot --userspec="$user" "$root" env --chdir="$workdir" "$@"
