# SPDX-License-Identifier: MIT
# `make help` lists what can be made.

BUILD := $(CURDIR)/build
KERNELS := 6.1 6.12
STEP := BUILD=$(BUILD) tools/step

MAKEFLAGS += --no-print-directory

.PHONY: all
all: module

# --- packages ---------------------------------------------------------------------------------------------------------

.PHONY: deps-build deps-vm deps-demo deps-check
deps-build deps-vm deps-demo deps-check: deps-%:
	@tools/deps $*

# --- the module -------------------------------------------------------------------------------------------------------

# $(call module-build,KDIR,FOLDER,ARGUMENTS): kernels before 6.13 put the objects of an outside module beside its
# sources, so each build gets a folder of its own with links to the sources.
define module-build
	[ "$$(cat $2/.kdir 2>/dev/null)" = "$1" ] || rm -rf $2; \
	mkdir -p $2 && echo "$1" >$2/.kdir && find -L $2 -type l -delete && \
	cp -rsf $(CURDIR)/Kbuild $(CURDIR)/drivers $(CURDIR)/include $2/ && \
	$(STEP) $(notdir $2) $(MAKE) -C "$1" M=$2 $3 modules && \
	ln -sf drivers/gpu/drm/vprot/vprot.ko $2/vprot.ko
endef

.PHONY: module
ifdef KDIR
module: module-other
else
module: $(KERNELS:%=module-%)
endif

.PHONY: $(KERNELS:%=module-%)
$(KERNELS:%=module-%): module-%: deps-build
	+@kernel=$$(tools/vm/kernel $*) && kdir=$$kernel/build && \
	$(call module-build,$$kdir,$(BUILD)/module-$*)
