//! The driver over every kind of port: a line, the network, recorded USB transfers.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod independent;
#[cfg(test)]
mod pty;
#[cfg(test)]
mod tcp;
#[cfg(test)]
mod usb;
