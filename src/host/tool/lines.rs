//! Bytes as they come, cut into lines; no line fills the memory.

use super::Tool;
use cairn_model::Problem;

/// More than any line of progress has.
const LONGEST: usize = 64 * 1024;

/// The line that is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    /// Gives each line that is whole now, without its end.
    pub(super) fn add(
        &mut self,
        tool: &Tool,
        bytes: &[u8],
        line: &mut impl FnMut(&str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let ended = part.strip_suffix(b"\n");
            self.begun.extend_from_slice(ended.unwrap_or(part));
            if self.begun.len() > LONGEST {
                return Err(tool.bad(&format!("line longer than {LONGEST} bytes")));
            }
            if ended.is_some() {
                line(tool.utf8(&self.begun)?)?;
                self.begun.clear();
            }
        }
        Ok(())
    }

    /// Gives each line that is whole now, but none that is too long or no UTF-8.
    pub(super) fn add_any(&mut self, bytes: &[u8], line: &mut impl FnMut(&str)) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let ended = part.strip_suffix(b"\n");
            // One byte too many is kept, as the mark of a line that is left out.
            let room = (LONGEST + 1).saturating_sub(self.begun.len());
            self.begun.extend(ended.unwrap_or(part).iter().take(room));
            if ended.is_none() {
                continue;
            }
            if let (true, Ok(text)) = (self.begun.len() <= LONGEST, std::str::from_utf8(&self.begun)) {
                line(text);
            }
            self.begun.clear();
        }
    }

    /// Gives what stands after the last end of a line, if there is anything.
    pub(super) fn last(
        &self,
        tool: &Tool,
        line: &mut impl FnMut(&str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if self.begun.is_empty() { Ok(()) } else { line(tool.utf8(&self.begun)?) }
    }
}
