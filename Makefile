# cni: build, test, install. `make` alone lists what there is.

PREFIX  = /usr/local
BINDIR  = /opt/cni/bin
DESTDIR =

# Folders, parted by colons, that the program may use besides its own
# (docs/building.md): to read and write, and to read only.
STATE_DIRS =
READ_DIRS  =

# 1 for plugins that hand their calls to a daemon (docs/resident.md).
RESIDENT =

# "compiled" or "portable"; empty for the best that can be had.
FORM =

DENO  = scripts/deno
BUILD = $(DENO) run --quiet --allow-all scripts/build.ts \
	--state-dirs='$(STATE_DIRS)' --read-dirs='$(READ_DIRS)' --form='$(FORM)'
INSTALL = $(DENO) run --quiet --allow-all scripts/install.ts \
	--prefix='$(PREFIX)' --bindir='$(BINDIR)' --destdir='$(DESTDIR)' \
	--resident='$(RESIDENT)'

# Words for the benchmark: ARGS='--rounds 10 --only chain'; for mutants:
# ARGS='--files "lib/net/**" --count 20'.
ARGS =

# A release: docker, podman or nerdctl to build it in a container, and a folder
# of Deno's runtimes where they cannot be downloaded (docs/releasing.md).
RUNTIME    =
DENORT_DIR =
# C compilers for the shims of releases (docs/releasing.md).
CC_AMD64 =
CC_ARM64 =
export RUNTIME DENORT_DIR CC_AMD64 CC_ARM64

# An installation takes what is built, unless it asks for another build.
BUILT = $(if $(STATE_DIRS)$(READ_DIRS)$(FORM),build,build/settings.json)

.PHONY: help demo test test-vm vm-kernel build check bench soak mutants release install uninstall clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18
	@echo 'Variables: PREFIX BINDIR DESTDIR RESIDENT (docs/installing.md)'
	@echo '           STATE_DIRS READ_DIRS FORM (docs/building.md)'
	@echo '           RUNTIME DENORT_DIR CC_AMD64 CC_ARM64 (docs/releasing.md), ARGS (docs/performance.md, CONTRIBUTING.md)'

demo: ## Attach a namespace to a network, ping through it, detach it (root)
	@scripts/packages demo
	@$(BUILD)
	@scripts/demo build/bin

test: ## Check and build everything, then run all tests
	@scripts/packages test || echo 'Going on: tests that need these are skipped' >&2
	@$(DENO) run --quiet --allow-all scripts/check.ts
	@$(BUILD)
	@$(DENO) run --quiet --allow-all scripts/test.ts

test-vm: ## Run tests in a virtual machine with a full kernel (root)
	@$(BUILD)
	@$(DENO) run --quiet --allow-all scripts/vm.ts $(ARGS)

vm-kernel: ## Build the kernel for that, build/vm/linux
	@scripts/vm_kernel

build: ## Build build/bin/cni and a link for each plugin
	@$(BUILD)

build/settings.json:
	@$(BUILD)

check: ## Check format, lint, types, docs and import layers
	@$(DENO) run --quiet --allow-all scripts/check.ts

bench: ## Compare speed and memory with the reference plugins (root)
	@scripts/packages bench
	@$(BUILD)
	@$(DENO) run --quiet --allow-all bench/main.ts $(ARGS)

soak: ## Put the resident mode under load for a long time (root)
	@scripts/packages test
	@$(BUILD)
	@$(DENO) run --quiet --allow-all scripts/soak.ts $(ARGS)

mutants: ## Try small wrong changes: would the tests notice?
	@$(DENO) run --quiet --allow-all scripts/mutants.ts $(ARGS)

release: ## Build archives for Linux and Windows into release/
ifeq ($(RUNTIME),)
	@scripts/packages release || echo 'Going on with what is installed' >&2
	@$(DENO) run --quiet --allow-all scripts/release.ts
else
	@scripts/in_container make release
endif

install: $(BUILT) ## Install into BINDIR, with links and library in PREFIX
	@$(INSTALL)

uninstall: ## Remove what install put there
	@$(INSTALL) --uninstall

clean: ## Remove what was built and the Deno that was installed here
	rm -rf build release .tools
