//! Takes values out of shtat.yaml and collects what is wrong with them.

use std::{collections::BTreeMap, path::Path, time::Duration};

use super::secret::SecretRef;
use crate::{model::Problem, rules::yaml::Node};

/// Reads values below nodes. Values of a wrong kind were reported by the shape already.
pub struct Reader<'a> {
    /// Where paths begin.
    pub folder: &'a Path,
    /// Everything found wrong so far.
    pub problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Reports a mistake at a node.
    pub fn mistake(&mut self, node: &Node, what: String) {
        self.problems.push(Problem::error(what).at(node.place.clone()));
    }

    /// Reads a secret's reference.
    pub fn secret(&self, node: &Node, key: &str) -> Option<SecretRef> {
        SecretRef::read(node.get(key)?, self.folder)
    }

    /// Reads a text, or the value of `${VARIABLE}`.
    pub fn plain_or_variable(&mut self, node: &Node, key: &str) -> Option<String> {
        let node = node.get(key)?;
        let Some(name) = node.variable() else { return node.text().map(str::to_owned) };
        let value = std::env::var(name).ok();
        if value.is_none() {
            self.mistake(node, format!("the variable `{name}` is not set"));
        }
        value
    }

    /// Reads `true` or `false`.
    pub fn truth(&mut self, node: &Node, key: &str, default: bool) -> bool {
        node.get(key).and_then(Node::truth).unwrap_or(default)
    }

    /// Reads a whole number.
    pub fn whole<T: TryFrom<u64>>(&mut self, node: &Node, key: &str, default: T) -> T {
        node.get(key).and_then(Node::whole).and_then(|whole| T::try_from(whole).ok()).unwrap_or(default)
    }

    /// Reads a time such as `60s`.
    pub fn duration(&mut self, node: &Node, key: &str, default: Duration) -> Duration {
        node.get(key).and_then(Node::duration).unwrap_or(default)
    }

    /// Reads a list of texts.
    pub fn texts(&mut self, node: &Node, key: &str) -> Option<Vec<String>> {
        let items = node.get(key)?.items();
        Some(items.iter().filter_map(Node::text).map(str::to_owned).collect())
    }

    /// Reads a map of texts.
    pub fn map(&mut self, node: &Node, key: &str) -> BTreeMap<String, String> {
        let entries = node.get(key).map_or(&[][..], Node::entries);
        let pair =
            |entry: &crate::rules::yaml::Entry| Some((entry.key.clone(), entry.value.text()?.to_owned()));
        entries.iter().filter_map(pair).collect()
    }
}
