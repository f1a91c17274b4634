# Two commands on a fresh Debian or Ubuntu with git, make, g++ and a Rust toolchain:
#
#     make demo
#     make test
#
# The only slow part is RocksDB, C++ that takes 11 to 16 minutes on two cores. It is compiled once per machine into the
# user's cache folder and linked from there by every checkout, every profile and every target below.

SHELL := /bin/sh
.SHELLFLAGS := -euc
.ONESHELL:
.NOTPARALLEL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# ---------------------------------------------------------------------------------------------------------------------
# Where things are
# ---------------------------------------------------------------------------------------------------------------------

# Everything that can be made again lies in CACHE, outside the checkout. CARGO_TARGET_DIR may point elsewhere.
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/greenlien
CARGO_TARGET_DIR ?= $(CACHE)/target

# The archive is named by the crate's version in the lock file, so a new version is compiled anew beside the old one.
ROCKSDB_VERSION := $(shell sed -n '/^name = "librocksdb-sys"$$/{n;s/^version = "\(.*\)"$$/\1/p;}' Cargo.lock)
ROCKSDB_DIR := $(CACHE)/rocksdb/$(ROCKSDB_VERSION)
ROCKSDB_BUILD := $(CACHE)/rocksdb-build

# The oldest compiler that will do, and the one the lints were settled with: lints change from one to the next.
RUST_OLDEST := $(shell sed -n 's/^rust-version = "\(.*\)"$$/\1/p' Cargo.toml)
RUST_OF_LINTS := 1.95

# Arguments for the program: make demo ARGS='--data DIR --keep'.
ARGS ?=

