//! The image that a container's update would bring.
//!
//! The service tells that there is one, its version and what it takes, but not its digest, without which nothing tells it
//! from any other. The digest lies in the repository, where the check has put it: in the metadata beside the commit that
//! the running version was made of (ostree-ext: src/container/store.rs, `cached.manifest-digest`). That file is an `a{sv}`
//! in GVariant's form (libostree: man/ostree.repo.xml, "commitmeta").

use super::answer::Entry;
use super::{REPO, RpmOstree};
use cairn_model::deployment::is_identity;
use ostree::glib::{Bytes, Variant, VariantDict, VariantTy};

const KEY: &str = "ostree-ext.cached.manifest-digest";

/// The digest of the newest image; `None` where nobody has noted it.
pub(super) fn newest(engine: &RpmOstree, running: &Entry) -> Option<String> {
    let (folder, file) = running.base.split_at_checked(2)?;
    let hexadecimal = running.base.len() == 64 && running.base.bytes().all(|b| b.is_ascii_hexdigit());
    let path = format!("{REPO}/objects/{folder}/{file}.commitmeta");
    let bytes = hexadecimal.then(|| engine.host.read_bytes(&path).ok().flatten())??;
    digest(&bytes)
}

/// The digest that is noted in such a file.
pub fn digest(bytes: &[u8]) -> Option<String> {
    let metadata = Variant::from_bytes_with_type(&Bytes::from(bytes), VariantTy::VARDICT);
    let digest = VariantDict::new(Some(&metadata)).lookup::<String>(KEY).ok().flatten()?;
    Some(digest).filter(|digest| is_identity(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_digest_is_taken() {
        let noted = |value: &str| {
            let metadata = VariantDict::new(None);
            metadata.insert(KEY, value);
            digest(&metadata.end().data_as_bytes())
        };
        assert_eq!(noted("sha256:0123").as_deref(), Some("sha256:0123"));
        assert_eq!(noted("../x"), None);
        for bytes in [&b""[..], b"\0", b"sha256:0123", &[0xff; 40]] {
            assert_eq!(digest(bytes), None);
        }
    }
}
