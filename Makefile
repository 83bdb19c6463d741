# make            the release build
# make demo       a camera's flash dump becomes a clean image that can be restored
# make test       all tests, the kernel lab included
# make age        new flashes from a real kernel, judged (by hand, nightly)
# make soak       a thousand acquisitions over bad lines, and all odd consoles (goes on where it stopped, SOAK_LOG=)
# make mutants    faults in the critical rules, one at a time: some test must fail (hours; goes on where it stopped)
# make fuzz       libFuzzer on all parsers, readers and writers (goes on where it stopped, FUZZ_SECONDS= for each, .ci/fuzz TARGET for one)
# make sanitize   all tests with the address sanitizer, and with the thread sanitizer (SANITIZERS=)
# make bench      against jefferson, mkfs.jffs2 and others, its parts against the machine's limits, and acquire (BENCH_RUNS=, BENCH_JSON=)
# make growth     time and memory of the commands on inputs of N, 2N and 4N
# make instructions  counts the instructions of six jobs against the recorded figures, as `make test` does
# make install    the program, its man pages, completions, and drop-in names in libexec/jffs2 (PREFIX=/usr/local, DESTDIR=);
#                 DROP_INS="mkfs.jffs2 jefferson" links these into bin as well
# make static     the same as one file that needs nothing but the kernel: .build/static/jffs2; make static-check tries it
# make deb        Debian packages in .build/deb; make deb-check installs, uses and removes them in a clean root (as root)
# make release    what is published, in .build/release-files (RELEASE=); make reproduce builds it again elsewhere and compares
# make container  an image of nothing but the static program, with podman, buildah or docker
# make vendor     the Swift packages in Vendor, so that `make` needs no network
# make sbom       what is inside of the program, on standard output
# make man        man/*.1 and man/*.7 from what the program says of itself and from man/parts
# make images     TestImages anew
# make format, make lint, make clean

PREFIX ?= /usr/local
DESTDIR ?=
# The names of other tools whose arguments the program takes when it is run by that name. All are in libexec/jffs2, which may be
# put in front of PATH; those of DROP_INS are in bin, too, where a distribution has packages of its own for them.
DROP_IN_NAMES := dumpimage jefferson jffs2dump jffs2reader mkfs.jffs2 mkimage sumtool
DROP_INS ?=
UNKNOWN_DROP_INS := $(filter-out $(DROP_IN_NAMES),$(DROP_INS))

# Linux: with the Swift library inside, so that the program runs where no toolchain is.
# The paths of this folder in it are replaced, so that it has the same bytes wherever it is built; functions that nobody calls are
# left out (-function-sections), and a smashed stack ends the program. No names of the compiler's cache in the debug information
# (breadcrumbs), and no hash of what the optimizer was given: both follow from the folder, too.
# With `mount` (libfuse3), too; TRAITS= builds without it.
TRAITS ?= $(if $(filter Linux,$(shell uname -s)),Mount)
FLAGS := $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib) $(if $(TRAITS),--traits $(TRAITS)) \
	-Xswiftc -Xfrontend -Xswiftc -function-sections \
	-Xswiftc -Xfrontend -Xswiftc -enable-stack-protector -Xswiftc -Xfrontend -Xswiftc -no-clang-module-breadcrumbs \
	-Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen \
	-Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. \
	-Xcc -ffile-prefix-map=$(CURDIR)=. -Xcc -fstack-protector-strong -Xcxx -ffile-prefix-map=$(CURDIR)=. -Xcxx -fstack-protector-strong
ifeq ($(shell uname -s),Linux)
FLAGS += -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now -Xlinker --build-id=sha1
endif
# Swift packages from Vendor, when `make vendor` has put them there: see Package.swift.
ifneq ($(wildcard Vendor/swift-argument-parser/Package.swift),)
export JFFS2_VENDOR := Vendor
FLAGS += --disable-automatic-resolution
endif
SOURCES := Package.swift $(shell find Sources -type f)
PROGRAM ?= .build/release/jffs2

all: $(PROGRAM)

.build/release/jffs2: $(SOURCES)
	@.ci/setup
	swift build -c release --product jffs2 $(FLAGS)
	@touch $@

# ---- to give away ----
STATIC := .build/static/jffs2
# Bytes, for static-check.
STATIC_LARGEST ?= 25000000
RELEASE ?= .build/release-files

static: $(STATIC)

