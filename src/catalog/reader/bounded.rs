//! A reader that ends instead of growing: bytes of the whole and bytes of one event are counted.

use super::limits;
use std::io::{self, BufRead, Read};

/// Passes bytes through until a limit is met, then fails.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
    event_left: usize,
}

impl<R: BufRead> Bounded<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, left: limits::DOCUMENT, event_left: limits::EVENT }
    }

    /// The next event has its own limit.
    pub(super) fn begin_event(&mut self) {
        self.event_left = limits::EVENT;
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 || self.event_left == 0 {
            return Err(io::Error::other("larger than any catalogue"));
        }
        let most = self.event_left.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let available = self.inner.fill_buf()?;
        Ok(&available[..available.len().min(most)])
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count as u64);
        self.event_left = self.event_left.saturating_sub(count);
        self.inner.consume(count);
    }
}
