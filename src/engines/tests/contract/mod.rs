//! Whether an interface's XML, the proxies that an engine uses and a stand-in speak of the same members.

// Each engine's test uses what its interfaces need.
#![allow(dead_code)]

use std::collections::BTreeSet;

/// `Interface.Member(in)(out)` of every method, signal and property; the interfaces of D-Bus itself are left out.
pub fn members(xml: &str) -> BTreeSet<String> {
    let (mut interface, mut member) = (String::new(), None::<(String, String, String)>);
    let mut found = BTreeSet::new();
    let mut end = |interface: &str, member: &mut Option<(String, String, String)>| {
        if let Some((name, taken, given)) =
            member.take().filter(|_| !interface.starts_with("org.freedesktop.DBus."))
        {
            found.insert(format!("{interface}.{name}({taken})({given})"));
        }
    };
    for tag in xml.split('<').map(|tag| tag.split('>').next().unwrap_or_default()) {
        let of = |key: &str| {
            let value = tag.split(&format!(" {key}=\"")).nth(1).and_then(|rest| rest.split('"').next());
            value.unwrap_or_default().to_owned()
        };
        match tag.split_whitespace().next().unwrap_or_default().trim_end_matches('/') {
            "interface" => interface = of("name"),
            kind @ ("method" | "signal" | "property") => {
                end(&interface, &mut member);
                let given = if kind == "property" { of("type") } else { String::new() };
                member = Some((of("name"), String::new(), given));
            }
            "arg" => {
                if let Some((_, taken, given)) = &mut member {
                    let taken_in = of("direction") == "in";
                    (if taken_in { taken } else { given }).push_str(&of("type"));
                }
            }
            "/interface" => end(&interface, &mut member),
            _ => {}
        }
    }
    found
}

/// `Interface.Member` of everything that a file of proxies calls.
pub fn proxies(source: &str) -> BTreeSet<String> {
    let mut interface = String::new();
    let mut found = BTreeSet::new();
    for line in source.lines().map(str::trim) {
        if let Some(rest) = line.split("interface = \"").nth(1) {
            interface = rest.split('"').next().unwrap_or_default().to_owned();
        }
        if let Some(rest) = line.split("name = \"").nth(1).filter(|_| line.contains("property")) {
            // A property whose name is spelled in another way than its function.
            found.insert(format!("{interface}.{}", rest.split('"').next().unwrap_or_default()));
        } else if let Some(rest) = line.strip_prefix("fn ") {
            let name = rest.split('(').next().unwrap_or_default();
            let camel: String = name.split('_').map(capital).collect();
            found.insert(format!("{interface}.{camel}"));
        }
    }
    found
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The members without their types.
pub fn names(members: &BTreeSet<String>) -> BTreeSet<String> {
    members.iter().map(|member| member.split('(').next().unwrap_or_default().to_owned()).collect()
}

/// All that the XML describes is in what a service says of itself, and the same.
pub fn described(xml: &str, said: &str) {
    let (written, said) = (members(xml), members(said));
    assert!(!written.is_empty() && written.is_subset(&said), "{:?}", written.difference(&said));
}

/// All that the XML describes is in what a service says of itself, and the same; all that the proxies call is described.
pub fn agree(xml: &str, said: &str, proxy: &str) {
    described(xml, said);
    let written = members(xml);
    let (called, described) = (proxies(proxy), names(&written));
    assert!(!called.is_empty() && called.is_subset(&described), "{:?}", called.difference(&described));
}

/// What a service says of one of its objects.
pub async fn introspect(host: &cairn_host::Host, service: &str, path: &str) -> String {
    let address = host.bus.as_deref().unwrap();
    let connection = zbus::connection::Builder::address(address).unwrap().build().await.unwrap();
    introspect_on(&connection, service, path).await
}

/// The same on a connection that is there.
pub async fn introspect_on(connection: &zbus::Connection, service: &str, path: &str) -> String {
    let interface = Some("org.freedesktop.DBus.Introspectable");
    let answer = connection.call_method(Some(service), path, interface, "Introspect", &()).await.unwrap();
    answer.body().deserialize().unwrap()
}