# What make fuzz fuzzes, and for how many seconds each. Coverage for libFuzzer, which a stable compiler can instrument.
FUZZ ?= $(patsubst fuzz/fuzz_targets/%.rs,%,$(sort $(wildcard fuzz/fuzz_targets/*.rs)))
FUZZ_SECONDS ?= 60
FUZZ_FLAGS := --cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares

# rustup puts cargo where only login shells look.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin
export CARGO_TARGET_DIR
export ROCKSDB_LIB_DIR := $(ROCKSDB_DIR)
export ROCKSDB_STATIC := 1

# Prints the folder of a libclang that has its own C headers (stdbool.h) beside it, or nothing. RocksDB's Rust bindings
# are generated with it. A LIBCLANG_PATH that the user has set is taken as it is.
define find_libclang
find_libclang() {
    if [ -n "$${LIBCLANG_PATH:-}" ]; then echo "$$LIBCLANG_PATH"; return; fi
    for dir in "$$(llvm-config --libdir 2>/dev/null)" $$(ls -d /usr/lib/llvm-*/lib 2>/dev/null | sort -rV) \
        "/usr/lib/$$(uname -m)-linux-gnu" /usr/lib64 /usr/local/lib; do
        for library in "$$dir"/libclang.so* "$$dir"/libclang-[0-9]*.so*; do
            [ -e "$$library" ] || continue
            for header in "$$dir"/clang/*/include/stdbool.h /usr/lib/clang/*/include/stdbool.h \
                /usr/include/clang/*/include/stdbool.h; do
                if [ -e "$$header" ]; then echo "$$dir"; return; fi
            done
        done
    done
}
endef

# Says whether an interpreter can run the second verifier (docs/verifier): Python 3.11 with the package cryptography.
# Without one from apt, a virtual environment in the cache does as well; PYTHON names another.
PYTHON ?= $(shell [ -x "$(CACHE)/python/bin/python3" ] && echo "$(CACHE)/python/bin/python3" || echo python3)
export GREENLIEN_PYTHON ?= $(PYTHON)
define runs_verifier
runs_verifier() {
    "$$1" -c 'import sys, tomllib, cryptography.hazmat.primitives.asymmetric.ed25519' 2>/dev/null
}
endef

# Says whether a node can run the third verifier (web/verifier); NODE names another.
NODE ?= node
export GREENLIEN_NODE ?= $(NODE)
define runs_node
runs_node() {
    "$$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' 2>/dev/null
}
endef

# Prints a chromium that runs, or nothing. The chromium-browser of Ubuntu may be a hint to install a snap, which does not.
define find_chromium
find_chromium() {
    for program in "$${CHROMIUM:-chromium}" chromium-browser google-chrome google-chrome-stable; do
        if command -v "$$program" >/dev/null && "$$program" --version >/dev/null 2>&1; then command -v "$$program"; return; fi
    done
}
endef

# The first line of every recipe that runs cargo on the server. It is found in the recipe, not here, because `make setup`
# may just have installed it.
define with_libclang
$(find_libclang)
LIBCLANG_PATH=$$(find_libclang)
export LIBCLANG_PATH
endef

# ---------------------------------------------------------------------------------------------------------------------
# What people call
# ---------------------------------------------------------------------------------------------------------------------

.PHONY: help setup checkout build demo test verify-all bench fuzz lint doc deny clean toolchain rocksdb verifier \
    verifier-alone python node browser screenshots

help:
	@cat <<'END'
	make demo    build, then play a district's ledger through a real server; ARGS='--data DIR --keep --json'
	make test    run every test; what continuous integration runs
	make verify-all   flip every byte, and change every member, of evidence files before all verifiers
	make browser the pages in a real browser; part of make test, which says at its end if there was none (BROWSER=required fails then)
	make screenshots   make the pictures of the READMEs again
	make build   leave the release binary at bin/greenlien
	make setup   install what is missing (clang, with apt); part of every other target
	make bench   measure, and compare with the budgets in docs/PERFORMANCE.md
	make fuzz    fuzz every parser; FUZZ='note entry' FUZZ_SECONDS=600
	make lint    formatting and clippy, warnings are errors
	make doc     the documentation of the code
	make deny    licenses, banned crates and sources of all dependencies
	make clean   remove what was built; RocksDB's archive stays in $(CACHE)
	END

# Cargo first: it is the one thing that we do not install for the user.
toolchain:
	@if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
	    echo "No Rust toolchain found. Install one from https://rustup.rs, then run make again:" >&2
	    echo "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" >&2
	    exit 1
	fi
	version=$$(rustc --version | cut -d' ' -f2)
	oldest=$$(printf '%s\n%s\n' "$(RUST_OLDEST)" "$$version" | sort -V | head -n 1)
	if [ "$$oldest" != "$(RUST_OLDEST)" ]; then
	    echo "Rust $(RUST_OLDEST) or later is needed, and this is $$version. Run: rustup update stable" >&2
	    echo "(Debian's and Ubuntu's own rustc packages are older; https://rustup.rs installs beside them.)" >&2
	    exit 1
	fi

# Cargo goes by the times of files, and the cache serves every checkout: one with older times would be given the tests that
# another has built, which look for files where that one lies. So whoever comes from elsewhere builds its own code anew.
checkout: toolchain
	@stamp="$(CARGO_TARGET_DIR)/checkout"
	[ "$$(cat "$$stamp" 2>/dev/null)" != "$(CURDIR)" ] || exit 0
	mkdir -p "$(CARGO_TARGET_DIR)"
	touch src/lib.rs src/main.rs tests/main.rs benches/*.rs
	printf '%s\n' "$(CURDIR)" >"$$stamp"

setup: checkout
	@$(find_libclang)
	packages=
	command -v g++ >/dev/null || packages="g++"
	[ -n "$$(find_libclang)" ] || packages="$$packages clang"
	[ -n "$$packages" ] || exit 0
	packages=$$(echo $$packages)
	as_root=
	if ! command -v apt-get >/dev/null; then
	    as_root=no
	elif [ "$$(id -u)" -ne 0 ]; then
	    # With a terminal, sudo may ask for the password; without one it must not wait for it.
	    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=sudo; else as_root=no; fi
	fi
	if [ "$$as_root" = no ]; then
	    echo "Missing: $$packages. Neither root nor sudo (or no apt) is here to install it, so do this by hand:" >&2
	    echo "    apt-get install --no-install-recommends $$packages" >&2
	    echo "In place of the package clang, any libclang will do: set LIBCLANG_PATH to the folder of its libclang.so, and" >&2
	    echo "BINDGEN_EXTRA_CLANG_ARGS=-I<folder of stdbool.h> if it comes without headers. Then run make again." >&2
	    exit 1
	fi
	echo "Installing with apt: $$packages"
	export DEBIAN_FRONTEND=noninteractive
	$$as_root apt-get update -qq
	$$as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 $$packages >/dev/null
	if [ -z "$$(find_libclang)" ]; then
	    echo "clang is installed, but no libclang.so was found; set LIBCLANG_PATH to its folder and run make again." >&2
	    exit 1
	fi

# What the second verifier needs. Its tests say so when it is missing; only `make test` calls this.
python:
	@$(runs_verifier)
	! runs_verifier "$(GREENLIEN_PYTHON)" || exit 0
	as_root=
	if [ "$$(id -u)" -ne 0 ]; then
	    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=sudo; else as_root=no; fi
	fi
	if [ "$$as_root" != no ] && command -v apt-get >/dev/null; then
	    echo "Installing with apt: python3 python3-cryptography"
	    export DEBIAN_FRONTEND=noninteractive
	    $$as_root apt-get update -qq
	    $$as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 \
	        python3 python3-cryptography >/dev/null || true
	    ! runs_verifier "$(GREENLIEN_PYTHON)" || exit 0
	fi
	# Another Python is first in the path, or apt is not ours to use: its own environment, with pip.
	if python3 -m venv "$(CACHE)/python" 2>/dev/null &&
	    "$(CACHE)/python/bin/python3" -m pip install --quiet cryptography 2>/dev/null &&
	    runs_verifier "$(CACHE)/python/bin/python3"; then
	    exit 0
	fi
	rm -rf "$(CACHE)/python"
	echo "The second verifier needs Python 3.11 or later with the package cryptography. Install it by hand:" >&2
	echo "    apt-get install python3 python3-cryptography" >&2
	echo "or name an interpreter that has it: make test PYTHON=/path/to/python3" >&2
	exit 1

# What the third verifier needs. Its tests say so when it is missing; only `make test` calls this.
node:
	@$(runs_node)
	! runs_node "$(GREENLIEN_NODE)" || exit 0
	as_root=
	if [ "$$(id -u)" -ne 0 ]; then
	    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=sudo; else as_root=no; fi
	fi
	if [ "$$as_root" != no ] && command -v apt-get >/dev/null; then
	    echo "Installing with apt: nodejs"
	    export DEBIAN_FRONTEND=noninteractive
	    $$as_root apt-get update -qq
	    $$as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 nodejs >/dev/null || true
	    ! runs_node "$(GREENLIEN_NODE)" || exit 0
	fi
	echo "The third verifier needs node 18 or later. Install it by hand:" >&2
	echo "    apt-get install nodejs" >&2
	echo "or name another: make test NODE=/path/to/node" >&2
	exit 1

# Compiles RocksDB once. Cargo's own crate does it, because it knows the flags, and we keep the archive that it leaves.
rocksdb: setup
	@[ ! -s "$(ROCKSDB_DIR)/librocksdb.a" ] || exit 0
	mkdir -p "$(ROCKSDB_DIR)" "$(ROCKSDB_BUILD)"
	# Two checkouts may want it at the same time: the second waits here and then finds it done.
	exec 9>"$(CACHE)/rocksdb.lock"
	flock 9
	[ ! -s "$(ROCKSDB_DIR)/librocksdb.a" ] || exit 0
	$(with_libclang)
	unset ROCKSDB_LIB_DIR ROCKSDB_STATIC
	log="$(ROCKSDB_BUILD)/log"

	# clang needs about two thirds of the time of g++, where it finds the C++ headers.
	if [ "$(origin CXX)" = default ] && printf '#include <atomic>\n#include <string>\n' |
	    clang++ -std=c++20 -x c++ -c -o /dev/null - 2>/dev/null; then
	    export CC=clang CXX=clang++
	fi
	# The checksum instructions of every x86-64 server since 2010; without them RocksDB computes CRC32C in software.
	if [ "$$(uname -m)" = x86_64 ]; then export CXXFLAGS="-msse4.2 -mpclmul $${CXXFLAGS:-}"; fi

	echo "Compiling RocksDB $(ROCKSDB_VERSION) with $${CXX:-g++}, once for this machine: 11 to 16 minutes on two cores."
	echo "It is kept in $(ROCKSDB_DIR); what the compiler says is in $$log."
	# A sign of life each minute. It holds neither the lock nor the terminal, so nothing waits for its last sleep.
	(
	    minutes=0
	    while sleep 60 >/dev/null 2>&1; do
	        minutes=$$((minutes + 1))
	        files=$$(find "$(ROCKSDB_BUILD)" -path '*/librocksdb-sys-*' -name '*.o' | wc -l)
	        echo "    RocksDB: $$minutes min, $$files of about 340 files"
	    done
	) 9>&- &
	sign_of_life=$$!
	trap 'kill "$$sign_of_life" 2>/dev/null || true' EXIT INT TERM
	if ! cargo build --release --locked -p librocksdb-sys --target-dir "$(ROCKSDB_BUILD)" >"$$log" 2>&1; then
	    tail -n 30 "$$log" >&2
	    echo "RocksDB could not be compiled; the lines above are the end of $$log." >&2
	    exit 1
	fi

	# Moved into place in one step: an archive that is there is whole.
	archive=$$(find "$(ROCKSDB_BUILD)" -path '*/librocksdb-sys-*/out/librocksdb.a' | head -n 1)
	cp "$$archive" "$(ROCKSDB_DIR)/.librocksdb.a.new"
	mv "$(ROCKSDB_DIR)/.librocksdb.a.new" "$(ROCKSDB_DIR)/librocksdb.a"
	rm -rf "$(ROCKSDB_BUILD)"
	echo "RocksDB is compiled."

build: rocksdb
	@$(with_libclang)
	cargo build --release --locked --bin greenlien
	# A running server keeps the file that it was started from.
	mkdir -p bin
	cp "$(CARGO_TARGET_DIR)/release/greenlien" bin/.greenlien.new
	mv bin/.greenlien.new bin/greenlien

demo: build
	@bin/greenlien demo $(ARGS)

# The offline verifier alone, for a bank that wants nothing of the server: it must build without RocksDB, tokio and axum.
verifier: verifier-alone
	@cargo build --release --locked --no-default-features --lib --bins

verifier-alone: checkout
	@for features in '' client; do
	    if cargo tree --locked --no-default-features --features "$$features" --edges normal --prefix none | grep -E '^(axum|librocksdb-sys|rocksdb|tokio) '; then
	        echo "The crates above belong to the server; the verifier and the client must build without them." >&2
	        exit 1
	    fi
	done

# The verifier is checked and not built: machine code of it would be made to be thrown away.
test: verifier-alone rocksdb python node
	@$(with_libclang)
	cargo check --release --locked --no-default-features --lib --bins
	cargo check --release --locked --no-default-features --features client --lib
	# Named here, since the line above may just have made it.
	if [ -x "$(CACHE)/python/bin/python3" ]; then export GREENLIEN_PYTHON="$(CACHE)/python/bin/python3"; fi
	cargo test --release --locked
	$(MAKE) --no-print-directory browser
	# Another compiler has other lints, and a toolchain may come without them: neither says that the program is wrong.
	case "$$(rustc --version)" in
	    "rustc $(RUST_OF_LINTS)."*) lints=settled ;;
	    *) lints=other ;;
	esac
	if [ "$$lints" = settled ] && cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; then
	    $(MAKE) lint
	else
	    echo "Lints not run: they need Rust $(RUST_OF_LINTS) with rustfmt and clippy (make lint runs them anyway)."
	fi
	if [ -s "$(BROWSER_NOT_RUN)" ]; then echo >&2; cat "$(BROWSER_NOT_RUN)" >&2; fi

