//! Secrets of shtat.yaml: named there, kept elsewhere.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::files;
use crate::{
    model::{Place, Problem},
    rules::yaml::Node,
};

/// The longest secret file: more is surely the wrong file.
const SECRET_LIMIT: u64 = 64 * 1024;

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRef {
    source: SecretSource,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum SecretSource {
    Variable(String),
    File { path: PathBuf, shown: String },
}

impl SecretRef {
    /// Reads `${VARIABLE}` or `{file: path}`; none for anything else, which the shape has reported.
    pub fn read(node: &Node, folder: &Path) -> Option<SecretRef> {
        let file = node.get("file").and_then(Node::text);
        let source = match (file, node.variable()) {
            (Some(file), _) => SecretSource::File { path: folder.join(file), shown: file.to_owned() },
            (None, Some(name)) => SecretSource::Variable(name.to_owned()),
            (None, None) => return None,
        };
        Some(SecretRef { source, place: node.place.clone() })
    }

    /// Fetches the secret.
    pub fn fetch(&self) -> Result<SecretString, Problem> {
        let text = match &self.source {
            SecretSource::Variable(name) => std::env::var(name).map_err(|_| self.unset(name))?,
            SecretSource::File { path, shown } => files::read_text(path, shown, SECRET_LIMIT)?,
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::error("the secret is empty").at(self.place.clone()));
        }
        Ok(SecretString::from(text.to_owned()))
    }

    /// Names where the secret is kept, for messages.
    pub fn described(&self) -> String {
        match &self.source {
            SecretSource::Variable(name) => format!("the variable `{name}`"),
            SecretSource::File { shown, .. } => format!("the file `{shown}`"),
        }
    }

    /// Returns where shtat.yaml names it.
    pub fn place(&self) -> &Place {
        &self.place
    }

    fn unset(&self, name: &str) -> Problem {
        Problem::error(format!("the variable `{name}` is not set"))
            .at(self.place.clone())
            .hint(format!("set it for this run: `{name}=… shtat …`, or in the CI's protected variables"))
    }
}

/// Writes every `${NAME}` as `$(NAME)`, which is as long. Inside `{…}` and `[…]` YAML takes the
/// braces for its own, and people write references there as everywhere else.
pub fn without_braces(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, reference) = rest.split_at(start);
        written.push_str(before);
        match reference[2..].split_once('}') {
            Some((name, behind)) if is_name(name) => {
                written.extend(["$(", name, ")"]);
                rest = behind;
            }
            _ => {
                written.push_str("${");
                rest = &reference[2..];
            }
        }
    }
    written + rest
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::without_braces;

    #[test]
    fn references_keep_their_length_and_nothing_else_changes() {
        let text = "main: {webhook: ${A_1}, x: \"${B}\"} # ${ and ${C";
        assert_eq!(without_braces(text), "main: {webhook: $(A_1), x: \"$(B)\"} # ${ and ${C");
        assert_eq!(without_braces("ё: ${}"), "ё: ${}");
    }
}
