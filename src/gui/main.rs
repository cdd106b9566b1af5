use relm4::gtk::glib;

fn main() -> glib::ExitCode {
    cairn_words::start(option_env!("CAIRN_LOCALEDIR"));
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    cairn_gui::run()
}
