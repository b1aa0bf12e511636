//! WAV files as samples: PCM of 16 bits, one or two channels, any usual rate, brought to one channel at [`RATE`].
//!
//! RIFF/WAVE as Microsoft and IBM published it (Multimedia Programming Interface and Data Specifications 1.0, 1991):
//! `RIFF`, size, `WAVE`, then chunks of four letters, size (little endian, as all numbers) and that many bytes, padded
//! to an even count. The bytes come from files of the site and from a program that writes into a pipe, so that the
//! sizes in it may be larger than what follows. Nothing in here panics on any bytes.

use super::tones::RATE;

/// The longest sound, in samples at [`RATE`]: a minute.
pub const LONGEST: usize = RATE as usize * 60;

/// Why bytes are no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    /// Another kind of file, or cut off before the sound.
    #[error("no WAV file")]
    NotWav,
    /// Compressed, or other than 16 bits.
    #[error("not PCM of 16 bits")]
    NotPcm16,
    /// More than two channels, or none.
    #[error("neither one channel nor two")]
    Channels,
    /// A rate that no recording has.
    #[error("a sample rate outside 8000 to 96000")]
    Rate,
    /// More than a minute.
    #[error("longer than a minute")]
    TooLong,
}

/// How the samples lie.
#[derive(Clone, Copy, Debug)]
struct Format {
    channels: usize,
    rate: u32,
}

/// Reads a whole file.
///
/// # Errors
/// Where it is no sound that can be heard.
pub fn decode(bytes: &[u8]) -> Result<Vec<i16>, WavError> {
    let (head, mut rest) = bytes.split_at_checked(12).ok_or(WavError::NotWav)?;
    if head.get(..4) != Some(b"RIFF") || head.get(8..) != Some(b"WAVE") {
        return Err(WavError::NotWav);
    }
    let mut format = None;
    while let Some((head, body)) = rest.split_at_checked(8) {
        let size = long(head, 4).ok_or(WavError::NotWav)? as usize;
        let chunk = body.get(..size).unwrap_or(body);
        match head.get(..4) {
            Some(b"fmt ") => format = Some(read_format(chunk)?),
            Some(b"data") => return read_samples(chunk, format.ok_or(WavError::NotWav)?),
            _ => {}
        }
        rest = body.get(size.saturating_add(size % 2)..).unwrap_or_default();
    }
    Err(WavError::NotWav)
}

fn read_format(chunk: &[u8]) -> Result<Format, WavError> {
    const PCM: u16 = 1;
    // The kind is told further down; the first two bytes of that GUID are the kind as above.
    const EXTENSIBLE: u16 = 0xFFFE;
    let kind = match short(chunk, 0).ok_or(WavError::NotWav)? {
        EXTENSIBLE => short(chunk, 24).ok_or(WavError::NotWav)?,
        kind => kind,
    };
    let channels = short(chunk, 2).ok_or(WavError::NotWav)?;
    let rate = long(chunk, 4).ok_or(WavError::NotWav)?;
    let bits = short(chunk, 14).ok_or(WavError::NotWav)?;
    if kind != PCM || bits != 16 {
        return Err(WavError::NotPcm16);
    }
    if !(8_000..=96_000).contains(&rate) {
        return Err(WavError::Rate);
    }
    match channels {
        1 | 2 => Ok(Format { channels: usize::from(channels), rate }),
        _ => Err(WavError::Channels),
    }
}

fn read_samples(data: &[u8], format: Format) -> Result<Vec<i16>, WavError> {
    let frame = 2 * format.channels;
    let frames = data.len() / frame;
    if frames as u64 * u64::from(RATE) > LONGEST as u64 * u64::from(format.rate) {
        return Err(WavError::TooLong);
    }
    let mono = data.chunks_exact(frame).map(|frame| {
        let samples = frame.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(i16::from_le_bytes));
        let sum: i32 = samples.map(i32::from).sum();
        i16::try_from(sum / format.channels as i32).unwrap_or_default()
    });
    let mono: Vec<i16> = mono.collect();
    Ok(if format.rate == RATE { mono } else { at_rate(&mono, format.rate) })
}

