//! What the stand-in says of itself, the proxies and the interface beside the engine are the same.

use crate::other::Other;
use crate::played::Played;
use std::collections::BTreeSet;
use zbus::Connection;

const XML: &str = include_str!("../../rpm_ostree/rpmostree1.xml");
const PROXIES: &str = include_str!("../../rpm_ostree/proxy.rs");
const INTERFACES: [&str; 4] = ["Sysroot", "OS", "OSExperimental", "Transaction"];

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// `method Name in:a{sv} out:s`, for each member of an interface.
fn members(xml: &str, interface: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut inside, mut member) = (false, String::new());
    for tag in xml.split('<').skip(1).filter_map(|tag| tag.split('>').next()) {
        let closed = tag.ends_with('/');
        match tag.split([' ', '/']).next().unwrap() {
            "interface" => {
                inside = attribute(tag, "name") == Some(&format!("org.projectatomic.rpmostree1.{interface}"));
            }
            kind @ ("method" | "signal") if inside => {
                member = format!("{kind} {}", attribute(tag, "name").unwrap());
                if closed {
                    found.insert(std::mem::take(&mut member));
                }
            }
            "arg" if inside => {
                let direction = attribute(tag, "direction").unwrap_or("out");
                member += &format!(" {direction}:{}", attribute(tag, "type").unwrap());
            }
            "property" if inside => {
                let (name, kind) = (attribute(tag, "name").unwrap(), attribute(tag, "type").unwrap());
                found.insert(format!("property {name} {kind}"));
            }
            "" if inside && !member.is_empty() && ["/method", "/signal"].contains(&tag) => {
                found.insert(std::mem::take(&mut member));
            }
            _ => {}
        }
    }
    found
}

/// Names of a proxy's functions, as the bus spells them.
fn proxied(interface: &str) -> BTreeSet<String> {
    let name = format!("interface = \"org.projectatomic.rpmostree1.{interface}\"");
    let block = PROXIES.split("#[zbus::proxy(").find(|block| block.contains(&name)).unwrap();
    let block = block.split("\n}").next().unwrap();
    let mut names = BTreeSet::new();
    let mut given = None;
    for line in block.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("#[zbus(name = \"") {
            given = name.split('"').next().map(ToOwned::to_owned);
        } else if let Some(function) = line.strip_prefix("fn ") {
            let words = function.split('(').next().unwrap().split('_');
            let camel = words.map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>();
            names.insert(given.take().unwrap_or(camel));
        }
    }
    names
}

async fn introspected(connection: &Connection, destination: Option<&str>, path: &str) -> String {
    let interface = Some("org.freedesktop.DBus.Introspectable");
    let reply = connection.call_method(destination, path, interface, "Introspect", &()).await.unwrap();
    reply.body().deserialize().unwrap()
}

#[test]
fn proxies_and_interface_name_the_same() {
    for interface in INTERFACES {
        let named: BTreeSet<String> =
            members(XML, interface).iter().map(|m| m.split(' ').nth(1).unwrap().to_owned()).collect();
        assert!(!named.is_empty(), "{interface}: {named:?}");
        assert_eq!(proxied(interface), named, "{interface}");
    }
}

#[tokio::test]
async fn the_stand_in_is_what_the_interface_says() {
    let played = Played::new("silverblue").await;
    let other = Other::on(&played).await;
    let address = other.os.cleanup(&["repomd"]).await.unwrap();
    let messages = other.connect(&address).await;
    let (bus, peer) = (other.os.inner().connection().clone(), Connection::from(&messages));
    let name = Some(crate::NAME);
    let texts = [
        introspected(&bus, name, "/org/projectatomic/rpmostree1/Sysroot").await,
        introspected(&bus, name, "/org/projectatomic/rpmostree1/fedora").await,
        introspected(&bus, name, "/org/projectatomic/rpmostree1/fedora").await,
        introspected(&peer, None, "/").await,
    ];
    for (interface, text) in INTERFACES.iter().zip(texts) {
        let (wanted, found) = (members(XML, interface), members(&text, interface));
        let missing: Vec<_> = wanted.difference(&found).collect();
        assert!(missing.is_empty(), "{interface}: {missing:?} is not in {found:?}");
    }
}
