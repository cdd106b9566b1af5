//! What assistive technology sees of a program (AT-SPI), and its buttons.

use futures_util::future::join_all;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, connection};

/// at-spi2-core: `ATSPI_STATE_SHOWING`, `ATSPI_STATE_SENSITIVE`.
const SHOWING: u64 = 1 << 25;
const SENSITIVE: u64 = 1 << 24;
/// Deeper than any widget of ours.
const DEEPEST: usize = 60;

/// Bus name and path of an accessible.
type Place = (String, OwnedObjectPath);

/// One accessible thing.
#[derive(Clone, Debug)]
pub struct Node {
    pub name: String,
    pub role: String,
    pub showing: bool,
    pub sensitive: bool,
    place: Place,
    parent: Option<usize>,
}

/// All that a program shows, parents before children.
#[derive(Debug)]
pub struct Tree {
    connection: Connection,
    pub nodes: Vec<Node>,
}

impl Tree {
    /// Reads the program's tree; `None` while it is not there.
    pub async fn read(session: &str, program: &str) -> zbus::Result<Option<Self>> {
        let session = connection::Builder::address(session)?.build().await?;
        let reply = session
            .call_method(Some("org.a11y.Bus"), "/org/a11y/bus", Some("org.a11y.Bus"), "GetAddress", &())
            .await?;
        let address: String = reply.body().deserialize()?;
        let connection = connection::Builder::address(address.as_str())?.build().await?;
        let registry = (
            "org.a11y.atspi.Registry".to_owned(),
            OwnedObjectPath::try_from("/org/a11y/atspi/accessible/root")?,
        );
        for place in children(&connection, &registry).await? {
            let Ok(name) = property(&connection, &place, "Name").await else { continue };
            if name.eq_ignore_ascii_case(program) {
                let mut tree = Self { connection, nodes: Vec::new() };
                tree.walk(place).await;
                return Ok(Some(tree));
            }
        }
        Ok(None)
    }

    async fn walk(&mut self, root: Place) {
        let mut level = vec![(root, None)];
        for _ in 0..DEEPEST {
            let read = join_all(level.iter().map(|(place, _)| look(&self.connection, place))).await;
            let mut next = Vec::new();
            for ((place, parent), found) in level.into_iter().zip(read) {
                // What vanished while it was looked at is no longer there.
                let Ok((name, role, states, children)) = found else { continue };
                let at = self.nodes.len();
                let has = |state: u64| states & state != 0;
                let (showing, sensitive) = (has(SHOWING), has(SENSITIVE));
                self.nodes.push(Node { name, role, showing, sensitive, place, parent });
                next.extend(children.into_iter().map(|child| (child, Some(at))));
            }
            if next.is_empty() {
                return;
            }
            level = next;
        }
    }

    /// True if something shown says this.
    pub fn says(&self, words: &str) -> bool {
        self.nodes.iter().any(|n| n.showing && n.name.contains(words))
    }

    /// What is shown, for a message.
    pub fn words(&self) -> Vec<&str> {
        self.nodes.iter().filter(|n| n.showing && !n.name.is_empty()).map(|n| n.name.as_str()).collect()
    }

