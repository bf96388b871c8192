//! Secrets of the imitated portal: tokens, codes, the embedded portal's webhook.

use std::hash::{BuildHasher, RandomState};

use sha2::{Digest, Sha256};

/// Makes a text of `length` letters and digits nobody can guess.
///
/// The entropy is that of the standard library's hash keys, which the operating system gives.
pub fn random(length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        let mut hash = Sha256::new();
        for salt in 0..4_u64 {
            hash.update(RandomState::new().hash_one(salt).to_le_bytes());
        }
        text.extend(hash.finalize().iter().map(|byte| format!("{byte:02x}")));
    }
    text.truncate(length);
    text
}

/// Compares two secrets without stopping at the first difference.
pub fn same(given: &str, known: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    digest(given) == digest(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_another() {
        let (one, two) = (random(24), random(24));
        assert_eq!(one.len(), 24);
        assert_ne!(one, two);
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric()));
        assert!(same(&one, &one) && !same(&one, &two));
    }
}
