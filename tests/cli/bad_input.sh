#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whatever a user can get wrong gets one line that says what and where, and status 125; nothing is half-written.
set -u
bad=0
cd "$TMP" || exit 1
root=$OLDPWD
case $TRAPEZE in /*) ;; *) TRAPEZE=$root/$TRAPEZE ;; esac

# refused LINE ARGUMENT...: LINE is a pattern of the shell for all of stderr.
refused() {
    local want=$1 got status
    shift
    got=$("$TRAPEZE" "$@" 2>&1 >stdout </dev/null)
    status=$?
    # shellcheck disable=SC2053
    if [ $status != 125 ] || [[ $got != $want ]] || [ -s stdout ]; then
        printf 'trapeze %s\n  status %s: %s\n  wanted:     %s\n' "$*" $status "$got" "$want"
        bad=1
    fi
}

# patch FILE OFFSET BYTES: BYTES as printf has them.
patch() { printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# patched NAME OFFSET BYTES...: good.elf with some bytes changed.
patched() {
    local file=$1
    cp good.elf "$file"
    shift
    while [ $# -gt 0 ]; do patch "$file" "$1" "$2"; shift 2; done
}

cat >good.s <<'END'
        .text
_start: li      a0, 0x100000
        li      a1, 0x5555
        sw      a1, (a0)
1:      j       1b
        .section .rodata
        .dword  1
        .data
        .dword  2
END
"$TRAPEZE" asm good.s -o good.elf || exit 1
"$TRAPEZE" run good.elf || exit 1

# --- images ---
first=64 second=120             # program headers in the file; in each: offset 8, vaddr 16, paddr 24, filesz 32, memsz 40
refused "trapeze: no.elf: No such file or directory" run no.elf
refused "trapeze: .: *irectory*" run .
: >empty.elf
refused "trapeze: empty.elf: *" run empty.elf
head -c 40 good.elf >cut.elf
refused "trapeze: cut.elf: is a truncated ELF file: *" run cut.elf
head -c 100 good.elf >cut.elf
refused "trapeze: cut.elf: is a truncated ELF file: *" run cut.elf
head -c 4096 good.elf >cut.elf
refused "trapeze: cut.elf: is a truncated ELF file: *" run cut.elf
patched x.elf 4 '\001'
refused "trapeze: x.elf: is a 32-bit ELF file*" run x.elf
patched x.elf 5 '\002'
refused "trapeze: x.elf: is a big-endian ELF file*" run x.elf
patched x.elf 18 '\076\000'
refused "trapeze: x.elf: is an ELF file for machine 62 (x86-64), not for RISC-V (243)" run x.elf
patched x.elf 16 '\001\000'
refused "trapeze: x.elf: is an ELF file of type 1*" run x.elf
patched x.elf 32 '\377\377\377\377\377\377\377\177'
refused "trapeze: x.elf: *" run x.elf
patched x.elf 54 '\001\000'
refused "trapeze: x.elf: is a corrupt ELF file*" run x.elf
patched x.elf $((first + 32)) '\377\377\377\377\377\377\377\177'
refused "trapeze: x.elf: is a * ELF file*" run x.elf
patched x.elf $((first + 24)) '\000\000\000\000'
refused "trapeze: x.elf: * outside of RAM (0x80000000-0x87ffffff)" run x.elf
patched x.elf $((first + 40)) '\000\000\000\000\001'
refused "trapeze: x.elf: * outside of RAM (0x80000000-0x87ffffff)" run x.elf
patched x.elf $((second + 24)) '\004\000\000\200'
refused "trapeze: x.elf: *overlap*" run x.elf
patched x.elf $((first + 40)) '\377\377\377\377\377\377\377\377'
refused "trapeze: x.elf: * wrap around" run x.elf
patched x.elf 24 '\001\000\000\200'
refused "trapeze: x.elf: its entry 0x80000001 is odd" run x.elf
refused "trapeze: *good.elf*overlap*" run --bios good.elf --kernel good.elf
head -c 3M /dev/zero >big.bin
refused "trapeze: big.bin: *" run -m 2M big.bin

cp good.s "a source.s"
refused "trapeze: a source.s: is text, and no image (if it is assembly: trapeze asm FILE.s -o FILE.elf)" run "a source.s"
refused "trapeze: good.s: is text, and no image *" debug good.s
"$TRAPEZE" asm "a source.s" -o "an image.elf" && "$TRAPEZE" compare --quiet "an image.elf" >stdout || { echo "names with blanks"; bad=1; }
printf '\163\000\020\000' >raw.bin
"$TRAPEZE" run --max-insns 10 --quiet raw.bin
[ $? = 124 ] || { echo "an image of four bytes"; bad=1; }

# --- the debugger's files ---
refused "trapeze: -x no.dbg: No such file or directory" debug -x no.dbg good.elf
refused "trapeze: -x .: Is a directory" debug -x . good.elf
refused "trapeze: --input .: Is a directory" debug --input . good.elf
refused "trapeze: --input no.txt: No such file or directory" debug --input no.txt good.elf
printf 'source .\n' >dir.dbg
got=$("$TRAPEZE" debug --quiet -x dir.dbg good.elf 2>&1 </dev/null)
[ $? = 1 ] && [ "$got" = "trapeze: dir.dbg:1: .: Is a directory" ] || { echo "source .: $got"; bad=1; }
printf 'li a0, 0x10000000\nli a1, 10\nsb a1, (a0)\nli a0, 0x100000\nli a1, 0x5555\nsw a1, (a0)\n' >print.s
echo continue >run.dbg
"$TRAPEZE" asm print.s -o print.elf || bad=1
got=$("$TRAPEZE" debug --quiet --console /dev/full -x run.dbg print.elf 2>&1 >stdout </dev/null)
[ $? = 125 ] && [ "$got" = "trapeze: --console /dev/full: cannot be written" ] || { echo "--console /dev/full: $got"; bad=1; }
refused "trapeze: .: Is a directory" trace .

# --- standard input ---
for command in "run" "run -t native" "compare"; do
    # shellcheck disable=SC2086
    got=$("$TRAPEZE" $command good.elf 2>&1 </)
    [ $? = 125 ] && [ "$got" = "trapeze: standard input: Is a directory" ] || { echo "$command </: $got"; bad=1; }
done

# --- drives ---
refused "trapeze: no.img: No such file or directory" run --drive no.img good.elf
head -c 1000 /dev/zero >odd.img
refused "trapeze: odd.img: *1000 bytes*512*" run --drive odd.img good.elf
: >none.img
refused "trapeze: none.img: *" run --drive none.img good.elf
head -c 1024 /dev/zero >disk.img
refused "trapeze: *readonl*" run --drive disk.img,readonl good.elf
ln -s disk.img link.img
refused "trapeze: --drive ./disk.img: the file is a drive already, and is written to*" run --drive disk.img --drive ./disk.img good.elf
refused "trapeze: --drive link.img: the file is a drive already, and is written to*" run --drive disk.img,readonly --drive link.img good.elf
refused "trapeze: --drive disk.img: the file is a drive already, and is written to*" run good.elf --drive disk.img good.elf --drive disk.img
"$TRAPEZE" run --drive disk.img,readonly --drive link.img,readonly good.elf || bad=1
printf 'j .\n' >forever.s
"$TRAPEZE" asm forever.s -o forever.elf || bad=1
"$TRAPEZE" run --quiet --drive disk.img forever.elf </dev/null >/dev/null 2>&1 &
writer=$!
for _ in {1..500}; do [ -z "$(find "/proc/$writer/fd" -lname "*/disk.img" 2>/dev/null)" ] || break; sleep 0.02; done
sleep 0.1
for other in run compare debug; do
    refused "trapeze: --drive disk.img: another run is using the file, and one of the two writes to it (copy it)" $other --drive disk.img good.elf