$(STATIC): .build/release/jffs2 $(wildcard Packaging/static/*)
	@.ci/setup --packaging
	Packaging/static/link .build/release .build/static

static-check: $(STATIC)
	Packaging/static/check $(STATIC) $(STATIC_LARGEST)

deb: .build/release/jffs2
	rm -rf .build/deb
	Packaging/deb/build .build/deb

deb-check: deb
	@.ci/setup --packaging
	Packaging/deb/check .build/deb

sbom: .build/release/jffs2
	@Packaging/sbom/make shared --program $<

release: $(STATIC)
	rm -rf $(RELEASE)
	Packaging/release/build $(RELEASE)

reproduce: release
	Packaging/release/reproduce $(RELEASE) $(OTHER)

container: $(STATIC)
	Packaging/container/build $(STATIC)

vendor:
	Packaging/vendor/fetch Vendor

demo: $(PROGRAM)
	@.ci/demo $(PROGRAM)

test:
	@.ci/test

age:
	@.ci/age

# Hours; what stands in the log as held is not run again.
SOAK_LOG ?= $(CURDIR)/.build/soak.log
soak:
	@.ci/setup --tests
	@.ci/tests build
	JFFS2_SOAK=1000 JFFS2_SOAK_LOG=$(SOAK_LOG) .ci/tests test --filter 'DamagedLineTests|OddBoardTests'
	@echo "$$(grep -c '^ok ' $(SOAK_LOG)) runs held; FAULT lines of $(SOAK_LOG) are of runs that did not when they ran"

# What it finds worth keeping: .ci/fuzz merge. What does not hold is in .build/fuzz-faults.
fuzz:
	@.ci/setup --tests
	@.ci/fuzz

# For each fault in Tests/Mutants/table.py some test must fail; goes on where it stopped.
mutants:
	@.ci/setup --tests
	@.ci/mutants

SANITIZERS ?= address thread
sanitize:
	@.ci/setup --tests
	@.ci/sanitize $(SANITIZERS)

bench: $(PROGRAM)
	@.ci/setup --tests
	swift build -c release --product part-benchmarks $(FLAGS)
	@.ci/bench $(PROGRAM) $(if $(BENCH_JSON),--json $(BENCH_JSON))
	@.build/release/part-benchmarks $${BENCH_FOLDER:-/dev/shm/jffs2-bench}/a.jffs2 $${BENCH_RUNS:-7}
	@Tests/Benchmarks/acquire $(PROGRAM)

growth: $(PROGRAM)
	Tests/Benchmarks/growth $(PROGRAM)

instructions:
	@.ci/setup --tests
	@.ci/tests build
	@.ci/instructions

install: $(PROGRAM)
	$(if $(UNKNOWN_DROP_INS),$(error DROP_INS: there is no drop-in name $(UNKNOWN_DROP_INS)))
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/jffs2
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/libexec/jffs2/man/man1
	install -m 644 man/drop-ins/*.1 $(DESTDIR)$(PREFIX)/libexec/jffs2/man/man1
	for name in $(DROP_IN_NAMES); do ln -sf ../../bin/jffs2 $(DESTDIR)$(PREFIX)/libexec/jffs2/$$name; done
	for name in $(DROP_INS); do ln -sf jffs2 $(DESTDIR)$(PREFIX)/bin/$$name && \
		ln -sf ../../../libexec/jffs2/man/man1/$$name.1 $(DESTDIR)$(PREFIX)/share/man/man1; done
	install -d $(DESTDIR)$(PREFIX)/share/jffs2/cluster
	install -m 755 Packaging/cluster/* $(DESTDIR)$(PREFIX)/share/jffs2/cluster
	install -d $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(PROGRAM) --generate-completion-script bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/jffs2
	$(PROGRAM) --generate-completion-script zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_jffs2
	$(PROGRAM) --generate-completion-script fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/jffs2.fish

man: $(PROGRAM)
	@.ci/man $(PROGRAM)

images:
	@.ci/setup --tests
	TestImages/build

format:
	swift format -i -r Sources Tests Package.swift

lint:
	swift format lint --strict -r Sources Tests Package.swift
	.ci/house
	.ci/packaging

clean:
	rm -rf .build

.PHONY: all demo test age soak fuzz mutants sanitize bench growth instructions install man images format lint clean static static-check deb deb-check sbom \
	release reproduce container vendor
