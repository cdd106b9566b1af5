//! How the window's process takes memory from the system.

/// From this size on a block is a mapping of its own, and so much may lie free at the end before it goes back: glibc's
/// own first values, which it would otherwise raise with the largest block that it saw.
const LARGE: libc::c_int = 128 * 1024;

/// Lets all threads share one arena. glibc gives each thread one of its own, which keeps what it once had; the threads
/// here mostly wait, and what they free is then free for the window. Call it before there are threads.
#[allow(unsafe_code)]
pub fn share() {
    #[cfg(target_env = "gnu")]
    for (what, value) in
        [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_THRESHOLD, LARGE), (libc::M_TRIM_THRESHOLD, LARGE)]
    {
        // SAFETY: mallopt(3) only sets a parameter of the allocator; an unknown one is refused.
        let _ = unsafe { libc::mallopt(what, value) };
    }
}
