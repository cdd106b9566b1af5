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

fn advisory(id: &'static str, severity: u32, packages: Vec<&'static str>, more: Dict) -> Value<'static> {
    (id, 1_u32, severity, packages, more).into()
}

fn with_advisories(advisories: Value<'static>) -> Vec<cairn_model::Advisory> {
    let mut update = update();
    update.insert("advisories", advisories);
    let offer = answer::cached_update(&encoded(update.into())).unwrap().unwrap();
    offer.changes.unwrap().advisories
}

fn encoded(value: Value<'_>) -> Vec<u8> {
    to_bytes(Context::new_dbus(LE, 0), &value).unwrap().to_vec()
}

/// Every reader, without looking at what it makes of it.
fn read_all(bytes: &[u8]) {
    let codes = [
        answer::deployments(bytes).err().map(|p| p.code()),
        answer::cached_update(bytes).err().map(|p| p.code()),
        answer::arguments(bytes).err().map(|p| p.code()),
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
fn advisories_are_read_and_cleaned() {
    let cves = Dict::from([(
        "cve_references",
        vec![("https://x", "CVE-2026-1234 CVE-2026-1234: \u{1b}[31mred")].into(),
    )]);
    let evil = "FEDORA-\u{202e}1\n\u{1b}[2J";
    let known = advisory(evil, 2, vec!["a-b-1:2-3.noarch", "no package", "a-b-1:2-3.x86_64"], cves);
    let bare = advisory("B", 9, Vec::new(), Dict::new());
    let nameless = advisory("", 4, Vec::new(), Dict::new());
    let Value::Structure(first) = known else { panic!() };
    let mut list = zbus::zvariant::Array::new(first.signature());
    for one in [Value::Structure(first), bare, nameless] {
        list.append(one).unwrap();
    }
    let read = with_advisories(Value::Array(list));
    assert_eq!(read.len(), 2, "{read:?}");
    assert_eq!(
        (&*read[0].packages, &*read[0].holes),
        (&["a-b".to_owned()][..], &["CVE-2026-1234".to_owned()][..])
    );
    assert_eq!(read[0].id, cairn_model::text::line(evil));
    assert!(!read[0].id.contains(['\n', '\u{1b}', '\u{202e}']), "{read:?}");
    assert_eq!((read[1].severity, read[1].holes.len()), (cairn_model::advisory::Severity::Unknown, 0));
}

#[test]
fn advisories_that_make_no_sense_are_none() {
    let odd = Dict::from([("cve_references", 7_u32.into())]);
    let shapes: [Value<'static>; 5] = [
        "x".into(),
        vec!["x"].into(),
        vec![("id", 1_u32)].into(),
        vec![(1_u32, 1_u32, 1_u32, vec!["a"], Dict::new())].into(),
        vec![("id", 1_u32, "critical", 7_u32, "x")].into(),
    ];
    for shape in shapes {
        let read = with_advisories(shape);
        assert!(read.iter().all(|a| a.packages.is_empty() && a.holes.is_empty()), "{read:?}");
    }
    let read = with_advisories(vec![("id", 1_u32, 1_u32, vec!["a"], odd)].into());
    assert_eq!((read[0].holes.len(), read[0].packages.len()), (0, 0));
}

#[test]
fn cut_and_damaged_answers_are_typed_problems() {
    let mut closes = update();
    let cves = Dict::from([("cve_references", vec![("https://x", "CVE-2026-1234")].into())]);
    closes.insert("advisories", vec![("id", 1_u32, 4_u32, vec!["a-1-1.noarch"], cves)].into());
    for bytes in [encoded(vec![deployment()].into()), encoded(closes.into())] {
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
