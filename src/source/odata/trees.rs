//! Paths of departments, in the legal and in the management tree.

use std::collections::HashMap;

/// One node of a tree.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Shown to people.
    pub name: String,
    /// The node above.
    pub parent: Option<String>,
    /// What the node stands for, in the management tree.
    pub source: Option<String>,
}

/// A tree of departments by key.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    nodes: HashMap<String, Node>,
    by_source: HashMap<String, String>,
}

impl Tree {
    /// Builds a tree of its nodes.
    pub fn new(nodes: Vec<(String, Node)>) -> Tree {
        let mut by_source: HashMap<String, String> = HashMap::new();
        for (key, node) in &nodes {
            let Some(source) = &node.source else { continue };
            let first = by_source.entry(source.clone()).or_insert_with(|| key.clone());
            // Two nodes for one department: the smaller key, so that the choice never flickers.
            if *key < *first {
                *first = key.clone();
            }
        }
        Tree { nodes: nodes.into_iter().collect(), by_source }
    }

    /// Tells whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Tells whether a node is there.
    pub fn has(&self, key: &str) -> bool {
        self.nodes.contains_key(key)
    }

    /// Finds the node that stands for a department.
    pub fn standing_for(&self, source: &str) -> Option<&str> {
        self.by_source.get(source).map(String::as_str)
    }

    /// Returns the names from the top down to a node, and whether every node on the way is there.
    /// A circle is cut where it closes.
    pub fn path(&self, key: &str) -> (Vec<String>, bool) {
        let (mut names, mut visited) = (Vec::new(), Vec::new());
        let mut next = Some(key);
        while let Some(key) = next {
            let Some(node) = self.nodes.get(key).filter(|_| !visited.contains(&key)) else {
                names.reverse();
                return (names, false);
            };
            visited.push(key);
            names.push(node.name.clone());
            next = node.parent.as_deref();
        }
        names.reverse();
        (names, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, parent: Option<&str>) -> Node {
        Node { name: name.into(), parent: parent.map(str::to_owned), source: None }
    }

    #[test]
    fn walks_up_and_stops_at_gaps_and_circles() {
        let tree = Tree::new(vec![
            ("a".into(), node("Склад", None)),
            ("b".into(), node("Участок 2", Some("a"))),
            ("c".into(), node("Смена", Some("gone"))),
            ("d".into(), node("Круг", Some("e"))),
            ("e".into(), node("Петля", Some("d"))),
        ]);
        assert_eq!(tree.path("b"), (vec!["Склад".into(), "Участок 2".into()], true));
        assert_eq!(tree.path("c"), (vec!["Смена".into()], false));
        assert_eq!(tree.path("d"), (vec!["Петля".into(), "Круг".into()], false));
        assert_eq!(tree.path("x"), (vec![], false));
    }
}
