#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# OpenSBI and U-Boot as Debian builds them (packages opensbi, u-boot-qemu): to the prompt, commands, a file from a disk, off with
# status 0; by every technique, and all runs are equal to the native one.
set -u
firmware=/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf
uboot=/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf
for f in $firmware $uboot; do [ -e $f ] || { echo "$f is missing: apt install opensbi u-boot-qemu"; exit 77; }; done
command -v mke2fs >/dev/null || { echo "mke2fs is missing: apt install e2fsprogs"; exit 77; }
bad=0
complain() { echo "$*"; bad=1; }

mkdir "$TMP/files"
seq -f 'line %g of a file' 1 2000 >"$TMP/files/hello.txt"
mke2fs -q -t ext2 -d "$TMP/files" "$TMP/disk.img" 1024k || exit 1
# gzip has the CRC before the last four bytes.
crc=$(gzip -1 <"$TMP/files/hello.txt" | tail -c 8 | od -An -N4 -tx4 --endian=little | tr -d ' ')

# What `poweroff` waits for is a second of virtual time, for which interp takes ten of ours. It ends by the finisher
# itself here; its poweroff is in poweroff.sh.
{ cat tests/external/uboot.expect; echo 'send poweroff'; } >"$TMP/whole.expect"
{ cat tests/external/uboot.expect; echo 'send mw.l 0x100000 0x5555'; } >"$TMP/short.expect"

# run TECHNIQUE SCRIPT
run() {
    local name=$1.$2
    "$TRAPEZE" run -t "$1" --expect "$TMP/$2.expect" --drive "$TMP/disk.img,readonly" --stats="$TMP/$name.json" \
        --bios $firmware --kernel $uboot >"$TMP/$name.out" 2>"$TMP/$name.err" </dev/null
    local status=$?
    [ $status = 0 ] || { complain "$1: status $status: $(cat "$TMP/$name.err")"; tail -3 "$TMP/$name.out"; }
    grep -q "==> $crc" "$TMP/$name.out" || complain "$1: the file's CRC is not $crc: $(grep '==>' "$TMP/$name.out")"
    "$BUILD"/tests/tools/json "$TMP/$name.json" state_hash console_hash trap_hash disk_hash instructions.guest exit.reason >"$TMP/$name.hashes"
}

run native short
run native whole
runs=0
for t in $TECHNIQUES; do
    case $t in native | pv) continue ;; esac        # pv is for kernels that know its calls
    script=whole
    [ $t != interp ] || script=short
    run $t $script
    cmp -s "$TMP/native.$script.hashes" "$TMP/$t.$script.hashes" || { complain "native and $t differ:"; paste "$TMP"/{native,$t}.$script.hashes; }
    runs=$((runs + 1))
done
[ $runs -ge 3 ] || complain "only $runs techniques"
exit $bad
