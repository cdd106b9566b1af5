//! Packs style and icons into the binary, so that a window that is built can be started.

fn main() {
    println!("cargo::rerun-if-changed=../../resources");
    glib_build_tools::compile_resources(
        &["../../resources"],
        "../../resources/cairn.gresource.xml",
        "cairn.gresource",
    );
}
