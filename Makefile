# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Cordon: the tool, the module, and everything that proves them. `make help` lists what there is.
# All that is built lies under build/. The module itself is described in Kbuild.

PREFIX ?= /usr
CC ?= gcc
CLANG ?= clang
PKG_CONFIG ?= pkg-config
INSTALL ?= install

SBINDIR := $(DESTDIR)$(PREFIX)/sbin
MANDIR := $(DESTDIR)$(PREFIX)/share/man
COMPDIR := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DATADIR := $(DESTDIR)$(PREFIX)/share/cordon
UNITDIR := $(DESTDIR)$(PREFIX)/lib/systemd/system

# Debian's kernels that there is a module for, and those that a change is checked on.
TEST_KERNELS := 6.1 6.12 7.3
CHECK_KERNELS ?= $(TEST_KERNELS)
# What kernels have no part in is shared out to them; empty: everything on each.
CHECK_BRIEF ?= --brief

# How long each fuzzer runs.
FUZZ_SECONDS ?= 60

O := build

# ---- the tool ------------------------------------------------------------

CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes
override CPPFLAGS += -D_GNU_SOURCE -Iinclude/uapi -Iinclude -Ikmod/engine -Ictl -I.
LIBS := libnl-3.0 libnl-genl-3.0 jansson sqlite3 libelf
DAEMON_LIBS := libsystemd libcrypto libcap-ng
LIB_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(LIBS))
LIB_LIBS = $(shell $(PKG_CONFIG) --libs $(LIBS))
DAEMON_LIB_LIBS = $(shell $(PKG_CONFIG) --libs $(DAEMON_LIBS))

