//! Flatpak’s own files under libFuzzer.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| cairn_fuzz::flatpak_files(data));