# The pages in a real browser. Where none can be had it says so, at the end of make test again, and what to do about it: a machine
# without a browser does not make the program wrong. Where a run must not pass without them, BROWSER=required makes it fail;
# BROWSER=none says that it is meant. What is told is kept in a file, since it is told twice.
BROWSER ?=
BROWSER_NOT_RUN := $(CARGO_TARGET_DIR)/browser-tests-not-run
browser: rocksdb node
	@$(find_chromium)
	rm -f "$(BROWSER_NOT_RUN)"
	if [ "$(BROWSER)" = none ]; then
	    echo "Browser tests NOT RUN: BROWSER=none was asked for." | tee "$(BROWSER_NOT_RUN)" >&2
	    exit 0
	fi
	chromium=$$(find_chromium)
	why="no chromium is here, and no package of one that apt has could be installed"
	if [ -z "$$chromium" ] && command -v apt-get >/dev/null; then
	    as_root=
	    if [ "$$(id -u)" -ne 0 ]; then
	        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=sudo; else as_root=no; fi
	    fi
	    if [ "$$as_root" != no ]; then
	        export DEBIAN_FRONTEND=noninteractive
	        $$as_root apt-get update -qq || true
	        # What is called chromium on Ubuntu may only fetch a snap, which does not run headless in a container.
	        for package in chromium chromium-browser; do
	            version=$$(apt-cache show --no-all-versions "$$package" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
	            case "$$version" in '' | *snap*) continue ;; esac
	            echo "Installing with apt: $$package"
	            $$as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 \
	                "$$package" fonts-noto-cjk >/dev/null || true
	            chromium=$$(find_chromium)
	            [ -z "$$chromium" ] || break
	        done
	    else
	        why="no chromium is here, and neither root nor sudo is here to install one"
	    fi
	fi
	if [ -z "$$chromium" ]; then
	    {
	        echo "Browser tests NOT RUN: $$why."
	        echo "Install one by hand, then run make browser:"
	        echo "    apt-get install chromium fonts-noto-cjk     (Debian)"
	        echo "    a package from https://www.google.com/chrome or a PPA     (Ubuntu, whose own package is a snap)"
	        echo "or name one: make browser CHROMIUM=/path/to/chromium. Without any: make test BROWSER=none"
	    } | tee "$(BROWSER_NOT_RUN)" >&2
	    if [ "$(BROWSER)" = required ]; then echo "BROWSER=required, so this is a failure." >&2; exit 1; fi
	    exit 0
	fi
	export GREENLIEN_CHROMIUM="$$chromium"
	$(with_libclang)
	cargo test --release --locked --test greenlien -- --ignored browser::

