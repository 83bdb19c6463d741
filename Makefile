# make            the release build
# make demo       a camera's flash dump becomes a clean image that can be restored
# make test       all tests, the kernel lab included
# make age        new flashes from a real kernel, judged (by hand, nightly)
# make soak       a thousand acquisitions over bad lines, and all odd consoles (goes on where it stopped, SOAK_LOG=)
# make bench      against jefferson and mkfs.jffs2, and for acquire against depthcharge and dump.py
# make install    the program, its man page, completions and drop-in names (PREFIX=/usr/local, DESTDIR=, DROP_INS=)
# make man        man/jffs2.1 from the command definitions
# make images     TestImages anew
# make format, make lint, make clean

PREFIX ?= /usr/local
DESTDIR ?=
# The names of other tools whose arguments the program takes when it is run by that name.
DROP_INS ?= mkfs.jffs2 sumtool

# Linux: with the Swift library inside, so that the program runs where no toolchain is.
FLAGS := $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
SOURCES := Package.swift $(shell find Sources -type f)
PROGRAM := .build/release/jffs2

all: $(PROGRAM)

$(PROGRAM): $(SOURCES)
	@.ci/setup
	swift build -c release --product jffs2 $(FLAGS)
	@touch $@

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

bench: $(PROGRAM)
	@.ci/setup --tests
	@.ci/bench $(PROGRAM)
	@Tests/Benchmarks/acquire $(PROGRAM)

install: $(PROGRAM)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/jffs2
	for name in $(DROP_INS); do ln -sf jffs2 $(DESTDIR)$(PREFIX)/bin/$$name; done
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(PROGRAM) --generate-completion-script bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/jffs2
	$(PROGRAM) --generate-completion-script zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_jffs2
	$(PROGRAM) --generate-completion-script fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/jffs2.fish

man:
	@.ci/setup
	@.ci/man

images:
	@.ci/setup --tests
	TestImages/build

format:
	swift format -i -r Sources Tests Package.swift

lint:
	swift format lint --strict -r Sources Tests Package.swift
	.ci/house

clean:
	rm -rf .build

.PHONY: all demo test age soak bench install man images format lint clean