engine-src := $(wildcard kmod/engine/*.c)
ctl-src := $(wildcard ctl/*.c ctl/capture/*.c ctl/provision/*.c ctl/review/*.c)
daemon-src := $(wildcard ctl/cordond/*.c)
unit-src := $(wildcard tests/unit/*.c)
fuzz-src := $(wildcard tests/fuzz/*.c)

# What the daemon and tests link: all of the tool but its main(). Tests link the daemon as well, and
# nothing else needs its libraries.
lib-src := $(engine-src) $(filter-out ctl/main.c,$(ctl-src))
unit-src += $(filter-out ctl/cordond/main.c,$(daemon-src))

.PHONY: all
all: cordonctl cordond $(if $(KERNEL),module)

.PHONY: cordonctl cordond
cordonctl: $(O)/cordonctl
cordond: $(O)/cordond

# The same sources are compiled in three ways; each has a folder for its objects.
#	ctl	what is installed
#	san	with ASan and UBSan, for the unit tests
#	tsan	with TSan, for those of them that have threads
#	fuzz	by clang, instrumented for libFuzzer
san-flags := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
tsan-flags := -fsanitize=thread
fuzz-flags := -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer

define flavour
$(O)/$(1)/%.o: %.c Makefile
	@mkdir -p $$(@D)
	$(2) $$(CPPFLAGS) $$(LIB_CFLAGS) $$(CFLAGS) $(3) -MMD -MP -c -o $$@ $$<
endef
$(eval $(call flavour,ctl,$$(CC),))
$(eval $(call flavour,san,$$(CC),$$(san-flags)))
$(eval $(call flavour,tsan,$$(CC),$$(tsan-flags)))
$(eval $(call flavour,fuzz,$$(CLANG),$$(fuzz-flags)))

objects = $(patsubst %.c,$(O)/$(1)/%.o,$(2))

$(O)/cordonctl: $(call objects,ctl,$(engine-src) $(ctl-src))
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) $(LDLIBS)

$(O)/cordond: $(call objects,ctl,$(lib-src) $(daemon-src))
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) $(DAEMON_LIB_LIBS) -pthread $(LDLIBS)

-include $(shell find $(O)/ctl $(O)/san $(O)/tsan $(O)/fuzz -name '*.d' 2>/dev/null)

# ---- test programs -------------------------------------------------------

$(O)/tests/unit: $(call objects,ctl,$(unit-src) $(lib-src))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs check) $(LIB_LIBS) $(DAEMON_LIB_LIBS)

$(O)/tests/unit-san: $(call objects,san,$(unit-src) $(lib-src))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(san-flags) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs check) $(LIB_LIBS) $(DAEMON_LIB_LIBS)

$(O)/tests/unit-tsan: $(call objects,tsan,$(unit-src) $(lib-src))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(tsan-flags) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs check) $(LIB_LIBS) $(DAEMON_LIB_LIBS)

# The daemon with a module that is not there: an archive, so that only what it needs is taken of the tool.
$(O)/tests/cordond: $(call objects,ctl,$(daemon-src) tests/daemon/module.c $(lib-src))
	@mkdir -p $(@D)
	rm -f $@.a && ar rcs $@.a $(call objects,ctl,$(lib-src))
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(call objects,ctl,$(daemon-src) tests/daemon/module.c) $@.a \
		$(LIB_LIBS) $(DAEMON_LIB_LIBS) -pthread

$(O)/tests/bench-engine: $(call objects,ctl,tests/bench/engine/decide.c $(engine-src))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/tests/bench-net: $(call objects,ctl,tests/bench/engine/net.c $(engine-src))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/tests/fuzz/%: $(O)/fuzz/tests/fuzz/%.o $(call objects,fuzz,$(lib-src))
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) -fsanitize=fuzzer,address,undefined $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

fuzzers := $(patsubst tests/fuzz/%.c,$(O)/tests/fuzz/%,$(fuzz-src))
# What runs in the guests has a Makefile of its own.
.PHONY: test-programs
test-programs:
	$(MAKE) --no-print-directory -C tests/attack OUT=$(abspath $(O))/tests

.SECONDARY:

# ---- what a fresh machine lacks --------------------------------------------

.PHONY: deps
deps:
	@scripts/deps --quiet

# Stamps are files, so nothing is asked of the network twice.
$(O)/stamps/buildroot $(addprefix $(O)/stamps/kernel-,$(TEST_KERNELS) debug): | deps
	scripts/kernels $(patsubst kernel-%,%,$(@F))

kernel-ready = $(O)/stamps/kernel-$(1) $(if $(filter-out debug,$(1)),$(O)/stamps/buildroot)

# ---- the module ------------------------------------------------------------

# Only what was asked for goes on to the kernel's build.
kbuild-vars = $(foreach v,W V C CF KCFLAGS,$(if $($(v)),$(v)='$($(v))'))
build-module = scripts/lib/build-module $(1) $(kbuild-vars) $(2)

.PHONY: module
ifdef KERNEL
module: module-$(KERNEL)
else
module:
	$(call build-module,running $(if $(KDIR),KDIR='$(KDIR)'))
endif

module-targets := $(addprefix module-,$(TEST_KERNELS) debug)
.PHONY: $(module-targets)
.SECONDEXPANSION:
$(module-targets): module-%: | $$(call kernel-ready,$$*)
	$(call build-module,$*)

.PHONY: modules
modules: $(addprefix module-,$(TEST_KERNELS))

# All sources, whether they have changed or not. Debian's headers of 7.3 lack what C= needs there.
.PHONY: sparse
sparse:
	$(MAKE) --no-print-directory module KERNEL=$(or $(KERNEL),6.12) C=2 CF='-D__CHECK_ENDIAN__'

# ---- checks ----------------------------------------------------------------

.PHONY: check
check: check-unit check-daemon check-vm

.PHONY: check-unit
check-unit: deps
	$(MAKE) --no-print-directory $(O)/tests/unit
	$(O)/tests/unit

# The daemon, killed and starved, on this machine.
.PHONY: check-daemon
check-daemon: deps
	$(MAKE) --no-print-directory cordonctl $(O)/tests/cordond
	$(if $(filter 0,$(shell id -u)),unshare -m) tests/daemon/run $(O)/tests/cordond $(O)/cordonctl

# What is read while it is written, with TSan, which wants its addresses where they always are.
.PHONY: check-unit-tsan
check-unit-tsan: deps
	$(MAKE) --no-print-directory $(O)/tests/unit-tsan
	CK_RUN_SUITE=engine/ring CK_DEFAULT_TIMEOUT=600 setarch -R $(O)/tests/unit-tsan
	CK_RUN_SUITE=engine/prefix CK_DEFAULT_TIMEOUT=600 setarch -R $(O)/tests/unit-tsan
	CK_RUN_SUITE=engine/behaviour CK_DEFAULT_TIMEOUT=600 setarch -R $(O)/tests/unit-tsan

.PHONY: check-unit-san
check-unit-san: deps
	$(MAKE) --no-print-directory $(O)/tests/unit-san
	$(O)/tests/unit-san

# Every kernel is tried, also after one has failed: that it fails on one only is worth knowing.
.PHONY: check-vm
check-vm: deps $(addprefix module-,$(CHECK_KERNELS))
	scripts/services
	$(MAKE) --no-print-directory cordonctl cordond test-programs
	tests/vm/all $(CHECK_BRIEF) $(CHECK_KERNELS)

.PHONY: check-debug
check-debug: deps module-debug
	$(MAKE) --no-print-directory cordonctl cordond test-programs
	tests/vm/all --parts 6 debug

# Longer loads than in check-vm, and ten minutes of a busy capture. What is unproved says so in its head.
.PHONY: check-services
proved-services = $(shell grep -L '^\# Unproved: ' tests/vm/scenario-service-*.sh)
check-services: deps module-6.12
	scripts/services
	$(MAKE) --no-print-directory cordonctl cordond test-programs
	tests/vm/run --kernel 6.12 --load 15 --scenario learn-busy \
		$(patsubst tests/vm/scenario-%.sh,--scenario %,$(proved-services))

.PHONY: bench
bench: deps modules
	$(MAKE) --no-print-directory cordonctl cordond test-programs
	tests/bench/run

.PHONY: bench-engine
bench-engine: deps
	$(MAKE) --no-print-directory $(O)/tests/bench-engine $(O)/tests/bench-net
	tests/bench/engine/run $(O)/tests/bench-engine
	tests/bench/engine/run $(O)/tests/bench-net

.PHONY: demo
demo: deps module-$$(or $$(KERNEL),6.12)
	$(MAKE) --no-print-directory cordonctl cordond test-programs KERNEL=
	scripts/demo --kernel $(or $(KERNEL),6.12)

.PHONY: fuzz
fuzz: deps
	$(MAKE) --no-print-directory $(fuzzers)
	@for f in $(notdir $(fuzzers)); do \
		echo "== fuzzing $$f for $(FUZZ_SECONDS) s"; \
		mkdir -p $(O)/fuzz/corpus/$$f; \
		seeds=tests/fuzz/corpus/$$f; [ -d $$seeds ] || seeds=; \
		$(O)/tests/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -timeout=10 \
			-artifact_prefix=$(O)/fuzz/$$f- $(O)/fuzz/corpus/$$f $$seeds || exit 1; \
	done

shell-scripts := $(shell grep -lE '^\#!/bin/(ba)?sh' scripts/* scripts/lib/* tests/*/* 2>/dev/null)
c-files := $(wildcard kmod/*.[ch] kmod/engine/*.[ch] ctl/*.[ch] ctl/*/*.[ch] include/uapi/*.h tests/*/*.[ch])

