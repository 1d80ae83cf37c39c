# SPDX-License-Identifier: GPL-3.0-or-later
#
# Trapeze. `make help` lists what can be made. Everything made lies under $(BUILD), so that several builds (another
# compiler, sanitizers, coverage) stand side by side:
#   make CC=clang BUILD=build/clang WERROR=1

BUILD  ?= build
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60

VERSION  := 0.1
REVISION := $(shell GIT_OPTIONAL_LOCKS=0 git -c safe.directory='*' describe --always --dirty 2>/dev/null || echo unknown)

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion $(if $(WERROR),-Werror)
STANDARD := -std=gnu11 -D_GNU_SOURCE -I.
# Two neighbours as one vector would wait for the stores of each: a machine's state is written and read word by word.
SCALAR   := -fno-tree-slp-vectorize
COMPILE   = $(CC) $(STANDARD) $(WARNINGS) $(SCALAR) $(CFLAGS) $(FILE_FLAGS) -MMD -MP
LIBRARIES := -lelf -ldw -lfdt -ljansson -linih -lxxhash -lreadline -lzstd -lncursesw -ltinfo
IS_GCC   := $(if $(findstring clang,$(shell $(CC) --version 2>/dev/null)),,yes)

# --- sources: whatever lies in the folders ----------------------------------------------------------------------------

SOURCES      := $(wildcard isa/*.c isa/device/*.c isa/classify/*.c vmm/*.c vmm/memory/*.c vmm/technique/*.c vmm/technique/*/*.c assembler/*.c debugger/*.c cli/*.c)
OBJECTS      := $(SOURCES:%.c=$(BUILD)/%.o)
# What `classify` executes instructions with: the engine once more, with a call before each access to memory.
TRACED       := $(filter-out $(wildcard isa/console.c isa/drive.c isa/fdt.c isa/guest.c isa/image*.c isa/terminal.c isa/insn.c isa/disasm.c isa/cost.c isa/block.c isa/coherence.c isa/seeded.c),$(wildcard isa/*.c))
TRACER       := $(addprefix isa/classify/,trace.c subject.c layout.c states.c outcome.c)
TRACED_OBJECT := $(BUILD)/isa/classify/traced.o
LIBRARY      := $(BUILD)/libtrapeze.a
TRAPEZE      := $(BUILD)/trapeze
UNIT_TESTS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
TEST_TOOLS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/tools/*.c))
SCRIPT_TESTS := $(wildcard tests/*/*.sh)
PROGRAM_TESTS := $(filter-out tests/structure/%,$(SCRIPT_TESTS))
GUEST_TESTS  := $(filter-out tests/assembler/% tests/docs/%,$(PROGRAM_TESTS))
FUZZERS      := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FORMATTED    := $(shell find isa vmm assembler cli debugger bench tests -name '*.c' 2>/dev/null)