done
kill $writer
wait $writer
"$TRAPEZE" run --drive disk.img good.elf || { echo "a drive that is free again"; bad=1; }
for _ in {1..9}; do many+=(--drive disk.img); done
refused "trapeze: --drive disk.img: a guest has room for 8 drives" run "${many[@]}" good.elf
if [ "$(id -u)" != 0 ]; then
    chmod a-w disk.img
    refused "trapeze: disk.img: *ermission denied*" run --drive disk.img good.elf
fi

# --- options ---
refused "trapeze: a subcommand is wanted; see trapeze --help"
refused "trapeze: unknown subcommand 'runn' (did you mean 'run'?)" runn
refused "trapeze: unknown subcommand '-h'; see trapeze --help" -h
refused "trapeze: unknown option '--stast' (did you mean '--stats'?)" run --stast good.elf
refused "trapeze: unknown option '--xyzzy'; see trapeze run --help" run --xyzzy good.elf
refused "trapeze: unknown option '-z'; see trapeze run --help" run -z good.elf
refused "trapeze: option '--s' can mean *" run --s good.elf
refused "trapeze: option '--seed' needs a value" run good.elf --seed
refused "trapeze: option '--memory' needs a value" run good.elf -m
refused "trapeze: option '--quiet' takes no value" run --quiet=1 good.elf
refused "trapeze: no image is given: *" run
refused "trapeze: no image is given: *" compare
refused "trapeze: -t: unknown technique 'tee' (did you mean 'te'?)" run -t tee good.elf
refused "trapeze: -t: unknown technique 'qemu': native, *te* is wanted" run -t qemu good.elf
refused "trapeze: -t: unknown technique ''*" run -t "" good.elf
refused "trapeze: -t: unknown technique 'nativ' (did you mean 'native'?)" compare -t nativ,te good.elf
refused "trapeze: -t native,te: run takes one technique; compare takes several" run -t native,te good.elf
refused "trapeze: --mmu real: te has only shadow" run --mmu real good.elf
refused "trapeze: --mmu 'shdow': real, shadow, nested or direct is wanted (did you mean 'shadow'?)" run --mmu shdow good.elf
refused "trapeze: --shadow 'trace': flush or traced is wanted (did you mean 'traced'?)" run --shadow trace good.elf
refused "trapeze: --switch '5': N:TECHNIQUE is wanted*" run --switch 5 good.elf
refused "trapeze: --switch ':te': N:TECHNIQUE is wanted*" run --switch :te good.elf
refused "trapeze: --switch '5:te,': N:TECHNIQUE,... is wanted" run --switch 5:te, good.elf
refused "trapeze: --switch '0': a number from 1 to*" run --switch 0:te good.elf
refused "trapeze: --switch: unknown technique 'tee' (did you mean 'te'?)" compare --switch 5:tee good.elf
refused "trapeze: --switch 5:native: no run can change to native, which has no monitor" run --switch 5:native good.elf
refused "trapeze: --switch 5:te/traced: a technique's options hold for a whole run; give them to -t" run --switch 5:te/traced good.elf
refused "trapeze: --switch 5:te,4:te: the steps must ascend, and 4 comes after 5" run --switch 5:te,4:te good.elf
refused "trapeze: --switch: a native run has no monitor, and cannot change its technique" run -t native --switch 5:te good.elf
refused "trapeze: --stress-switch '0': a number from 1 to*" run --stress-switch 0 good.elf
refused "trapeze: -t: te has no option 'trace' (did you mean 'traced'?)" compare -t native,te/trace good.elf
refused "trapeze: -t: te has no option ''" compare -t native,te/ good.elf
refused "trapeze: -t: native has no option 'flush'" compare -t native/flush good.elf
refused "trapeze: -t: te has no option 'no-chain'" compare -t native,te/no-chain good.elf
refused "trapeze: -t: bt has no option 'no-chian' (did you mean 'no-chain'?)" compare -t native,bt/no-chian good.elf
refused "trapeze: -t: te/flush/traced: one option of a kind is enough" compare -t native,te/flush/traced good.elf
refused "trapeze: --no-inline: no technique of this run has it" run -t te --no-inline good.elf
refused "trapeze: --shadow traced: no technique of this run has it" run -t native --shadow traced good.elf
refused "trapeze: --clock 'insn': insns or cycles is wanted (did you mean 'insns'?)" run --clock insn good.elf
refused "trapeze: --format 'jsn': table, json, csv or md is wanted (did you mean 'json'?)" run --format jsn good.elf
refused "trapeze: --seed '-1': a number from 0 to 9223372036854775807 is wanted" run --seed -1 good.elf
refused "trapeze: --seed '1x': a number from *" run --seed 1x good.elf
refused "trapeze: --max-insns '0': a number from 1 to *" run --max-insns 0 good.elf
refused "trapeze: --max-insns '99999999999999999999': a number from *" run --max-insns 99999999999999999999 good.elf
refused "trapeze: good.elf: compare takes one image" compare good.elf good.elf
refused "trapeze: good.elf: -t native takes one image" run -t native good.elf good.elf
refused "trapeze: --append: No such file or directory (behind -- all are images)" run good.elf -- --append x
refused "trapeze: new.json: No such file or directory (a report goes there by --stats=new.json)" run --stats new.json good.elf
refused "trapeze: new.json: No such file or directory" run new.json good.elf
refused "trapeze: --format 'xml': table, json, csv or md is wanted" run --format xml good.elf
refused "trapeze: --switch: unknown technique 'nat': native, *" run --switch 5:nat good.elf
refused "trapeze: info: unknown topic 'zz': isa, csrs, costs, counters, hypercalls or techniques is wanted" info zz
refused "trapeze: info: unknown topic 'cost' (did you mean 'costs'?)" info cost
for size in 0 1 1k 512K 65537K 65G 99999999999999999999G 18446744073709551615M; do
    [ $size = 1 ] || refused "trapeze: -m '$size': *" run -m $size good.elf
