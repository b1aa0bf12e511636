//! The reference of everything on the screen: a page with four tiles and nothing behind it, by the same toolkit.
//!
//! Drawn in memory beside the real pages, and started as a process of its own beside the terminal.

use std::process::ExitCode;

use slint::ComponentHandle;

/// What this program is called with to be nothing but the bare page.
pub(crate) const ARGUMENT: &str = "--bare-page";

slint::slint! {
    component BareTile inherits Rectangle {
        in property <string> name;
        background: #1f5c99;
        border-radius: 16px;
        Text {
            text: root.name;
            font-size: 64px;
            color: white;
            horizontal-alignment: center;
            vertical-alignment: center;
        }
    }

    export component BarePage inherits Window {
        title: "bare page";
        preferred-width: 1080px;
        preferred-height: 1920px;
        background: #f7f1e6;
        VerticalLayout {
            padding: 64px;
            spacing: 64px;
            for names in [["取号", "打印证明"], ["办事指南", "办件进度"]]: HorizontalLayout {
                spacing: 64px;
                for name in names: BareTile { name: name; }
            }
        }
    }
}

/// Shows the bare page on the display until the process is ended.
pub(crate) fn run() -> ExitCode {
    let shown = BarePage::new().and_then(|page| {
        page.window().set_fullscreen(true);
        page.run()
    });
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bare page: {error}");
            ExitCode::FAILURE
        }
    }
}
