//! A site to measure: a folder of its own on the disk that holds `target/`, keys, and a configuration.
//!
//! Not the system's folder for temporary files: that may lie in memory, where a durable commit costs nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kiosk::config::{Config, Known};
use kiosk::domain::chance;
use kiosk::engine::clock::OsChance;
use kiosk::peripherals::printer_profiles;
use kiosk::store::{StoreKey, write_new_secret};
use kiosk::uplink::profile::shipped_names;
use kiosk::words::Words;
use tempfile::TempDir;

use super::Outcome;

/// Classes `A` to `H`, as many as the choice of a page shows.
pub(crate) const CLASSES: [char; 8] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
const NAMES: [&str; 8] =
    ["社会保障", "医疗保障", "民政救助", "户籍居住", "农业农村", "退役军人", "卫生健康", "其他事项"];

/// The way up, or none.
#[derive(Clone, Debug)]
pub(crate) enum Platform {
    None,
    Hmac { address: String },
    Sm2 { address: String },
}

/// A folder that goes when this is dropped.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Outcome<Self> {
        std::fs::create_dir_all(env!("CARGO_TARGET_TMPDIR"))?;
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let place = Self { folder };
        StoreKey::from_bytes(chance::bytes(&mut OsChance)).save_new(&place.path("secrets/store.key"))?;
        write_new_secret(&place.path("secrets/platform.key"), b"a secret of benchmarks alone\n")?;
        std::fs::create_dir(place.path("data"))?;
        Ok(place)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where a simulated device is plugged in, as the configuration names it.
    pub(crate) fn port(&self, name: &str) -> String {
        format!("serial://{}?baud=115200", self.path(name).display())
    }

    /// Writes `site.toml` and reads it; `devices` are its tables.
    pub(crate) fn configure(&self, devices: &str, platform: &Platform) -> Outcome<Config> {
        let file = self.path("site.toml");
        std::fs::write(&file, text(devices, platform))?;
        let languages: Vec<_> = Words::codes().collect();
        let printers: Vec<_> = printer_profiles::SHIPPED.iter().map(|(name, _)| *name).collect();
        let platforms = shipped_names();
        let known =
            Known { languages: &languages, printer_profiles: &printers, platform_profiles: &platforms };
        Config::load(&file, &known).map_err(|errors| errors.to_string().into())
    }
}

/// The language files.
pub(crate) fn words() -> Outcome<Arc<Words>> {
    Ok(Arc::new(Words::shipped("zh")?))
}

/// `target`, wherever it is.
pub(crate) fn target_folder() -> Outcome<PathBuf> {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .map(Path::to_owned)
        .ok_or_else(|| "no target folder".into())
}

fn text(devices: &str, platform: &Platform) -> String {
    let mut text = r#"[site]
code = "510823101000"
name = "剑阁县普安镇便民服务中心"
kind = "center"
ticket_url = "https://example.invalid/t/{code}"
time_zone = "Asia/Shanghai"

[terminal]
id = "T01"
data_dir = "data"
language = "zh"
orientation = "portrait"

[queue]
ticket_without_card = true

[privacy]
retention_days = 30
store_key_file = "secrets/store.key"

[[window]]
number = 1
name = "综合窗口"
classes = ["*"]
"#
    .to_owned();
    for (letter, name) in CLASSES.iter().zip(NAMES) {
        text += &format!("\n[[class]]\nletter = \"{letter}\"\nname = \"{name}\"\nnumbers = \"0001-9999\"\n");
    }
    let common = |address: &str, sign: &str| {
        format!(
            "\n[platform]\nprofile = \"open\"\nurl = \"http://{address}\"\napp_id = \"T01-510823101000\"\n\
             sign = \"{sign}\"\n"
        )
    };
    text += &match platform {
        Platform::None => "\n[platform]\nprofile = \"none\"\n".to_owned(),
        Platform::Hmac { address } => common(address, "HMAC-SM3") + "key_file = \"secrets/platform.key\"\n",
        Platform::Sm2 { address } => {
            common(address, "SM2-SM3")
                + "key_file = \"secrets/terminal.pem\"\nplatform_public_key_file = \"secrets/platform.pub\"\n"
        }
    };
    text + "\n" + devices
}
