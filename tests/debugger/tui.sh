#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The full screen, at a terminal: what it shows, at two sizes, through one trap and back, while commands are typed, without colour.
# RECORD=1 writes the screens. tests/mutants/debugger sees to it that they can fail.
set -u
# shellcheck source=tests/debugger/tui.inc
. tests/debugger/tui.inc
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1
debug() { run "$TRAPEZE" debug --tui "$@" "$TMP/guest.elf"; see '1 code'; }
leave() { text qy; see '^ready\. *$'; }

# One trap, stage by stage, and back.
begin 80 24
debug -t te
golden begin
text ':break trap if cause == 2 && u32(pc) == 0x18029073'
golden typing
keys Enter
see '^1 ?break|breakpoint 1|^> break'
text c
see '\[trap\]'
golden trap
text p
see '\[handler\]'
golden handler
text pp
see '\[emulated\]'
golden emulated
text pp
see '\[enter\]'
golden enter
text s
see 'T 37 '
golden step
text r
see 'T 36 '
text R
see '\[trap\]'
golden back

# Panels in the place for any; one alone; help; scrolling.
text 4
see '4 timeline\]'
golden timeline
text 5
see '5 memory\]'
golden memory
text 6
see '6 console\]'
text 3z
see '3 trap\]'
golden zoomed
keys Tab
see '4 timeline\]'
text z
text 2
see '2 state\]'
keys Down Down NPage
golden scrolled
text '?'
see '^Keys'
golden help
keys End
golden help_end
keys Escape
gone '^Keys'

# Commands: a letter that is no key begins one, too; completion, history, mistakes; Esc leaves the line.
text ':info lin'
keys Tab
see '^:info line$'
keys Enter
see 'guest.s, line 33'
text ':nosuch'
keys Enter
see "unknown command 'nosuch'"
text ':'
keys Up Up
see '^:info line'
keys Escape
gone '^:info line'
text 'ex'
keys Tab
see 'exit +explain'
golden offered
keys Home x End y BSpace BSpace
see '^:xe *$'
keys C-u 'echo one two' C-w
see '^:echo one *$'
keys C-c
gone '^:'
text ':follow pc + 8'
keys Enter
text 5
see '^pc \+ 8 = 0x80000074'

# Sizes: a larger one shows all panels, a smaller one says what it needs; the first one again is what it was.
keys 1
resize 132 50
see '6 console'
golden large
resize 79 24
see '^79x24: needs 80x24'
golden small
resize 80 24
see '7 output'
golden again
leave

# The translation beside the code; below it where there is no room.
begin 132 50
debug -t bt
text 'exit callout'
keys Enter
see '> exit callout'
golden bt
resize 80 24
golden bt_narrow
leave

# Without a monitor.
begin 80 24
debug -t native
text ttt4
golden native
leave

# Looks: colours only where they are wanted and can be; what has changed is bold then, titles are reversed. Captured with its sequences.
looks() { mux capture-pane -pe | grep -oE $'\033''\[[0-9;]*m' | sort -u | tr -d '\033' | tr '\n' ' '; }
coloured() { looks | grep -qE '\[(1;)?(33|36)m|[;[](33|36)m'; }
begin 80 24
debug -t te
text s
see 'T 1 '
coloured || die "no colours: $(looks)"
leave
for way in NO_COLOR=1 TERM=vt100 never; do
    case $way in
    never) begin 80 24; debug --color never -t te ;;
    *) begin 80 24 "$way"; debug -t te ;;
    esac
    text s
    see 'T 1 '
    golden plain
    coloured && die "$way: colours: $(looks)"
    [[ $(looks) = *'[1m'* && $(looks) = *'[7m'* ]] || die "$way: nothing is bold or reversed: $(looks)"
    leave
done
begin 80 24 LC_ALL=C
debug -t te
golden ascii
leave