    /// Presses the shown, usable thing of that name; false if there is none.
    pub async fn press(&self, name: &str) -> zbus::Result<bool> {
        for (at, node) in self.nodes.iter().enumerate() {
            if node.name != name || !node.showing || !node.sensitive {
                continue;
            }
            for place in self.around(at) {
                if act(&self.connection, place).await {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Where in the window the middle of a shown row is that says this.
    pub async fn middle_of_row(&self, words: &str) -> zbus::Result<Option<(i32, i32)>> {
        /// Relative to the window.
        const WINDOW: u32 = 1;
        /// What can be chosen in lists and in grids.
        const ROWS: [&str; 4] = ["list item", "table cell", "grid cell", "cell"];
        let is_row = |n: &&Node| n.showing && ROWS.contains(&n.role.as_str()) && n.name.contains(words);
        let row = self.nodes.iter().find(is_row);
        let Some(Node { place: (bus, path), .. }) = row else { return Ok(None) };
        let interface = Some("org.a11y.atspi.Component");
        let reply =
            self.connection.call_method(Some(bus.as_str()), path, interface, "GetExtents", &WINDOW).await?;
        let (x, y, width, height) = reply.body().deserialize::<((i32, i32, i32, i32),)>()?.0;
        Ok(Some((x + width / 2, y + height / 2)))
    }

    /// The thing itself, what is in it, what it is in.
    fn around(&self, at: usize) -> Vec<&Place> {
        let within = self.nodes.iter().enumerate().skip(at + 1).filter(|(i, _)| self.is_below(*i, at));
        let above = self.nodes[at].parent.map(|p| &self.nodes[p].place);
        std::iter::once(&self.nodes[at].place).chain(within.map(|(_, n)| &n.place)).chain(above).collect()
    }

    fn is_below(&self, mut at: usize, above: usize) -> bool {
        while let Some(parent) = self.nodes[at].parent {
            if parent == above {
                return true;
            }
            at = parent;
        }
        false
    }

    /// Shown things that can be used but have no name: a fault of the window.
    pub fn nameless(&self) -> Vec<&Node> {
        let used = [
            "button",
            "push button",
            "toggle button",
            "check box",
            "switch",
            "entry",
            "text",
            "menu item",
            "list item",
        ];
        self.nodes
            .iter()
            .filter(|n| n.showing && n.name.is_empty() && used.contains(&n.role.as_str()))
            .collect()
    }
}

async fn look(connection: &Connection, place: &Place) -> zbus::Result<(String, String, u64, Vec<Place>)> {
    let (name, role, states, children) = tokio::join!(
        property(connection, place, "Name"),
        call::<String>(connection, place, "GetRoleName"),
        call::<Vec<u32>>(connection, place, "GetState"),
        children(connection, place),
    );
    let states = states?;
    let word = |at: usize| u64::from(states.get(at).copied().unwrap_or_default());
    Ok((name?, role?, word(0) | word(1) << 32, children.unwrap_or_default()))
}

async fn children(connection: &Connection, place: &Place) -> zbus::Result<Vec<Place>> {
    call(connection, place, "GetChildren").await
}

async fn call<T>(connection: &Connection, (bus, path): &Place, method: &str) -> zbus::Result<T>
where
    T: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    let interface = Some("org.a11y.atspi.Accessible");
    let reply = connection.call_method(Some(bus.as_str()), path, interface, method, &()).await?;
    reply.body().deserialize()
}

async fn property(connection: &Connection, (bus, path): &Place, name: &str) -> zbus::Result<String> {
    let body = ("org.a11y.atspi.Accessible", name);
    let interface = Some("org.freedesktop.DBus.Properties");
    let reply = connection.call_method(Some(bus.as_str()), path, interface, "Get", &body).await?;
    let value: OwnedValue = reply.body().deserialize()?;
    Ok(String::try_from(value).unwrap_or_default())
}

/// What pressing is called. Other actions that a widget offers belong to what it lies in.
const PRESSES: [&str; 4] = ["click", "activate", "toggle", "menu.popup"];

/// Presses it, if it can be pressed.
async fn act(connection: &Connection, (bus, path): &Place) -> bool {
    let interface = Some("org.a11y.atspi.Action");
    let offered = connection.call_method(Some(bus.as_str()), path, interface, "GetActions", &()).await;
    let offered = offered.and_then(|reply| reply.body().deserialize::<Vec<(String, String, String)>>());
    let at = offered
        .unwrap_or_default()
        .iter()
        .position(|(name, ..)| PRESSES.iter().any(|p| p.eq_ignore_ascii_case(name)));
    let Some(at) = at.and_then(|at| i32::try_from(at).ok()) else { return false };
    let done = connection.call_method(Some(bus.as_str()), path, interface, "DoAction", &at).await;
    done.is_ok_and(|reply| reply.body().deserialize::<bool>().unwrap_or(false))
}
