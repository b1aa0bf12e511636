//! The platform: `kiosk sandbox`, its events and its faults over HTTP.

use std::path::PathBuf;

use serde_json::Value;

use crate::child::{Process, until};
use crate::site::{Site, kiosk};

pub struct Platform {
    process: Process,
    pub address: String,
    data: PathBuf,
    key: PathBuf,
}

impl Platform {
    /// Starts it with the site's key on any free port, and tells the site where it is.
    pub fn start(site: &Site) -> Self {
        let platform = Self::run("127.0.0.1:0", site.path("sandbox"), site.path("secrets/platform.key"));
        site.edit("http://127.0.0.1:1", &format!("http://{}", platform.address));
        platform
    }

    fn run(address: &str, data: PathBuf, key: PathBuf) -> Self {
        let mut command = kiosk();
        command.args(["sandbox", "--listen", address, "--data"]).arg(&data).arg("--key").arg(&key);
        let process = Process::start(command);
        let line = process.line();
        let address =
            line.strip_prefix("sandbox platform at http://").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { process, address, data, key }
    }

    /// Stops it; what it took stays on disk.
    pub fn stop(&mut self) {
        self.process.signal(rustix::process::Signal::TERM);
        assert!(self.process.end().success());
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.process.signal(rustix::process::Signal::KILL);
        self.process.end();
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) {
        let address = self.address.clone();
        *self = Self::run(&address, self.data.clone(), self.key.clone());
    }

    /// Every event that it took, oldest first.
    pub fn events(&self) -> Vec<Value> {
        let url = format!("http://{}/sandbox/events", self.address);
        let text = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Waits until it took so many events of that kind, and gives their bodies.
    pub fn bodies(&self, kind: &str, count: usize) -> Vec<Value> {
        until(&format!("{count} {kind} at the platform"), || {
            let events = self.events();
            let bodies: Vec<_> = events
                .iter()
                .filter(|event| event["kind"] == kind)
                .map(|event| event["body"].clone())
                .collect();
            assert!(bodies.len() <= count, "more {kind} than {count}: {bodies:?}");
            (bodies.len() == count).then_some(bodies)
        })
    }

    /// Sets what goes wrong from now on.
    pub fn faults(&self, json: &str) {
        let url = format!("http://{}/sandbox/faults", self.address);
        assert_eq!(ureq::put(&url).send(json).unwrap().status(), 200);
    }

    /// Every event once, and each subject's numbered from 1 without gaps.
    pub fn assert_once_in_order(&self) {
        let events = self.events();
        let mut ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), events.len(), "an event twice");
        let mut last = std::collections::BTreeMap::new();
        for event in &events {
            let before =
                last.insert(event["subject"].as_str().unwrap(), event["seq"].as_u64().unwrap()).unwrap_or(0);
            assert_eq!(event["seq"].as_u64(), Some(before + 1), "{event}");
        }
    }
}