screenshots: rocksdb node
	@$(find_chromium)
	export GREENLIEN_CHROMIUM=$$(find_chromium)
	if [ -z "$$GREENLIEN_CHROMIUM" ]; then echo "No chromium: make browser says how to get one." >&2; exit 1; fi
	mkdir -p docs/images
	export GREENLIEN_SCREENSHOTS="$(CURDIR)/docs/images"
	$(with_libclang)
	cargo test --release --locked --test greenlien -- --ignored browser::the_main_pages

# Every byte of an evidence file flipped, by all verifiers; half an hour on two cores.
verify-all: rocksdb python node
	@$(with_libclang)
	if [ -x "$(CACHE)/python/bin/python3" ]; then export GREENLIEN_PYTHON="$(CACHE)/python/bin/python3"; fi
	cargo test --release --locked --test greenlien -- --ignored every_flipped_byte_is_caught_by_both_verifiers \
	    every_changed_member_is_judged_alike_by_all_verifiers

bench: rocksdb
	@$(with_libclang)
	GREENLIEN_BENCH_DOC=docs/PERFORMANCE.md cargo bench --locked --bench throughput -- $(ARGS)

# New inputs go to the cache; one that breaks a promise is written to fuzz/artifacts and, once understood, kept in
# fuzz/corpus, where every `make test` runs it again. The fuzzer itself is built without RocksDB and needs g++ or clang++.
fuzz: setup
	@host=$$(rustc -vV | sed -n 's/^host: //p')
	RUSTFLAGS="$(FUZZ_FLAGS)" cargo build --release --manifest-path fuzz/Cargo.toml --target "$$host"
	for target in $(FUZZ); do
	    echo "Fuzzing $$target for $(FUZZ_SECONDS) seconds"
	    mkdir -p "$(CACHE)/fuzz/$$target" "fuzz/artifacts/$$target"
	    "$(CARGO_TARGET_DIR)/$$host/release/$$target" -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 \
	        -artifact_prefix="fuzz/artifacts/$$target/" "$(CACHE)/fuzz/$$target" "fuzz/corpus/$$target"
	done

lint: rocksdb
	@$(with_libclang)
	cargo fmt --check
	cargo clippy --release --locked --all-targets -- -D warnings
	cargo clippy --release --locked --no-default-features --lib --bins -- -D warnings
	cargo clippy --release --locked --no-default-features --features client --lib -- -D warnings

doc: rocksdb
	@$(with_libclang)
	RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --no-deps --lib
	echo "Open $(CARGO_TARGET_DIR)/doc/greenlien/index.html"

deny: toolchain
	@if ! cargo deny --version >/dev/null 2>&1; then
	    echo "cargo-deny is not installed. Run: cargo install --locked cargo-deny" >&2
	    exit 1
	fi
	cargo fetch --locked
	cargo deny --offline check licenses bans sources

clean: toolchain
	@rm -rf bin
	cargo clean
	echo "RocksDB's archive is kept, since it takes long to make: $(ROCKSDB_DIR)"
