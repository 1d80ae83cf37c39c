#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The completion for bash knows what the program knows, and is installed with it.
set -u
bad=0
into=(BUILD="$BUILD" PREFIX=/usr DESTDIR="$TMP/root")
make -s "${into[@]}" install-built >"$TMP/make.log" 2>&1 || { cat "$TMP/make.log"; exit 1; }
# That makes nothing anew, were everything out of date: other tests run what is there. `make install` does, and then the same.
[ "$(make -nB "${into[@]}" install-built | grep -vc '^install ')" = 0 ] || { echo "install-built builds"; bad=1; }
[[ $(make -n "${into[@]}" install) == *install-built* ]] || { echo "make install: $(make -n "${into[@]}" install)"; bad=1; }
for file in bin/trapeze share/trapeze/kernel.elf share/man/man1/trapeze.1; do
    [ -s "$TMP/root/usr/$file" ] || { echo "make install: no $file"; bad=1; }
done
# shellcheck disable=SC1091
. "$TMP/root/usr/share/bash-completion/completions/trapeze" || exit 1

# completes WANTED WORD...: the last word can become these.
completes() {
    local wanted=$1 got
    shift
    COMP_WORDS=("$TRAPEZE" "$@") COMP_CWORD=$# COMPREPLY=()
    _trapeze 2>/dev/null
    got=${COMPREPLY[*]}
    [ "$got" = "$wanted" ] || { echo "$*: $got; wanted: $wanted"; bad=1; }
}
completes run ru
completes "compare" co
completes "--switch" run --sw
completes "--show-console" compare --show
completes "interp" run -t i
completes "te" compare -t t
completes "native,interp" compare -t native,i
completes "native,te,bt" compare -t native,te,b
completes "md" compare --format m
completes "csv" run --format = c
completes "page_hidden" trace --reason page_h
completes "csr,mmio" trace --reason csr,mm
completes "--visible" trace --vi
completes "traced" run --shadow t
completes "techniques" info t
completes "world_switch=" run --cost-set wo
completes "nano" bench n
completes "--iterations" bench nano --it
completes "sweep" bench s
completes "--each" bench sweep --ea
completes "trap_enter=" bench sweep --row trap_e
completes "native,bt" bench nano -t native,b
completes "debug" de
completes "interp" debug -t i
completes "--input" debug --inp
completes "--tui" debug --tu
completes "never" debug --color n
completes "bootstrap" run boot
# Words to choose from are those that the program names when it is given another.
for option in "run --mmu" "run --shadow" "run --clock" "run --format" "run --device" "compare --format" "debug --color" "debug --gdb-view" \
    "classify --format" "trace --format" "bench nano --format" "info --format"; do
    # shellcheck disable=SC2086
    wanted=$("$TRAPEZE" $option xyzzy xyzzy 2>&1 | sed -n "s/^trapeze[a-z ]*: .*xyzzy'*: \(.*\) is wanted$/\1/p" | sed 's/,//g; s/ or / /')
    # shellcheck disable=SC2086
    [ -n "$wanted" ] && completes "$wanted" $option "" || { echo "$option: no words: $("$TRAPEZE" $option xyzzy xyzzy 2>&1)"; bad=1; }
done
for t in $TECHNIQUES; do completes "$t" run -t "$t"; done
exit $bad