.PHONY: lint
lint:
	shellcheck -x $(shell-scripts)
	shellcheck -s sh scripts/lib/vm-init
	@missing=$$(grep -L SPDX-License-Identifier $(c-files) $(wildcard kmod/*.S) $(shell-scripts) Makefile Kbuild); \
	[ -z "$$missing" ] || { echo "no SPDX line in:" $$missing >&2; exit 1; }
	@! grep -nE '[[:space:]]+$$' $(c-files) $(shell-scripts) Makefile Kbuild || \
		{ echo 'white space at the end of the lines above' >&2; exit 1; }

# A view, not a gate: tables read better as their author laid them out.
.PHONY: format-check
format-check:
	clang-format --dry-run $(c-files)

# ---- installation ------------------------------------------------------------

man-pages := $(wildcard docs/*.[1-8] docs/man/*.[1-8])
# What an administrator writes documents with; they refer to each other.
data-docs := $(addprefix docs/,manifest.md capture.md segments.md events.md threat-model.md manifest.schema.json)
release := $(shell uname -r)
kdir := $(or $(KDIR),/lib/modules/$(release)/build)

.PHONY: install
install: cordonctl cordond
	@[ -e $(O)/module/$(release)/cordon.ko ] || \
		{ echo "install: no module for $(release); run 'make module' first" >&2; exit 1; }
	$(MAKE) -C $(kdir) M=$(realpath $(O)/module/$(release)) INSTALL_MOD_DIR=updates \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	$(if $(DESTDIR),,depmod $(release))
	$(MAKE) --no-print-directory install-tool

.PHONY: install-tool
install-tool: cordonctl cordond
	$(INSTALL) -D -m 755 $(O)/cordonctl $(SBINDIR)/cordonctl
	$(INSTALL) -D -m 755 $(O)/cordond $(SBINDIR)/cordond
	$(INSTALL) -D -m 644 ctl/cordond/cordond.service $(UNITDIR)/cordond.service
	sed -i 's|/usr/sbin/|$(PREFIX)/sbin/|' $(UNITDIR)/cordond.service
	$(INSTALL) -D -m 644 ctl/cordond/cordond.json $(DATADIR)/docs/cordond.json
	$(foreach m,$(man-pages),$(INSTALL) -D -m 644 $(m) $(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)) &&) true
	$(foreach c,$(wildcard ctl/completion/*.bash),$(INSTALL) -D -m 644 $(c) $(COMPDIR)/$(basename $(notdir $(c))) &&) true
	$(foreach d,$(data-docs),$(INSTALL) -D -m 644 $(d) $(DATADIR)/$(d) &&) true
	cd manifests && find . -path ./tests -prune -o -type f -name '*.json' -exec $(INSTALL) -D -m 644 '{}' '$(abspath $(DATADIR))/manifests/{}' ';'

.PHONY: uninstall
uninstall:
	rm -f $(SBINDIR)/cordonctl $(SBINDIR)/cordond $(UNITDIR)/cordond.service $(DESTDIR)/lib/modules/$(release)/updates/cordon.ko*
	rm -f $(foreach m,$(man-pages),$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
	rm -f $(foreach c,$(wildcard ctl/completion/*.bash),$(COMPDIR)/$(basename $(notdir $(c))))
	rm -rf $(DATADIR)/manifests $(DATADIR)/docs
	-rmdir $(DATADIR) 2>/dev/null
	$(if $(DESTDIR),,depmod $(release))

# ---- cleaning --------------------------------------------------------------

# What was compiled here; fetched kernels stay.
.PHONY: clean
clean:
	rm -rf $(O)/ctl $(O)/san $(O)/tsan $(O)/fuzz $(O)/tests $(O)/module $(O)/cordonctl $(O)/cordond $(O)/vm $(O)/log

.PHONY: distclean
distclean:
	@! grep -q ' $(CURDIR)/$(O)/' /proc/mounts || \
		{ echo 'distclean: something is mounted under $(O); see /proc/mounts' >&2; exit 1; }
	rm -rf $(O)

.PHONY: help
help:
	@echo 'make                      the tool and the daemon, build/cordonctl and build/cordond'
	@echo 'make module               the module for the running kernel'
	@echo 'make module KERNEL=6.12   the module for a test kernel (6.1, 6.12, 7.3, debug); W=1, C=1 and V=1 work'
	@echo 'make modules              the module for all test kernels'
	@echo 'make KERNEL=6.12          tool and module'
	@echo 'make install uninstall    module, tool, man pages, docs, completion, manifests (PREFIX, DESTDIR)'
	@echo
	@echo 'make check                check-unit, check-daemon and check-vm'
	@echo 'make check-unit           unit tests, on this machine'
	@echo 'make check-unit-san       the same with ASan and UBSan'
	@echo 'make check-unit-tsan      those with threads, with TSan'
	@echo 'make check-daemon         cordond with a module that is not there, killed and starved'
	@echo 'make check-vm             tests on booted kernels (CHECK_KERNELS="$(CHECK_KERNELS)"; what kernels have no part'
	@echo '                          in on the first only, unless CHECK_BRIEF=)'
	@echo 'make check-debug          the same on a 6.1 with KASAN, lockdep, kmemleak (compiled first, ~15 min)'
	@echo 'make check-services       capture proved on real services, under longer loads than in check-vm'
	@echo 'make fuzz                 each fuzzer for FUZZ_SECONDS=$(FUZZ_SECONDS)'
	@echo 'make bench demo           what it costs; what it does'
	@echo 'make sparse lint          static checks (format-check: what clang-format would do)'
	@echo
	@echo 'make deps                 install the Debian packages that all this needs'
	@echo 'make clean distclean      what was compiled; all of build/, the fetched kernels too'
