#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each phase of a trap, by every technique, at several places of the kernel's run: the guest's state is what it was at the phase before
# but for what that stage writes, and `phase` shows just the registers that differ; what `explain` says a trap has cost is what the
# machine has charged; an exit that is dealt with has counted once, as what it says.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
for from in 0 14000 19200 25110 26000; do
    printf '%s\n' "goto $from" "echo #goto"
    for _ in {1..90}; do
        printf '%s\n' "echo #phase" phase "echo #registers" "info registers" "echo #state" "info status" "echo #cycles" "p/u cycles" "echo #explain" "explain trap" \
            "echo #exits" "info exits" "echo #timeline" "info timeline 1" "echo #end"
    done
done >"$TMP/all.dbg"
for t in $TECHNIQUES; do
    cp "$TMP/all.dbg" "$TMP/s.dbg"
    [ $t != native ] || sed -i '/exits/d; /timeline/d' "$TMP/s.dbg"
    "$TRAPEZE" debug --quiet -t $t -x "$TMP/s.dbg" --console /dev/null --append run=hello "$KERNEL" </dev/null >"$TMP/out" || wrong "$t: $?"
    awk -v t=$t '
        function complain(what) { print t ", T " T ", " stage ": " what; if (++bad > 5) exit 1 }
        # Who writes (and its clock, with each step): the routine, the trap that the guest takes, its own tables by a walk; and the guest itself, where it has run.
        function may_write() {
            return stage ~ /^the routine has done/ || stage ~ /^the virtual state has taken/ || sets_bits || ran
        }
        function check(   i, name) {
            ran = t == "native" || before ~ /^(return:|the hardware takes)/ || before == ""
            device = before ~ /^the exit is dealt with/ # and what is due to devices comes behind it
            if (!known) return
            phases++
            for (name in now) {
                if (now[name] != last[name] && !(name in shown)) complain(name " has changed from " last[name] " to " now[name] " and is not shown")
                if (now[name] == last[name] && (name in shown)) complain(name " is shown, and has not changed")
                if (now[name] != last[name] && !may_write()) complain(name " is written")
            }
            if (state != last_state && !may_write() && !device && T == last_T) complain("the state is written")
            if (state != last_state) writes[stage ~ /^the routine has/ ? "routine" : stage ~ /^the virtual/ ? "trap" : sets_bits ? "walk" : ran ? "guest" : "device"]++
            if (cost != "" && last_cost != "" && before !~ /^return:/ && stage !~ /^the hardware/ && cost - last_cost != cycles - last_cycles)
                complain("explain: " cost - last_cost " cycles more, and the machine " cycles - last_cycles)
            if (stage ~ /^the exit is dealt with/) so_far = cost - cycles
            if (stage ~ /^return:/) whole = before ~ /^the exit is dealt with/ ? so_far + cycles : ""
            if (stage ~ /^the hardware traps/ && before ~ /^return:/ && whole != "") {
                wholes++
                if (wholes == 1) entry = took - whole # what it costs to enter the hardware again comes behind `return`
                if (took - whole != entry || entry <= 0 || entry > 500) complain("the timeline: " took " cycles, and explain " whole)
            }
            if (stage ~ /^the hardware traps/) { split("", at_trap); for (i in exits) at_trap[i] = exits[i]; traps++ }
            if (stage ~ /^the exit is dealt with: / && traps) {
                done++
                reason = substr(stage, 25); sub(/[^a-z_].*/, "", reason)
                for (i in exits) {
                    n = exits[i] - at_trap[i]
                    if (n != (i == reason)) complain("exits." i " has counted " n)
                }
                if (!(reason in exits)) complain("no exit " reason)
            }
        }
        /^#end/ {
            if (stage != "") check()
            split("", last); for (name in now) last[name] = now[name]
            known = stage != ""; before = stage; last_state = state; last_T = T; last_cost = cost; last_cycles = cycles; cost = ""
        }
        /^#goto/ { known = 0; before = ""; traps = 0; whole = "" }
        /^#/ { part = substr($0, 2); line = 0 }
        /^#/ { if (part == "phase") { split("", shown); sets_bits = 0; stage = "" } next }
        part == "phase" && /^T / { T = $2; line = 1; next }
        part == "phase" && /^=>/ { next }
        part == "phase" && line && stage == "" { stage = $0; next }
        part == "phase" && /A or D set/ { sets_bits = 1 }
        part == "phase" && / -> / { shown[$1] = 1 }
        part == "registers" { for (i = 1; i < NF; i += 2) if ($(i + 1) ~ /^0x/) now[$i] = $(i + 1) }
        part == "state" && /^state/ { state = $2 }
        part == "cycles" { cycles = $1 }
        part == "explain" && /So far this exit has cost/ { cost = $0; sub(/.*has cost /, "", cost); sub(/ .*/, "", cost) }
        part == "timeline" && $1 != "T" { took = $4 }
        part == "exits" && $1 != "total" { exits[$1] = $2 }
        END {
            if (phases < (t == "native" ? 30 : 300)) { print t ": " phases " phases"; bad = 1 }
            if (t !~ /native|interp/ && done < 40) { print t ": " done " exits"; bad = 1 }
            if (t !~ /native|interp/ && wholes < 20) { print t ": " wholes " whole exits"; bad = 1 }
            if (t ~ /^(te|bt|interp)$/ && !(writes["routine"] && writes["trap"])) { print t ": no routine or no trap has written"; bad = 1 }
            exit bad != 0
        }' "$TMP/out" || bad=1
done
exit $bad
