//! What two versions differ in, package by package.

use super::bad;
use super::dict::{Facts, fields, items, number_of, plain, text_of};
use cairn_model::change::{ChangeKind, Changes, PackageChange};
use cairn_model::{Problem, text};
use zbus::zvariant::Value;

/// `rpm-diff` of an update: `upgraded` and `downgraded` are `a(us(ss)(ss))`, `removed` and `added` are `a(usss)`. `None` where
/// it is something else, since nothing depends on it.
pub fn of_update(value: &Value<'_>) -> Option<Changes> {
    const LISTS: [(&str, ChangeKind); 4] = [
        ("upgraded", ChangeKind::Upgraded),
        ("downgraded", ChangeKind::Downgraded),
        ("removed", ChangeKind::Removed),
        ("added", ChangeKind::Added),
    ];
    let facts = Facts::of(value).ok()?;
    let mut packages = Vec::new();
    for (key, kind) in LISTS {
        for item in facts.get(key).map(items).unwrap_or_default() {
            packages.push(of_list(fields(item), kind)?);
        }
    }
    Some(sorted(packages))
}

fn of_list(fields: &[Value<'_>], kind: ChangeKind) -> Option<PackageChange> {
    let [_origin, name, first, second] = fields else { return None };
    let name = text::line(text_of(name)?);
    let inner = |value| -> Option<String> { Some(text::line(text_of(super::dict::fields(value).first()?)?)) };
    let (from, to) = match kind {
        ChangeKind::Added => (None, Some(text::line(text_of(first)?))),
        ChangeKind::Removed => (Some(text::line(text_of(first)?)), None),
        _ => (Some(inner(first)?), Some(inner(second)?)),
    };
    Some(PackageChange { name, kind, from, to })
}

/// `a(sua{sv})`: name, kind, `PreviousPackage` and `NewPackage` as `(sss)` of name, version, architecture
/// (rpm-ostree: src/daemon/rpmostree-package-variants.cxx).
///
/// # Errors
/// [`Problem::BadAnswer`] for anything else.
pub fn between(value: &Value<'_>) -> Result<Changes, Problem> {
    let Value::Array(_) = plain(value) else { return Err(bad("the difference is no list")) };
    let packages: Option<Vec<PackageChange>> = items(value).iter().map(one).collect();
    packages.map(sorted).ok_or_else(|| bad("the difference makes no sense"))
}

fn one(item: &Value<'_>) -> Option<PackageChange> {
    let [name, kind, facts] = fields(item) else { return None };
    let facts = Facts::of(facts).ok()?;
    let kind = match number_of(kind)? {
        0 => ChangeKind::Added,
        1 => ChangeKind::Removed,
        2 => ChangeKind::Upgraded,
        3 => ChangeKind::Downgraded,
        _ => return None,
    };
    let version = |key| Some(text::line(text_of(fields(facts.get(key)?).get(1)?)?));
    let (from, to) = (version("PreviousPackage"), version("NewPackage"));
    Some(PackageChange { name: text::line(text_of(name)?), kind, from, to })
}

fn sorted(mut packages: Vec<PackageChange>) -> Changes {
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Changes { by_package: true, packages, ..Changes::default() }
}
