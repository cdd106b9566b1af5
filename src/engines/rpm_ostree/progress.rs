//! How far a transaction is.
//!
//! Upstream tells bytes and files while it fetches, afterwards percents of parts whose number is not known: the bar is left
//! most of its length for fetching, and each later part moves it within the rest.

use cairn_jobs::ProgressSink;
use cairn_model::job::Stage;

const DOWNLOAD_WEIGHT: f64 = 0.8;

/// The fields of the signal `DownloadProgress`; see [`super::proxy`].
pub(super) type Download =
    ((u64, u64), (u32, u32), (u32, u32, u32), (u32, u32, u32, u64), (u32, u32), (u64, u64));

pub(super) struct Report {
    sink: ProgressSink,
    /// Of the whole job.
    share: f64,
    downloading: bool,
    deploying: bool,
}

impl Report {
    pub(super) fn new(sink: ProgressSink, share: f64) -> Self {
        Self { sink, share, downloading: false, deploying: false }
    }

    pub(super) fn download(&mut self, download: Download) {
        if self.deploying {
            return;
        }
        if !self.downloading {
            self.downloading = true;
            self.sink.begin(Stage::Downloading, self.share * DOWNLOAD_WEIGHT);
        }
        let (_, _, (_, _, outstanding), (_, _, _, delta), (fetched, requested), (bytes, _)) = download;
        self.sink.bytes(bytes, Some(delta).filter(|size| *size > 0));
        // The number of files grows while their list is still being fetched.
        if delta == 0 && outstanding == 0 && requested > 0 {
            self.sink.part(f64::from(fetched.min(requested)) / f64::from(requested));
        }
    }

    pub(super) fn percent(&mut self, percent: u32) {
        self.deploy();
        self.sink.part(f64::from(percent.min(100)) / 100.0);
    }

    pub(super) fn phase_ended(&mut self) {
        if self.downloading {
            self.deploy();
        }
    }

    fn deploy(&mut self) {
        if !self.deploying {
            self.deploying = true;
            let rest = if self.downloading { 1.0 - DOWNLOAD_WEIGHT } else { 1.0 };
            self.sink.begin(Stage::Deploying, self.share * rest);
        }
    }
}
