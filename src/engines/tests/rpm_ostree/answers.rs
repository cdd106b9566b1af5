//! What comes from the bus as bytes, whole, cut off and damaged.

use cairn_engines::rpm_ostree::answer;
use std::collections::HashMap;
use zbus::zvariant::serialized::Context;
use zbus::zvariant::{LE, Value, to_bytes};

type Dict = HashMap<&'static str, Value<'static>>;

fn deployment() -> Dict {
    Dict::from([
        ("id", "fedora-ab12.0".into()),
        ("osname", "fedora".into()),
        ("checksum", "ab12".into()),
        ("version", "43.20261105.0".into()),
        ("timestamp", 1_793_841_160_u64.into()),
        ("origin", "fedora:fedora/43/x86_64/silverblue".into()),
        ("booted", true.into()),
        ("requested-packages", vec!["vim-enhanced"].into()),
    ])
}

fn update() -> Dict {
    let diff = Dict::from([(
        "upgraded",
        vec![(0_u32, "kernel", ("7.0.9-200.fc43", "x86_64"), ("7.0.11-200.fc43", "x86_64"))].into(),
    )]);
    Dict::from([
        ("checksum", "cd34".into()),
        ("version", "43.20261119.0".into()),
        ("ref-has-new-commit", true.into()),
        ("rpm-diff", diff.into()),
    ])
}

fn encoded(value: Value<'_>) -> Vec<u8> {
    to_bytes(Context::new_dbus(LE, 0), &value).unwrap().to_vec()
}

/// Every reader, without looking at what it makes of it.
fn read_all(bytes: &[u8]) {
    let codes = [
        answer::deployments(bytes).err().map(|p| p.code()),
        answer::cached_update(bytes).err().map(|p| p.code()),
        answer::packages(bytes).err().map(|p| p.code()),
        answer::differences(bytes).err().map(|p| p.code()),
    ];
    for code in codes.into_iter().flatten() {
        assert!(["bad-answer", "not-atomic"].contains(&code), "{code}");
    }
}

#[test]
fn whole_answers_are_read() {
    let entries = answer::deployments(&encoded(vec![deployment()].into())).unwrap();
    assert_eq!((entries[0].version.as_str(), entries[0].checksum.as_str()), ("43.20261105.0", "ab12"));
    let offer = answer::cached_update(&encoded(update().into())).unwrap().unwrap();
    assert_eq!(offer.changes.unwrap().packages[0].to.as_deref(), Some("7.0.11-200.fc43"));
    assert_eq!(answer::cached_update(&encoded(Dict::new().into())), Ok(None));
    let found = vec![Dict::from([("name", "htop".into())]), Dict::from([("name", "--root=/".into())])];
    assert_eq!(answer::packages(&encoded(found.into())).unwrap().len(), 1);
}

#[test]
fn an_update_that_makes_no_sense_is_none() {
    for (key, value) in
        [("checksum", Value::from("a b")), ("ref-has-new-commit", 1.into()), ("manifest-diff", "x".into())]
    {
        let mut update = update();
        update.insert(key, value);
        let refused = answer::cached_update(&encoded(update.into())).unwrap_err();
        assert_eq!(refused.code(), "bad-answer", "{key}");
    }
    let mut update = update();
    update.insert("rpm-diff", Dict::from([("upgraded", vec!["x"].into())]).into());
    assert_eq!(answer::cached_update(&encoded(update.into())).unwrap().unwrap().changes, None);
}

#[test]
fn cut_and_damaged_answers_are_typed_problems() {
    for bytes in [encoded(vec![deployment()].into()), encoded(update().into())] {
        for end in 0..bytes.len() {
            read_all(&bytes[..end]);
        }
        for at in 0..bytes.len() {
            for flip in [0x01, 0x20, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flip;
                read_all(&damaged);
            }
        }
    }
}