done
refused "trapeze: -m '1025K': memory is from 1M to 64G, in pages of 4K" run -m 1025K good.elf
refused "trapeze: -m '128X': a size like 128M or 1G is wanted" run -m 128X good.elf
refused "trapeze: -m '-1M': a size like 128M or 1G is wanted" run -m -1M good.elf

# --- costs ---
refused "trapeze: --cost-set 'trap_entr=1': unknown cost 'trap_entr' (did you mean 'trap_enter'?)" run --cost-set trap_entr=1 good.elf
refused "trapeze: --cost-set 'xyzzy=1': unknown cost 'xyzzy'; see trapeze info costs" run --cost-set xyzzy=1 good.elf
refused "trapeze: --cost-set 'insn': ROW=N is wanted" run --cost-set insn good.elf
refused "trapeze: --cost-set 'insn=-1': '-1' is no number of cycles*" run --cost-set insn=-1 good.elf
refused "trapeze: --cost-set 'insn=': '' is no number of cycles*" run --cost-set insn= good.elf
refused "trapeze: no.ini: No such file or directory" run --cost no.ini good.elf
refused "trapeze: .: Is a directory" run --cost . good.elf
cost_file() { printf "$2" >cost.ini; refused "trapeze: cost.ini:$1" run --cost cost.ini good.elf; }
cost_file "3: 'lots' is no number of cycles from 0 to 1000000000" '[cost]\ninsn = 1\nmem = lots\n'
cost_file "2: unknown cost 'insnn' (did you mean 'insn'?)" '[cost]\ninsnn = 1\n'
cost_file "3: cost 'insn' is set twice" '[cost]\ninsn = 1\ninsn = 2\n'
cost_file "2: unknown section 'costs': there is only \[cost\]" '[costs]\ninsn = 1\n'
long=$(printf '%300s' '')
cost_file "2: the line is too long" "[cost]\\ninsn = 2${long}x\\n"
cost_file "3: unknown cost 'insnn' *" "; a comment,${long}insn = 7\\n[cost]\\ninsnn = 1\\n"
printf '; a comment,%sinsn = x\n[cost]\nmem = 1 ; %s mem = x\n' "$long" "$long" >cost.ini
"$TRAPEZE" run --cost cost.ini good.elf || { echo "long comments in a cost file"; bad=1; }
printf 'name = \377\n' >cost.ini
"$TRAPEZE" run --cost cost.ini --stats=stats good.elf || { echo "a name that is not UTF-8"; bad=1; }
refused "trapeze: /dev/zero: is not a regular file" run --cost /dev/zero good.elf
cost_file "2: neither 'name = value' nor '\[cost\]'" '[cost]\nwhat is this\n'

