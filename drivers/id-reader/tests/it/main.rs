//! Driver and simulated reader against each other: by virtual time without a port, and over a real one.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod port;
#[cfg(test)]
mod usb;
#[cfg(test)]
mod visits;
