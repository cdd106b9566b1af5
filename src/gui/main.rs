use relm4::gtk::glib;

fn main() -> glib::ExitCode {
    cairn_gui::memory::share();
    cairn_words::start(option_env!("CAIRN_LOCALEDIR"));
    cairn_gui::start_log();
    cairn_gui::run()
}
