//! `kiosk keys make`: the key files that a new terminal needs.

use zeroize::Zeroizing;

use super::{ConfigFile, Failure};
use crate::config::Sign;
use crate::domain::chance;
use crate::engine::clock::OsChance;
use crate::store::{Store, StoreKey, write_new_secret};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Keys {
    /// Makes the key files that the configuration names and that are not there yet; never touches an existing one.
    #[command(after_help = "Example:\n  kiosk keys make --config site.toml")]
    Make {
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl Keys {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Make { config } => make(config),
        }
    }
}

fn make(config: &ConfigFile) -> Result<(), Failure> {
    let config = config.load()?;
    let store_key = &config.privacy.store_key_file.path;
    if store_key.exists() {
        println!("{}  is there", store_key.display());
    } else if Store::exists(&config.terminal.data_dir) {
        // A new key would never open the store that is there.
        return Err(Failure::cannot(
            format!("{} is missing beside an existing store", store_key.display()),
            "put the key file back; without it nothing personal in the store can be read",
        ));
    } else {
        let key = StoreKey::from_bytes(chance::bytes(&mut OsChance));
        key.save_new(store_key).map_err(|error| Failure::cannot(&error, error.advice()))?;
        println!("{}  made; keep a copy where thieves of the terminal don't find it", store_key.display());
    }
    let Some(platform) = &config.platform else { return Ok(()) };
    let file = &platform.key_file.path;
    if file.exists() {
        println!("{}  is there", file.display());
        return Ok(());
    }
    match platform.sign {
        Sign::HmacSm3 => {
            let secret: Zeroizing<[u8; 32]> = Zeroizing::new(chance::bytes(&mut OsChance));
            let mut text = secret.iter().fold(Zeroizing::new(String::with_capacity(65)), |mut text, byte| {
                text.push_str(&format!("{byte:02x}"));
                text
            });
            text.push('\n');
            write_new_secret(file, text.as_bytes())
                .map_err(|error| Failure::cannot(&error, error.advice()))?;
            println!("{}  made; the platform needs the same file", file.display());
            Ok(())
        }
        Sign::Sm2Sm3 => Err(Failure::cannot(
            format!("{} is missing", file.display()),
            "make an SM2 key with the platform's tool and put its PEM there; the platform needs the public half",
        )),
    }
}
