//! What a person may have written, and what becomes of it.

use super::*;
use cairn_model::PackageName;

fn delta(add: &[&str], remove: &[&str]) -> PackageDelta {
    let names = |list: &[&str]| list.iter().map(|name| PackageName::new(*name).unwrap()).collect();
    PackageDelta { add: names(add), remove: names(remove), ..PackageDelta::default() }
}

#[test]
fn other_lines_stay_as_they_are() {
    let text = "# mine\ntrack: 'gnome' # for now\n\npackages:\n  # editors\n  - 'micro'   # small\n  - \"vim\"\n  - caddy\n\nservices: [caddy]\n";
    let changed = packages(text, &delta(&["htop", "no"], &["vim"])).unwrap();
    let expected = text.replace("  - \"vim\"\n  - caddy\n", "  - caddy\n  - 'htop'\n  - 'no'\n");
    assert_eq!(changed, expected);
    assert_eq!(
        packages(&changed, &delta(&["vim"], &["htop", "no"])).unwrap(),
        text.replace("  - \"vim\"\n  - caddy\n", "  - caddy\n  - 'vim'\n")
    );
    assert_eq!(track(text, "plasma").unwrap(), text.replace("'gnome'", "'plasma'"));
    assert_eq!(track("track: a b#c  # d\n", "x").unwrap(), "track: 'x'  # d\n");
}

#[test]
fn every_usual_way_to_write_a_list_is_changed() {
    let cases = [
        ("track: a\n", "track: a\n\npackages:\n    - 'x'\n"),
        ("track: a", "track: a\n\npackages:\n    - 'x'\n"),
        ("packages:\ntrack: a\n", "packages:\n    - 'x'\ntrack: a\n"),
        ("packages: # none\n", "packages: # none\n    - 'x'\n"),
        ("packages: []\n", "packages: ['x']\n"),
        ("packages: [ 'a', b ] # two\n", "packages: ['a', 'b', 'x'] # two\n"),
        ("packages:\n- a", "packages:\n- a\n- 'x'\n"),
        ("packages:\r\n  - a\r\n", "packages:\r\n  - a\r\n  - 'x'\r\n"),
        ("größe: ü\npackages: [ä]\n", "größe: ü\npackages: ['ä', 'x']\n"),
        ("packages: ['a''] #', \"b\\\"]\", c#d] # two\n", "packages: ['a''] #', 'b\"]', 'c#d', 'x'] # two\n"),
        ("packages:\n- 'a' # one\n\n# all\n", "packages:\n- 'a' # one\n- 'x'\n\n# all\n"),
    ];
    for (text, expected) in cases {
        assert_eq!(packages(text, &delta(&["x"], &[])).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn the_last_one_and_one_that_stands_there_twice_go() {
    assert_eq!(
        packages("packages:\n  - a\n  - b\n  - a\n", &delta(&[], &["a"])).unwrap(),
        "packages:\n  - b\n"
    );
    assert_eq!(
        packages("packages:\n  - a\ntrack: t\n", &delta(&[], &["a"])).unwrap(),
        "packages:\ntrack: t\n"
    );
    assert_eq!(packages("packages:\n  - a\n", &delta(&["x"], &["a"])).unwrap(), "packages:\n  - 'x'\n");
}

#[test]
fn what_only_its_author_can_change_is_refused() {
    let cases = [
        "packages: ~\n",
        "packages: htop\n",
        "packages: {a: b}\n",
        "packages: &all\n  - a\nother: *all\n",
        "base: &b [a]\npackages: *b\n",
        "packages:\n  - &x a\n",
        "packages:\n  - a\npackages:\n  - b\n",
        "packages: [a,\n  b]\n",
        "packages:\n  - |\n    a\n",
        "{packages: [a], track: b",
        "packages:\n  - a\n---\nb: c\n",
        "- packages\n",
        "",
        "\t",
    ];
    for text in cases {
        let refused = packages(text, &delta(&["x"], &[])).unwrap_err();
        assert_eq!(refused.code(), "config-invalid", "{text:?}");
    }
    for text in ["a: b\n", "track: &t a\nother: *t\n", "track: [a]\n", "track:\n", "track: a\ntrack: b\n"] {
        assert_eq!(track(text, "x").unwrap_err().code(), "config-invalid", "{text:?}");
    }
}

#[test]
fn a_bomb_is_only_as_large_as_it_is() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert_eq!(answer::system(&bomb).unwrap().keys.len(), 20);
    assert!(answer::system(&format!("a: {}", "[".repeat(10_000))).is_err());
    assert!(answer::system(&format!("a: [{}]", "x, ".repeat(50_000))).is_err());
}

#[test]
fn nothing_that_anybody_writes_is_too_much() {
    let text = "# ü\ntrack: 'a' # b\npackages:\n  - 'c' # d\n  - \"e\\n\"\n  - f\nother: [g, {h: i}]\nmore: |\n  k\n";
    let marks = "[]{}:#&*!|>'\"%@`-?,\\ \t\n\r\u{feff}\0ü~<=.";
    let whole: Vec<char> = text.chars().collect();
    let delta = delta(&["x"], &["c"]);
    for at in 0..whole.len() {
        for mark in marks.chars() {
            let mut changed = whole.clone();
            changed[at] = mark;
            let changed: String = changed.into_iter().collect();
            let Ok(result) = packages(&changed, &delta) else { continue };
            let (before, after) = (answer::system(&changed).unwrap(), answer::system(&result).unwrap());
            assert_eq!(after.track(), before.track(), "{changed:?}");
            assert!(after.list(PACKAGES).contains(&"x".to_owned()), "{changed:?}");
            // Only lines of the list are other ones.
            let kept = |line: &&str| !line.trim_start().starts_with('-') && !line.starts_with(PACKAGES);
            assert!(
                changed.lines().filter(kept).all(|line| result.lines().any(|l| l == line)),
                "{changed:?}"
            );
        }
        let begun: String = whole[..at].iter().collect();
        let refused = [packages(&begun, &delta), track(&begun, "x")].into_iter().filter_map(Result::err);
        assert!(refused.into_iter().all(|problem| problem.code() == "config-invalid"), "{begun:?}");
    }
}
