//! In which encoding a text file is, and the way there and back without losing a byte.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1251;

/// Encodings in which people's files are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8 {
        /// Whether the file begins with EF BB BF.
        mark: bool,
    },
    /// UTF-16 little-endian with its mark FF FE.
    Utf16Little,
    /// UTF-16 big-endian with its mark FE FF.
    Utf16Big,
    /// Windows-1251, as Excel writes CSV in Russian Windows.
    Windows1251,
}

/// Why a file is not a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodingFault {
    /// NUL bytes: UTF-16 without its mark, or no text at all.
    #[error("the file holds NUL bytes: it is no text, or UTF-16 without a byte-order mark")]
    Nul {
        /// Line of the first one, from 1.
        line: u32,
    },
    /// Mostly UTF-8, but some bytes are not.
    #[error("the file is UTF-8, but some bytes of it are damaged")]
    Damaged {
        /// Line of the first damaged byte, from 1.
        line: u32,
    },
    /// A code unit that belongs to no character.
    #[error("the file is UTF-16, but damaged")]
    DamagedUtf16,
    /// Byte 98, which Windows-1251 does not know.
    #[error("the file is neither UTF-8 nor Windows-1251")]
    Unknown {
        /// Line of the byte, from 1.
        line: u32,
    },
}

impl EncodingFault {
    /// Returns the line, where one is known.
    pub fn line(&self) -> Option<u32> {
        match self {
            EncodingFault::Nul { line }
            | EncodingFault::Damaged { line }
            | EncodingFault::Unknown { line } => Some(*line),
            EncodingFault::DamagedUtf16 => None,
        }
    }
}

/// Decodes a file. The byte-order mark decides; else what is UTF-8 is UTF-8, and the rest
/// Windows-1251, unless most of it is UTF-8: then it is damaged.
///
/// Nothing is guessed from letter frequencies: short texts fool such guesses.
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), EncodingFault> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Ok((utf16(rest, u16::from_le_bytes)?.into(), Encoding::Utf16Little));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Ok((utf16(rest, u16::from_be_bytes)?.into(), Encoding::Utf16Big));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(EncodingFault::Nul { line: line_at(bytes, at) });
    }
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    let body = marked.unwrap_or(bytes);
    match std::str::from_utf8(body) {
        Ok(text) => Ok((text.into(), Encoding::Utf8 { mark: marked.is_some() })),
        Err(fault) if marked.is_some() || mostly_utf8(body) => {
            Err(EncodingFault::Damaged { line: line_at(body, fault.valid_up_to()) })
        }
        Err(_) => windows_1251(body),
    }
}

/// Encodes a text as it was; none where it has a character that the encoding does not know.
pub fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 { mark } => {
            let mark: &[u8] = if mark { b"\xef\xbb\xbf" } else { b"" };
            Some([mark, text.as_bytes()].concat())
        }
        Encoding::Utf16Little => {
            Some([0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect())
        }
        Encoding::Utf16Big => {
            Some([0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect())
        }
        Encoding::Windows1251 => {
            let (bytes, _, unknown) = WINDOWS_1251.encode(text);
            (!unknown).then(|| bytes.into_owned())
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, EncodingFault> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(EncodingFault::DamagedUtf16);
    }
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    let text = text.map_err(|_| EncodingFault::DamagedUtf16)?;
    match text.find('\0') {
        Some(at) => Err(EncodingFault::Nul { line: line_at(text.as_bytes(), at) }),
        None => Ok(text),
    }
}

fn windows_1251(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), EncodingFault> {
    if let Some(at) = bytes.iter().position(|byte| *byte == 0x98) {
        return Err(EncodingFault::Unknown { line: line_at(bytes, at) });
    }
    Ok((WINDOWS_1251.decode_without_bom_handling(bytes).0, Encoding::Windows1251))
}

/// Tells whether more of the bytes beyond ASCII are parts of UTF-8 characters than not.
/// Russian text in Windows-1251 has almost none that are.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > bad
}

fn line_at(bytes: &[u8], at: usize) -> u32 {
    let breaks = bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows_1251_bytes(text: &str) -> Vec<u8> {
        encode(text, Encoding::Windows1251).unwrap()
    }

    #[test]
    fn finds_every_encoding_and_gives_the_same_bytes_back() {
        let text = "ФИО;Ёлкин №1\u{a0}«Ромашка»\r\n";
        let encodings = [
            Encoding::Utf8 { mark: false },
            Encoding::Utf8 { mark: true },
            Encoding::Utf16Little,
            Encoding::Utf16Big,
            Encoding::Windows1251,
        ];
        for encoding in encodings {
            let bytes = encode(text, encoding).unwrap();
            let (decoded, found) = decode(&bytes).unwrap();
            assert_eq!((decoded.as_ref(), found), (text, encoding));
        }
    }

    #[test]
    fn short_names_in_windows_1251_are_not_mistaken() {
        for text in ["Ян Ли", "Ёж", "№", "ПЁТР", "ООО «АРС»", "я"] {
            let bytes = windows_1251_bytes(text);
            assert_eq!(decode(&bytes).unwrap().0, text);
        }
    }

    #[test]
    fn utf8_with_a_bad_byte_is_damaged_not_windows_1251() {
        let mut bytes = "ФИО\nИванов\nПетров".as_bytes().to_vec();
        bytes[10] = 0xff;
        assert_eq!(decode(&bytes), Err(EncodingFault::Damaged { line: 2 }));
        let cut = &"Иванов Пётр".as_bytes()[..18];
        assert!(matches!(decode(cut), Err(EncodingFault::Damaged { .. })));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b"a\n\0"), Err(EncodingFault::Nul { line: 2 }));
        assert_eq!(decode(b"\xff\xfea"), Err(EncodingFault::DamagedUtf16));
        assert_eq!(decode(b"\xff\xfe\x00\xd8"), Err(EncodingFault::DamagedUtf16));
        assert_eq!(decode(b"\xcf\xe5\x98\xcf"), Err(EncodingFault::Unknown { line: 1 }));
    }
}
