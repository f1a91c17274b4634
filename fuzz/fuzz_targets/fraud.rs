//! Fuzzes `fraud`; what must hold stands in `tests/fuzzing/targets.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    greenlien_fuzz::run("fraud", bytes);
});
