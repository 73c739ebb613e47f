# SPDX-License-Identifier: MIT
# `make help` lists what can be made.

ifneq ($(words $(CURDIR)),1)
$(error the path of this folder has a blank ($(CURDIR)), which neither make nor the kernel's build system can handle)
endif

BUILD := $(CURDIR)/build
PREFIX ?= /usr/local
DESTDIR ?=
KERNELS := 6.1 6.12
DEBUG_KERNELS := debug kcsan
RUNNING := $(shell uname -r)
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

MAKEFLAGS += --no-print-directory -j$(shell nproc)
export BUILD PREFIX DESTDIR VERSION MEDIA

.PHONY: all
ifdef KDIR
all: module
else
all: module lib tools selftests firmware
endif

.PHONY: help
help:
	@echo 'make                    build the module for both kernels ($(KERNELS)), library, tools and selftests'
	@echo 'make KDIR=FOLDER        build the module for the kernel tree or headers in FOLDER (6.1 to 6.12)'
	@echo 'make demo [MEDIA=FILM]  play an encrypted film through the device in a virtual machine, and check the result'
	@echo 'make check              run all checks and tests, the latter on both kernels in virtual machines'
	@echo 'make check-teeth        break driver and library in one place after the other: a test has to fail each time'
	@echo '                        [SAMPLE=N: in N of the places] [MUTANTS="NAME...": in these]'
	@echo 'make check-debug        run the tests in a kernel with sanitizers, lock and leak checks, which is built for it'
	@echo '                        (ten minutes, once), and tell what of the module they run (build/coverage/index.html)'
	@echo 'make check-kcsan        run the tests in a kernel that looks for data races, which is built for it, too'
	@echo 'make check-secrets      look for secrets in memory after the end of sessions, and in what key exchanges take'
	@echo 'make soak [MINUTES=10] [KERNEL=6.12]'
	@echo '                        many processes play and are killed; nothing may stay behind'
	@echo 'make fuzz [MINUTES=10] [SEED=N]'
	@echo '                        fuzz the device in virtual machines with the debug kernel, and shrink what is found'
	@echo 'make bench              measure what the calls of the driver take (build/bench/)'
	@echo 'make bench-compare [REVISION=...]'
	@echo '                        tell what takes more than tools/bench/baseline.json, or than another state of git'
	@echo 'make module | lib | tools | selftests'
	@echo '                        build one of these alone'
	@echo 'make module-KERNEL      build the module for one kernel ($(KERNELS) $(DEBUG_KERNELS)), fetched or built if need be'
	@echo 'make load | unload      put the module on the running kernel, or take it off'
	@echo 'make install            install library, tools, man pages, module sources for dkms and the udev rule'
	@echo '                        [PREFIX=$(PREFIX)] [DESTDIR=]'
	@echo 'make uninstall          remove what install has installed'
	@echo 'make clean              remove what was built; fetched kernels stay in $$VPROT_CACHE (~/.cache/vprot)'
	@echo 'tools/vm/run shell      a shell in a virtual machine with the device (tools/vm/run --help)'

# --- packages, in one call for each job: the user is asked once -------------------------------------------------------

PACKAGES-all := build selftests packager
PACKAGES-selftests := build selftests packager
PACKAGES-demo := build vm demo packager
PACKAGES-check := build selftests packager vm demo check bench
PACKAGES-check-secrets := build selftests packager vm check
PACKAGES-soak := build selftests packager vm
PACKAGES-check-teeth := build selftests packager vm check
PACKAGES-check-debug := build selftests packager kernel vm check coverage
PACKAGES-check-kcsan := build selftests packager kernel vm check
PACKAGES-fuzz := build kernel vm
PACKAGES-bench := build vm bench
PACKAGES-bench-compare := build vm bench
GOALS := $(or $(MAKECMDGOALS),all)

.PHONY: packages
packages:
	@tools/deps build $(foreach goal,$(GOALS),$(PACKAGES-$(goal)))

# --- building ---------------------------------------------------------------------------------------------------------

.PHONY: module
ifdef KDIR
module: packages
	+@tools/step -v module tools/module "$(KDIR)" $(BUILD)/module
	@echo "  The module is $(BUILD)/module/vprot.ko"
else
module: $(KERNELS:%=module-%)
endif

# For the debug kernel, the module reports what of it ran: to gcov for each line, to kcov for each system call.
MODULE-debug := GCOV_PROFILE=y KCOV_INSTRUMENT=y
MODULES := $(patsubst %,module-%,$(KERNELS) $(DEBUG_KERNELS))

.PHONY: $(MODULES)
$(MODULES): module-%: packages
	+@kernel=$$(tools/vm/kernel $*) && tools/step $@ tools/module $$kernel/build $(BUILD)/$@ $(MODULE-$*)

.PHONY: lib
lib: packages
	+@tools/step $@ $(MAKE) -C tools/lib

.PHONY: tools
tools: lib
	+@tools/step $@ $(MAKE) -C tools/vprotctl
	+@tools/step fuzzer $(MAKE) -C tools/fuzz

.PHONY: selftests
selftests: lib
	+@tools/step $@ $(MAKE) -C selftests/vprot

# The device's key and certificate for the virtual machines.
.PHONY: firmware
firmware: tools
	@[ -e $(BUILD)/firmware/vprot/device-key.der ] || \
	tools/step $@ $(BUILD)/bin/vprotctl provision $(BUILD)/firmware/vprot

# --- the jobs ---------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: module tools firmware
	@tools/demo/run $${MEDIA:+"$$MEDIA"}

.PHONY: check
check: all bench-programs
	+@tools/check

# The modules of the tests that count instructions.
TIMING := $(KERNELS:%=timing-%)

.PHONY: $(TIMING)
$(TIMING): timing-%: packages
	+@kernel=$$(tools/vm/kernel $*) && tools/step module-$@ tools/module --timing $$kernel/build $(BUILD)/$@

.PHONY: check-secrets
check-secrets: all $(TIMING)
	+@tools/check secrets

SOAK_KERNEL := $(or $(KERNEL),6.12)
SOAK_SECONDS = $$(($(or $(MINUTES),10) * 60))

.PHONY: soak
soak: all module-$(SOAK_KERNEL)
	@tools/step -v soak tools/vm/run --kernel $(SOAK_KERNEL) --timeout $$(($(SOAK_SECONDS) + 900)) -- \
		$(BUILD)/selftests/soak $(SOAK_SECONDS)

.PHONY: check-teeth
check-teeth: all firmware
	@selftests/mutants/run $(if $(SAMPLE),--sample $(SAMPLE)) $(MUTANTS)

.PHONY: check-debug check-kcsan
check-debug check-kcsan: check-%: module-% tools selftests firmware
	@tools/check $*

# What the measurements are made with.
.PHONY: bench-programs
bench-programs: packages module-6.12 tools firmware
	+@tools/step $@ $(MAKE) -C tools/bench
	+@kernel=$$(tools/vm/kernel 6.12) && tools/step module-bench tools/module --bench $$kernel/build $(BUILD)/bench-6.12

.PHONY: bench
bench: bench-programs
	@tools/step -v $@ tools/bench/run
	@tools/step -v bench-parallel tools/bench/run parallel

.PHONY: bench-compare
bench-compare: bench-programs
	@tools/step -v $@ tools/bench/run compare $(REVISION)

.PHONY: fuzz
fuzz: module-debug tools firmware
	@tools/fuzz/run $(if $(MINUTES),--minutes "$(MINUTES)") $(if $(SEED),--seed "$(SEED)")

# --- this machine -----------------------------------------------------------------------------------------------------

.PHONY: load
load: KDIR = /lib/modules/$(RUNNING)/build
load: tools
	+@tools/step module-$(RUNNING) tools/module "$(KDIR)" $(BUILD)/module-$(RUNNING)
	@tools/load $(BUILD)/module-$(RUNNING)/vprot.ko $(BUILD)/bin/vprotctl

.PHONY: unload
unload:
	@tools/load --unload

SOURCES := $(DESTDIR)/usr/src/vprot-$(VERSION)
UDEV := $(DESTDIR)$(PREFIX)/lib/udev/rules.d

.PHONY: install
install: lib tools
	+@tools/step install-lib $(MAKE) -C tools/lib install
	+@tools/step install-tools $(MAKE) -C tools/vprotctl install
	install -d $(SOURCES) $(UDEV)
	cp -r dkms.conf Kbuild drivers include $(SOURCES)
	install -m 644 tools/udev/60-vprot.rules $(UDEV)
	@[ -n "$(DESTDIR)" ] || PATH=$$PATH:/usr/sbin:/sbin ldconfig || \
	echo "Run ldconfig as root, or programs will not find $(PREFIX)/lib/libdrm_vprot.so"
	@echo "To build the module with every new kernel: dkms install vprot/$(VERSION)"

.PHONY: uninstall
uninstall:
	+@tools/step uninstall-lib $(MAKE) -C tools/lib uninstall
	+@tools/step uninstall-tools $(MAKE) -C tools/vprotctl uninstall
	rm -rf $(SOURCES)
	rm -f $(UDEV)/60-vprot.rules

.PHONY: clean
clean:
	rm -rf $(BUILD)