# --- where output cannot go ---
refused "trapeze: no/stats: No such file or directory" run --stats=no/stats good.elf
refused "trapeze: .: Is a directory" run --stats=. good.elf
refused "trapeze: the name of an output file is empty" run --stats= good.elf
refused "trapeze: good.elf: is an image, and no place for a report" run --stats=good.elf good.elf
refused "trapeze: --dump-state ./new: *" run --stats=./new --dump-state ./new good.elf
"$TRAPEZE" run --stats good.elf 2>/dev/full && { echo "--stats on a full stderr"; bad=1; }
refused "trapeze: /dev/full: No space left on device" run --stats=/dev/full good.elf
refused "trapeze: /dev/full: No space left on device" run --dump-state /dev/full good.elf
refused "trapeze: /dev/full: No space left on device" compare --quiet --stats=/dev/full good.elf

full() {        # LINE ARGUMENT...: with stdout closed, and on a full disk
    local want=$1 got
    shift
    got=$("$TRAPEZE" "$@" 2>&1 >/dev/full </dev/null)
    [ $? = 125 ] && [ "$got" = "trapeze: $want: No space left on device" ] || { echo "$* >/dev/full: $got"; bad=1; }
    got=$("$TRAPEZE" "$@" 2>&1 >&- </dev/null)
    [ $? = 125 ] && [ "$got" = "trapeze: $want: Bad file descriptor" ] || { echo "$* >&-: $got"; bad=1; }
}
full "standard output" --help
full "standard output" --version
full "standard output" run --help
full "standard output" info isa
full "standard output" disasm good.elf
full "standard output" compare --quiet good.elf
cp "$root/tests/golden/hello.args" args
full "standard output" run --append "$(cat args)" "$(case $KERNEL in /*) echo "$KERNEL" ;; *) echo "$root/$KERNEL" ;; esac)"

