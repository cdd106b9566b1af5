//! Random bytes of the kernel.

use std::io::{self, Read};

/// Fills `bytes` from the kernel's generator.
///
/// # Errors
/// What the system says.
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    std::fs::File::open("/dev/urandom")?.read_exact(bytes)
}
