//! QR codes: by the printer itself where the profile says that it can, else as dots.

use qrcode::{EcLevel, QrCode};

use super::Encoder;
use crate::command;
use crate::document::Align;
use crate::dots;
use crate::error::EncodeError;
use crate::profile::{ImageCommand, QrLevel};

/// Most data bytes of a QR code (version 40, level L).
const QR_MOST: usize = 2953;

impl Encoder<'_> {
    pub(super) fn qr(&mut self, data: &str, size_mm: u32) -> Result<(), EncodeError> {
        if data.is_empty() || data.chars().any(char::is_control) {
            return Err(EncodeError::QrData);
        }
        let paper = &self.profile.paper;
        let too_large = EncodeError::QrTooLarge { bytes: data.len(), dots: paper.dots };
        let (level, most) = self.profile.qr.as_ref().map_or((QrLevel::M, 16), |qr| (qr.level, qr.max_module));
        if data.len() > QR_MOST {
            return Err(too_large);
        }
        let Ok(code) = QrCode::with_error_correction_level(data, ec_level(level)) else {
            return Err(too_large);
        };
        let modules = u32::try_from(code.width()).unwrap_or(u32::MAX);
        let side = (size_mm * paper.dots_per_mm).min(paper.dots);
        let module = u8::try_from((side / modules).clamp(1, most.into())).unwrap_or(1);
        if modules * u32::from(module) > paper.dots {
            return Err(too_large);
        }
        self.modes(Align::Centre, self.size, self.bold);
        match &self.profile.qr {
            Some(qr) => {
                let length = u16::try_from(data.len()).map_err(|_| too_large)?;
                self.out.extend(qr.model.iter().flat_map(|model| command::qr_model(*model)));
                self.out.extend(command::qr_module(module));
                if !qr.level_is_default {
                    self.out.extend(command::qr_level(level as u8));
                }
                self.out.extend(command::qr_store(length));
                self.out.extend(data.as_bytes());
                self.out.extend(command::QR_PRINT);
                self.dots += u64::from(modules) * u64::from(module);
                self.stop();
            }
            None if self.profile.image == Some(ImageCommand::ColumnAndRaster) => self.raster(&code, module),
            None => self.no_image += 1,
        }
        Ok(())
    }

    fn raster(&mut self, code: &QrCode, module: u8) {
        self.raster_image(dots::code(code, u32::from(module)));
    }
}

fn ec_level(level: QrLevel) -> EcLevel {
    match level {
        QrLevel::L => EcLevel::L,
        QrLevel::M => EcLevel::M,
        QrLevel::Q => EcLevel::Q,
        QrLevel::H => EcLevel::H,
    }
}