# The assembler's outputs replace no source and not each other.
cp good.s copy.s && ln -s copy.s link.s
refused "trapeze asm: -o copy.s: this is a source" asm copy.s -o copy.s
refused "trapeze asm: -o link.s: this is a source" asm good.s copy.s -o link.s
refused "trapeze asm: -l ./copy.s: this is a source" asm copy.s -o copy.elf -l ./copy.s
refused "trapeze asm: -l copy.elf: the image goes there (-o)" asm copy.s -o copy.elf -l copy.elf
cmp good.s copy.s && [ ! -e copy.elf ] || bad=1
head -c 10000 /dev/zero >nul.s
refused "nul.s:1:1: error: a NUL byte in the source*" asm nul.s -o nul.elf
[ "$("$TRAPEZE" asm nul.s -o nul.elf 2>&1 | grep -c error)" = 1 ] || { echo "many NUL bytes"; bad=1; }

# A report that cannot be written leaves the old one, and nothing beside it.
mkdir place && echo old >place/stats
refused "trapeze: x.elf: *" run --stats=place/stats x.elf
[ "$(cat place/*)" = old ] || { echo "place holds $(ls place)"; bad=1; }
"$TRAPEZE" run --stats=place/stats good.elf && [ "$(ls place)" = stats ] && grep -q trapeze.run/1 place/stats || { echo "no report"; bad=1; }
exit $bad
