//! The binary: see the library for everything.

fn main() -> std::process::ExitCode {
    kiosk::cli::main()
}
