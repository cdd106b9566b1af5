//! Another program that talks to rpm-ostreed, as its own command or a software centre would.

use crate::played::Played;
use cairn_engines::rpm_ostree::proxy::{Options, OsProxy, SysrootProxy, TransactionProxy};
use futures_util::StreamExt;
use zbus::proxy::CacheProperties;
use zbus::{Connection, MessageStream};

pub struct Other {
    pub os: OsProxy<'static>,
    sysroot: SysrootProxy<'static>,
}

impl Other {
    pub async fn on(played: &Played) -> Self {
        let address = played.host().bus.unwrap();
        let connection = zbus::connection::Builder::address(address.as_str()).unwrap().build().await.unwrap();
        let os = OsProxy::builder(&connection)
            .path("/org/projectatomic/rpmostree1/fedora")
            .unwrap()
            .cache_properties(CacheProperties::No);
        let sysroot = SysrootProxy::builder(&connection).cache_properties(CacheProperties::No);
        Self { os: os.build().await.unwrap(), sysroot: sysroot.build().await.unwrap() }
    }

    /// Begins to add packages; gives the address of the transaction.
    pub async fn packages(&self, names: &[&str]) -> String {
        let modifiers = Options::from([("install-packages", names.to_vec().into())]);
        let options = Options::from([("no-pull-base", true.into())]);
        self.os.update_deployment(modifiers, options).await.unwrap()
    }

    pub async fn connect(&self, address: &str) -> MessageStream {
        zbus::connection::Builder::address(address).unwrap().p2p().build_message_stream().await.unwrap()
    }

    /// Starts it; gives whether nobody had done so.
    pub async fn start(&self, messages: &MessageStream) -> bool {
        let transaction = TransactionProxy::new(&Connection::from(messages)).await.unwrap();
        transaction.start().await.unwrap()
    }

    pub async fn end(&self, messages: &mut MessageStream) -> (bool, String) {
        loop {
            let message = messages.next().await.unwrap().unwrap();
            if message.header().member().is_some_and(|member| member == "Finished") {
                return message.body().deserialize().unwrap();
            }
        }
    }

    /// Starts it and waits for its end.
    pub async fn follow(&self, address: &str) {
        let mut messages = self.connect(address).await;
        self.start(&messages).await;
        let (success, words) = self.end(&mut messages).await;
        assert!(success, "{words}");
        drop(messages);
        while !self.sysroot.active_transaction_path().await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}