KERNEL_FILES := $(addprefix guestos/,$(file < guestos/kernel.files))
KERNEL       := $(BUILD)/guestos/kernel.elf
RISCV        := $(if $(shell command -v riscv64-unknown-elf-gcc),riscv64-unknown-elf-)
RISCV_MARCH   = rv64imac$(if $(shell $(RISCV)gcc -march=rv64imac_zicsr -E -x c /dev/null 2>/dev/null),_zicsr)
RISCV_LDFLAGS = $(if $(shell $(RISCV)ld --help | grep rwx-segments),-Wl$(comma)--no-warn-rwx-segments)
comma        := ,
FLAWED       := $(BUILD)/guestos/flawed.elf
NANO         := $(patsubst %.s,$(BUILD)/%.elf,$(wildcard bench/nano/*.s))
C_HELLO      := $(if $(RISCV),$(BUILD)/guestos/c-hello.elf)

.PHONY: all programs demo check coverage check-programs coverage-report sanitize stress fuzz \
    mutants docs format lint objects print-flags install install-built clean help FORCE
.DELETE_ON_ERROR:

# Short lines for each step; the whole commands with V=1.
Q    := $(if $(V),,@)
say   = $(if $(V),,@printf '%-5s %s\n' '$(1)' '$(2)')

all: $(TRAPEZE) $(LIBRARY) $(KERNEL) $(FLAWED) $(C_HELLO) $(NANO)    ## the program, its library and the guests (default)

# --- the program ------------------------------------------------------------------------------------------------------

# Flags of single files. Counting edges for a fuzzer would take clang for ever among so many computed jumps.
$(BUILD)/isa/exec.o: FILE_FLAGS := $(if $(IS_GCC),-fno-gcse -fno-crossjumping -fno-tree-tail-merge) \
    $(if $(findstring fuzzer,$(CFLAGS)),-fno-sanitize=all)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -c $< -o $@

# Names of the second engine stay inside of its object: only subject.h's can be seen.
TRACED_CFLAGS = $(filter-out -fsanitize% -fno-sanitize% --coverage -O%,$(CFLAGS)) -O1 -fsanitize=thread -include isa/classify/traced.h \
    $(if $(IS_GCC),--param=tsan-instrument-func-entry-exit=0,-mllvm -tsan-instrument-func-entry-exit=0 -mllvm -tsan-instrument-read-before-write)
$(BUILD)/traced/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$< (traced))
	$(Q)$(CC) $(STANDARD) $(WARNINGS) $(TRACED_CFLAGS) -MMD -MP -c $< -o $@
	$(Q)objcopy --redefine-sym memcpy=traced_memcpy $@

$(TRACED_OBJECT): $(TRACED:%.c=$(BUILD)/traced/%.o) $(TRACER:%.c=$(BUILD)/%.o)
	$(Q)ld -r $^ -o $@
	$(Q)objcopy --wildcard --keep-global-symbol='subject_*' --keep-global-symbol='outcome_*' --keep-global-symbol='control_*' \
	    --keep-global-symbol='choice_*' --keep-global-symbol='part_*' --keep-global-symbol='field_*' $@

$(LIBRARY): $(filter-out $(BUILD)/cli/main.o $(TRACER:%.c=$(BUILD)/%.o),$(OBJECTS)) $(TRACED_OBJECT)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(TRAPEZE): $(BUILD)/cli/main.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $^ $(LIBRARIES) -o $@

# The version that reports carry: written again only when it changes.
$(BUILD)/revision.h: FORCE
	@mkdir -p $(@D)
	@printf '#define TRAPEZE_VERSION "%s"\n#define TRAPEZE_REVISION "%s"\n' '$(VERSION)' '$(REVISION)' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(BUILD)/cli/version.o: $(BUILD)/revision.h
$(BUILD)/cli/version.o: FILE_FLAGS := -include $(BUILD)/revision.h

# --- guests -----------------------------------------------------------------------------------------------------------

$(BUILD)/guestos/hypercall.inc: vmm/hypercall.def $(TRAPEZE)
	@mkdir -p $(@D)
	$(Q)$(TRAPEZE) info hypercalls --format asm >$@

$(KERNEL): $(KERNEL_FILES) $(wildcard guestos/*.inc guestos/user/*.inc) guestos/kernel.files $(BUILD)/guestos/hypercall.inc $(TRAPEZE)
	@mkdir -p $(@D)
	$(call say,ASM,$@)
	$(Q)$(TRAPEZE) asm -I $(BUILD)/guestos $(KERNEL_FILES) -o $@ -l $(@:.elf=.lst)

$(FLAWED): guestos/flawed/kernel.s guestos/flawed/uses.inc $(TRAPEZE)
	@mkdir -p $(@D)
	$(call say,ASM,$@)
	$(Q)$(TRAPEZE) asm --profile flawed $< -o $@ -l $(@:.elf=.lst)

$(NANO): $(BUILD)/%.elf: %.s $(wildcard bench/nano/*.inc) $(BUILD)/guestos/hypercall.inc $(TRAPEZE)
	@mkdir -p $(@D)
	$(call say,ASM,$@)
	$(Q)$(TRAPEZE) asm -I bench/nano -I $(BUILD)/guestos $< -o $@

$(C_HELLO): $(wildcard guestos/c-hello/*)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(RISCV)gcc -march=$(RISCV_MARCH) -mabi=lp64 -mcmodel=medany -O2 -g -ffreestanding -nostdlib -static \
	    $(RISCV_LDFLAGS) -T $(wildcard guestos/c-hello/*.ld) $(filter %.c %.S %.s,$^) -o $@

demo: $(TRAPEZE) $(KERNEL)    ## boot the kernel natively and under the monitor, and compare
	@$(TRAPEZE) compare --show-console --append demo $(KERNEL)

# --- tests ------------------------------------------------------------------------------------------------------------

$(BUILD)/tests/unit/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(COMPILE) $< $(LIBRARY) $(LIBRARIES) -lcmocka -o $@

$(BUILD)/tests/tools/%: tests/tools/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(COMPILE) $< $(LIBRARY) $(LIBRARIES) -o $@

RANDOM_SUITE   := $(BUILD)/tests/random/suite
RANDOM_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/random/*.c))
$(RANDOM_SUITE): $(RANDOM_OBJECTS) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $^ $(LIBRARIES) -o $@

# What is run here and on QEMU; it is emitted by what the random programs are.
ORACLE         := $(BUILD)/tests/oracle/oracle
ORACLE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/oracle/*.c) tests/random/emit.c)
$(ORACLE): $(ORACLE_OBJECTS) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $^ $(LIBRARIES) -o $@

RUN_TESTS = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL BUILD=$(BUILD) CC=$(CC) tests/run -j $(JOBS)

programs: all $(UNIT_TESTS) $(TEST_TOOLS) $(RANDOM_SUITE) $(ORACLE)

check: programs    ## all tests
	@$(RUN_TESTS) $(filter-out $(PROGRAM_TESTS),$(SCRIPT_TESTS)) $(UNIT_TESTS) $(PROGRAM_TESTS)

check-programs: programs
	@$(RUN_TESTS) $(UNIT_TESTS) $(PROGRAM_TESTS)

coverage:    ## the tests again, measured: build/coverage/html
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage CFLAGS='-O1 -g --coverage' coverage-report

coverage-report: programs
	@lcov -q --zerocounters --directory $(BUILD)
	@status=0; $(RUN_TESTS) $(UNIT_TESTS) $(PROGRAM_TESTS) || status=1; tests/coverage $(BUILD) 90 || status=1; exit $$status

sanitize:    ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@RANDOM_PROGRAMS=$${RANDOM_PROGRAMS:-60} $(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined' check-programs

stress: programs    ## the tests with the simulator's own caches turned against it
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/stress $(filter-out tests/random/%,$(GUEST_TESTS))
	@$(RANDOM_SUITE) --count 20000 --keep $(BUILD)/tests/random

fuzz:    ## each fuzz target for FUZZ_SECONDS
	@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/fuzz \
	    CFLAGS='-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined' $(FUZZERS:%=fuzz-%)

.PRECIOUS: $(BUILD)/tests/fuzz/fuzz_%
fuzz-%: $(BUILD)/tests/fuzz/fuzz_%
	@mkdir -p $(BUILD)/corpus/$*
	@$< -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=4096 -timeout=20 -print_final_stats=1 \
	    -artifact_prefix=$(BUILD)/corpus/ $(BUILD)/corpus/$* tests/fuzz/corpus/$* >$(BUILD)/corpus/$*.log 2>&1 || \
	    { tail -n 40 $(BUILD)/corpus/$*.log; echo "fuzz $*: FAIL"; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: */fuzz $*: ok, inputs tried: /p' $(BUILD)/corpus/$*.log

$(BUILD)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(COMPILE) -fsanitize=fuzzer $< $(LIBRARY) $(LIBRARIES) -o $@

mutants: programs    ## deliberate bugs in monitor and machine: the tests must catch each
	@tests/mutants/run $(BUILD)
	@tests/mutants/engine
	@tests/mutants/classify
	@tests/mutants/debugger

# --- the rest ---------------------------------------------------------------------------------------------------------

docs: programs    ## write what in docs/ and README.md follows from the program
	@for f in docs/isa.md docs/costs.md docs/theorem.md docs/translation.md docs/paravirtual.md docs/measurements.md docs/debugger.md docs/trapeze.1 README.md; do \
	    TRAPEZE=$(TRAPEZE) KERNEL=$(KERNEL) docs/generate $$f >$(BUILD)/generated && cp $(BUILD)/generated $$f || exit 1; done

format:    ## clang-format on all .c files
	clang-format -i $(FORMATTED)

objects: $(OBJECTS)

print-flags:
	@echo $(STANDARD) $(WARNINGS)

lint: compile_commands.json    ## clang's analyzer, and shellcheck on the scripts
	@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/lint CFLAGS='--analyze -Xanalyzer -analyzer-output=text' objects
	shellcheck -S warning bootstrap .ci/run tests/run tests/stress tests/coverage tests/external/run tests/mutants/run tests/mutants/engine tests/mutants/classify tests/mutants/debugger docs/generate labs/mklab labs/grade labs/common.sh $(wildcard labs/*/tests) $(SCRIPT_TESTS)

compile_commands.json: Makefile $(SOURCES)    ## what editors and clang tools read
	@{ echo '['; separator=; for f in $(SOURCES); do \
	    printf '%s{"directory":"%s","file":"%s","command":"$(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) -c %s"}' \
	        "$$separator" '$(CURDIR)' "$$f" "$$f"; separator=',\n'; done | sed 's/\\n/\n/g'; echo; echo ']'; } >$@

install: all    ## program, kernel, man page and completion, under PREFIX (and DESTDIR)
	@$(MAKE) --no-print-directory install-built

# As it is: tests that run beside others must not make it anew under them.
install-built:
	install -D $(TRAPEZE) $(DESTDIR)$(PREFIX)/bin/trapeze
	install -D -m 644 $(KERNEL) $(DESTDIR)$(PREFIX)/share/trapeze/kernel.elf
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/trapeze/cost $(wildcard bench/cost/*.ini)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/trapeze/nano $(NANO)
	install -D -m 644 docs/trapeze.1 $(DESTDIR)$(PREFIX)/share/man/man1/trapeze.1
	install -D -m 644 cli/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/trapeze

clean:    ## forget all that was made
	rm -rf $(BUILD) compile_commands.json

help:    ## this list
	@sed -n 's/^\([a-z_.-]*\):[^#]*## */\1\t/p' Makefile bench/bench.mk | expand -t 24

include bench/bench.mk

-include $(OBJECTS:.o=.d) $(RANDOM_OBJECTS:.o=.d) $(ORACLE_OBJECTS:.o=.d) $(TRACED:%.c=$(BUILD)/traced/%.d) $(UNIT_TESTS:=.d) $(TEST_TOOLS:=.d)
