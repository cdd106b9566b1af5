//! The real RAUC on a bus of its own: slots that are files, a boot loader that is a script, bundles that are signed.

mod device;

use super::{BUNDLES, INTERFACE, SERVICE, XML, conformance, contract};
use cairn_engines::rauc::Rauc;
use cairn_engines::{Engine, detect};
use cairn_jobs::Context;
use cairn_model::{Defect, Problem, Step, Update, Verification, Wish};
use device::{Bundle, Device, lacking};

async fn engine(device: &Device) -> Rauc {
    let host = device.host();
    assert_eq!(detect(&host).unwrap().id(), "rauc");
    Rauc::new(host)
}

async fn check(engine: &Rauc) -> Result<Option<Update>, Problem> {
    engine.check(&Context::default()).await
}

#[tokio::test]
async fn installs_goes_back_and_refuses_with_the_real_rauc() {
    if let Some(reason) = lacking() {
        println!("skipped: {reason}");
        return;
    }
    let mut device = Device::new().await;
    let bus = device.bus().await;
    contract::described(XML, &contract::introspect_on(&bus, SERVICE, "/").await);
    let engine = engine(&device).await;
    let status = conformance::status(&engine).await;
    let versions: Vec<_> = status.deployments.iter().map(|d| d.version.as_str()).collect();
    assert_eq!(versions, ["2026.10.1", "B"]);

    foreign_bundles_are_refused(&device, &engine).await;
    let update = newest_is_offered(&device, &engine).await;
    conformance::fulfil(&engine, Wish::update(), Some(&update)).await;
    let status = conformance::status(&engine).await;
    let next = status.next().unwrap();
    assert_eq!(
        (&next.version, &next.checksum, &next.origin),
        (&update.version, &update.checksum, &Some(update.origin))
    );
    assert!(status.restart_pending() && next.timestamp.is_some());

    device.start("B").await;
    let status = conformance::status(&engine).await;
    assert_eq!(status.running().unwrap().checksum, update.checksum);
    assert_eq!(check(&engine).await.unwrap(), None);
    goes_back_unless_it_is_bad(&mut device, &engine).await;
}

async fn foreign_bundles_are_refused(device: &Device, engine: &Rauc) {
    device.put(&Bundle { key: "foreign", ..Bundle::of("2026.12.0") });
    let refused = check(engine).await.unwrap_err();
    assert!(matches!(&refused, Problem::EngineFailed { detail } if !detail.is_empty()), "{refused:?}");
    let step = Step::Stage { origin: "acme-panel-x2".into(), checksum: "e".repeat(64) };
    let refused = engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(refused, Problem::PlanOutdated);
    assert!(!conformance::status(engine).await.restart_pending());
}

async fn newest_is_offered(device: &Device, engine: &Rauc) -> Update {
    device.put(&Bundle { compatible: "acme-panel-x9", ..Bundle::of("2026.13.0") });
    device.put(&Bundle::of("2026.9.0"));
    device.put(&Bundle::of("2026.11.0"));
    let exchanged = check(engine).await.unwrap().unwrap();
    // The same version once more, with another content: what was looked at is not there any more.
    device.put(&Bundle::of("2026.11.0"));
    let step = Step::Stage { origin: exchanged.origin.clone(), checksum: exchanged.checksum.clone() };
    assert_eq!(engine.run(&step, &Context::default()).await.unwrap_err(), Problem::PlanOutdated);
    let update = check(engine).await.unwrap().unwrap();
    assert_ne!(update.checksum, exchanged.checksum);
    assert_eq!((update.version.as_str(), update.origin.as_str()), ("2026.11.0", "acme-panel-x2"));
    assert!(matches!(&update.verification, Verification::Signed { key, .. } if key.ends_with("release.pem")));
    assert_eq!(update.installed, Some(Bundle::SIZE as u64));
    update
}

async fn goes_back_unless_it_is_bad(device: &mut Device, engine: &Rauc) {
    let status = conformance::status(engine).await;
    let other = status.previous().unwrap().clone();
    device.mark("bad", "other").await;
    let marked = conformance::status(engine).await;
    assert_eq!(marked.find(&other.id).unwrap().defect, Some(Defect::MarkedBad));
    assert_eq!(marked.previous(), None);
    let start = Wish::StartNext { id: other.id.clone() };
    let refused = conformance::plan(engine, start, None).await.unwrap_err();
    assert_eq!(refused, Problem::CannotStart { version: other.version.clone(), defect: Defect::MarkedBad });
    device.mark("good", "other").await;
    // What runs is said not to work, and then that it does.
    let of_running = async || conformance::status(engine).await.running().unwrap().defect;
    engine.confirm(false, &Context::default()).await.unwrap();
    assert_eq!(of_running().await, Some(Defect::MarkedBad));
    engine.confirm(true, &Context::default()).await.unwrap();
    assert_eq!(of_running().await, None);
    conformance::fulfil(engine, Wish::GoBack {}, None).await;
    assert_eq!(device.primary(), "A");
    assert_eq!(conformance::status(engine).await.next().unwrap().id, other.id);
    device.start("A").await;
    assert_eq!(conformance::status(engine).await.running().unwrap().id, other.id);
}
