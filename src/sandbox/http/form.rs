//! Form data and query strings with PHP's brackets: `FILTER[ACTIVE]=Y&UF_DEPARTMENT[]=5`.

use indexmap::IndexMap;

use super::params::{Param, Params};

/// How deep brackets may nest; deeper ones are dropped.
const DEEPEST: usize = 32;

#[derive(Default)]
struct Node {
    text: Option<String>,
    children: IndexMap<String, Node>,
    next: u64,
}

/// Reads form data or a query string as PHP's `parse_str` does: every value is a text, a later
/// value replaces an earlier one, keys 0, 1, 2… make a list.
pub fn parse(text: &str) -> Params {
    let mut root = Node::default();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        if let Some(path) = path(&name) {
            root.put(&path, value.into_owned());
        }
    }
    Params(root.children.into_iter().map(|(name, node)| (name, node.into_param())).collect())
}

/// Splits `a[b][]` into its steps; an empty step means the next number.
fn path(name: &str) -> Option<Vec<&str>> {
    let Some((first, mut rest)) = name.split_once('[') else { return (!name.is_empty()).then(|| vec![name]) };
    if first.is_empty() {
        return None;
    }
    let mut steps = vec![first];
    loop {
        let Some((step, after)) = rest.split_once(']') else { return (steps.len() > 1).then_some(steps) };
        steps.push(step);
        match after.strip_prefix('[') {
            Some(more) if steps.len() < DEEPEST => rest = more,
            _ => return Some(steps),
        }
    }
}

impl Node {
    fn put(&mut self, path: &[&str], value: String) {
        let Some((step, rest)) = path.split_first() else {
            self.children.clear();
            self.text = Some(value);
            return;
        };
        self.text = None;
        let key = if step.is_empty() { self.next.to_string() } else { (*step).to_owned() };
        if let Ok(number) = key.parse::<u64>() {
            self.next = self.next.max(number.saturating_add(1));
        }
        self.children.entry(key).or_default().put(rest, value);
    }

    fn into_param(self) -> Param {
        if let Some(text) = self.text {
            return Param::Text(text);
        }
        let is_list = self.children.keys().enumerate().all(|(at, key)| *key == at.to_string());
        let children = self.children.into_iter().map(|(name, node)| (name, node.into_param()));
        if is_list {
            Param::List(children.map(|(_, param)| param).collect())
        } else {
            Param::Map(Params(children.collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> serde_json::Value {
        parse(text).to_value()
    }

    #[test]
    fn brackets_nest() {
        assert_eq!(
            value("FILTER%5BACTIVE%5D=Y&UF_DEPARTMENT[]=5&UF_DEPARTMENT[]=7&select[0]=ID&a[b][c]=1&x=1+2"),
            json!({"FILTER": {"ACTIVE": "Y"}, "UF_DEPARTMENT": ["5", "7"], "select": ["ID"], "a": {"b": {"c": "1"}}, "x": "1 2"})
        );
        assert_eq!(value("a[1]=x&a[2]=y"), json!({"a": {"1": "x", "2": "y"}}));
        assert_eq!(value("F[>ID]=5&F[!%3DNAME]=x"), json!({"F": {">ID": "5", "!=NAME": "x"}}));
    }

    #[test]
    fn nothing_breaks_it() {
        assert_eq!(value(""), json!({}));
        assert_eq!(value("[a]=1&=2&&a=1&a=2"), json!({"a": "2"}));
        let deep = format!("a{}=1", "[b]".repeat(10_000));
        parse(&deep);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,60}") {
            parse(&text);
        }

        #[test]
        fn what_is_written_is_read(names in proptest::collection::vec("[a-z]{1,5}", 1..4), value in ".{0,20}") {
            let name = format!("{}{}", names[0], names[1..].iter().map(|name| format!("[{name}]")).collect::<String>());
            let text = url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            let mut found = parse(&text).to_value();
            for name in &names {
                found = found[name].clone();
            }
            proptest::prop_assert_eq!(found, serde_json::Value::String(value));
        }
    }
}
