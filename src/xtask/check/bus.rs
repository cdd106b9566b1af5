//! What stands in the interfaces, in the proxies, in the polkit policy and in the code must be the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const INTERFACES: [&str; 4] = ["System", "Job", "Schedule", "History"];

pub fn check(root: &Path) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let mut broken = Vec::new();
    let code: BTreeSet<String> = quoted(&read("src/api/names.rs"), "io.github.cairndesktop.cairn.");
    let policy: BTreeSet<String> = quoted(
        &read("data/polkit/io.github.cairndesktop.cairn.policy.in.in"),
        "io.github.cairndesktop.cairn.",
    );
    for id in code.symmetric_difference(&policy) {
        broken.push(format!("polkit action {id} stands in only one of src/api/names.rs and the policy"));
    }
    let bus = read("data/dbus/io.github.cairndesktop.Cairn1.conf");
    let proxies = read("src/api/proxy.rs");
    for name in INTERFACES {
        let interface = format!("io.github.cairndesktop.Cairn1.{name}");
        if !bus.contains(&format!("\"{interface}\"")) {
            broken.push(format!("the bus policy does not name {interface}"));
        }
        let xml = members_of_xml(&read(&format!("data/dbus/{interface}.xml")));
        let proxy = members_of_proxy(&proxies, &interface);
        if xml.is_empty() {
            broken.push(format!("data/dbus/{interface}.xml is missing or empty"));
        }
        for member in xml.symmetric_difference(&proxy) {
            broken.push(format!("{interface}.{member} stands in only one of the XML and the proxy"));
        }
    }
    broken
}

/// Whole strings in quotes that begin so.
fn quoted(text: &str, prefix: &str) -> BTreeSet<String> {
    text.split('"').filter(|part| part.starts_with(prefix)).map(str::to_owned).collect()
}

/// `method Name/in-arguments`, `property Name`, `signal Name`.
fn members_of_xml(xml: &str) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    let mut method: Option<(String, usize)> = None;
    for line in xml.lines().map(str::trim) {
        let name = line.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        if line.starts_with("<method") {
            method = Some((name.to_owned(), 0));
            if line.ends_with("/>") {
                members.extend(method.take().map(|(name, count)| format!("method {name}/{count}")));
            }
        } else if line.starts_with("<arg") && line.contains("direction=\"in\"") {
            method = method.map(|(name, count)| (name, count + 1));
        } else if line.starts_with("</method") {
            members.extend(method.take().map(|(name, count)| format!("method {name}/{count}")));
        } else if line.starts_with("<property") {
            members.insert(format!("property {name}"));
        } else if line.starts_with("<signal") {
            members.insert(format!("signal {name}"));
        }
    }
    members
}

fn members_of_proxy(source: &str, interface: &str) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    let block =
        source.split("#[zbus::proxy(").find(|b| b.contains(&format!("\"{interface}\""))).unwrap_or_default();
    let mut kind = "method";
    for line in block.lines().map(str::trim) {
        match line {
            "#[zbus(property)]" => kind = "property",
            "#[zbus(signal)]" => kind = "signal",
            _ => {}
        }
        let Some(declared) = line.strip_prefix("fn ") else { continue };
        let name = camel(declared.split('(').next().unwrap_or_default());
        let arguments = declared.split(')').next().unwrap_or_default().matches(": ").count();
        members.insert(if kind == "method" {
            format!("method {name}/{arguments}")
        } else {
            format!("{kind} {name}")
        });
        kind = "method";
    }
    members
}

fn camel(snake: &str) -> String {
    snake
        .split('_')
        .map(|w| w.get(..1).unwrap_or_default().to_uppercase() + w.get(1..).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_and_an_xml_of_one_interface_have_the_same_members() {
        let xml = "<method name=\"GoBack\">\n<arg name=\"a\" direction=\"in\"/>\n<arg direction=\"out\"/>\n</method>\n<property name=\"State\" />\n<signal name=\"Changed\">";
        let proxy = "#[zbus::proxy(\n interface = \"x.Y\")]\ntrait Y {\n fn go_back(&self, a: &str) -> R;\n #[zbus(property)]\n fn state(&self) -> R;\n #[zbus(signal)]\n fn changed(&self) -> R;\n}";
        assert_eq!(members_of_xml(xml), members_of_proxy(proxy, "x.Y"));
        assert_eq!(members_of_xml(xml).len(), 3);
    }
}