/// At [`RATE`]: each sample lies on the line between its neighbours, which is good enough for speech.
fn at_rate(samples: &[i16], rate: u32) -> Vec<i16> {
    let count = samples.len() as u64 * u64::from(RATE) / u64::from(rate);
    let step = f64::from(rate) / f64::from(RATE);
    // A rate well above ours is averaged first, so that hissing sounds do not fold into others.
    let width = (step.floor() as usize).max(1);
    let smooth: Vec<i16> = samples
        .chunks(1)
        .enumerate()
        .map(|(place, _)| {
            let end = (place + width).min(samples.len());
            let part = samples.get(place..end).unwrap_or_default();
            let sum: i64 = part.iter().copied().map(i64::from).sum();
            i16::try_from(sum / part.len().max(1) as i64).unwrap_or_default()
        })
        .collect();
    (0..count)
        .map(|place| {
            let at = place as f64 * step;
            let (left, part) = (at.floor() as usize, at.fract());
            let here = smooth.get(left).copied().map_or(0.0, f64::from);
            let next = smooth.get(left + 1).copied().map_or(here, f64::from);
            (here + (next - here) * part) as i16
        })
        .collect()
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A file of that many channels at that rate.
    pub fn encode(samples: &[i16], channels: u16, rate: u32) -> Vec<u8> {
        let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * u32::from(channels) * 2).to_le_bytes());
        file.extend((channels * 2).to_le_bytes());
        file.extend(b"\x10\0LIST\x03\0\0\0abc\0data");
        file.extend((data.len() as u32).to_le_bytes());
        file.extend(data);
        file
    }

    #[test]
    fn one_channel_at_our_rate_comes_as_it_is() {
        assert_eq!(decode(&encode(&[1, -2, 3], 1, RATE)), Ok(vec![1, -2, 3]));
        assert_eq!(decode(&encode(&[100, 300, -50, -150], 2, RATE)), Ok(vec![200, -100]));
    }

    #[test]
    fn other_rates_keep_length_and_pitch() {
        let wave: Vec<i16> = (0..48_000)
            .map(|place| ((place as f32 * 440.0 / 48_000.0 * std::f32::consts::TAU).sin() * 20_000.0) as i16)
            .collect();
        let heard = decode(&encode(&wave, 1, 48_000)).unwrap();
        assert_eq!(heard.len(), RATE as usize);
        let ups = heard.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((435..445).contains(&ups), "{ups}");
        assert_eq!(decode(&encode(&wave, 1, 16_000)).unwrap().len(), 66_150);
    }

    #[test]
    fn a_pipe_that_says_more_than_comes_is_heard_as_far_as_it_came() {
        let mut file = encode(&[5, 6, 7], 1, RATE);
        let size = file.len() - 10;
        file[size..size + 4].copy_from_slice(&0x7FFF_F000_u32.to_le_bytes());
        file.push(9);
        assert_eq!(decode(&file), Ok(vec![5, 6, 7]));
    }

    #[test]
    fn what_is_no_such_sound_is_refused() {
        let good = encode(&[1, 2], 1, RATE);
        let with = |place: usize, byte: u8| {
            let mut file = good.clone();
            file[place] = byte;
            decode(&file)
        };
        assert_eq!(decode(b""), Err(WavError::NotWav));
        assert_eq!(decode(&good[..40]), Err(WavError::NotWav));
        assert_eq!(with(0, b'X'), Err(WavError::NotWav));
        assert_eq!(with(20, 3), Err(WavError::NotPcm16));
        assert_eq!(with(34, 24), Err(WavError::NotPcm16));
        assert_eq!(with(22, 6), Err(WavError::Channels));
        assert_eq!(with(22, 0), Err(WavError::Channels));
        assert_eq!(with(25, 0), Err(WavError::Rate));
        assert_eq!(decode(&encode(&vec![0; LONGEST + 2], 1, RATE)), Err(WavError::TooLong));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..60) {
            let _ = decode(&bytes);
            let good = encode(&[1; 20], 1, RATE);
            bytes.splice(0..0, good.iter().take(cut).copied());
            let _ = decode(&bytes);
        }
    }
}
