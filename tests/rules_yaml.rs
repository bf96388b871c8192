//! The YAML reader beside other readers and beside its own schema.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use shtat::{
    model::Problem,
    rules::{self, yaml},
};

const GOOD: &str = include_str!("rules/good/everything.yaml");

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::draft7::new(&rules::json_schema()).unwrap());

fn read(text: &str) -> (Option<yaml::Node>, Vec<Problem>) {
    let mut problems = Vec::new();
    let node = yaml::read("rules/a.yaml", text, &mut problems);
    (node, problems)
}

/// Texts that some reader or writer of YAML takes for something else.
fn awkward() -> impl Strategy<Value = String> {
    let words: &'static [&'static str] = &[
        "no",
        "on",
        "yes",
        "~",
        "null",
        "true",
        "1_000",
        "007",
        "0x1F",
        "0o17",
        "12:30:00",
        "2001-12-14",
        ".inf",
        "1e3",
        "-",
        "<<",
        "&a",
        "*a",
        "!x",
        "# c",
        "a: b",
        "a #b",
        "",
        " ",
        "'",
        "\"",
        "{{last}}",
        "[x",
        "ё\u{a0}",
        "строка\nвторая\n",
        "\u{feff}",
        "\t",
        "%YAML",
        "---",
        "...",
        "| x",
        "> y",
        "@",
        "`",
    ];
    prop_oneof![prop::sample::select(words).prop_map(str::to_owned), "\\PC{0,12}", "[а-яё /{}]{0,12}",]
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1000_i64..1_000_000).prop_map(Value::from),
        awkward().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(awkward(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Lists the pointers of all values in a tree.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            pointers(value, &format!("{at}/{key}"), found);
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| pointers(value, &format!("{at}/{index}"), found)),
        _ => {}
    }
}

/// Puts something else in the place of one value, or beside it.
fn spoiled(mut tree: Value, at: usize, how: usize) -> Value {
    let mut all = Vec::new();
    pointers(&tree, "", &mut all);
    let value = tree.pointer_mut(&all[at % all.len()]).unwrap();
    match (how, value) {
        (0, value) => *value = Value::Null,
        (1, value) => *value = json!(true),
        (2, value) => *value = json!(0),
        (3, value) => *value = json!(101),
        (4, value) => *value = json!("слово"),
        (5, value) => *value = json!([]),
        (6, value) => *value = json!({}),
        (7, value) => *value = json!(""),
        (8, value) => *value = json!(1.5),
        (9, value) => *value = json!(["main"]),
        (10, Value::Object(map)) => drop(map.insert("colour".into(), json!("red"))),
        (_, Value::Object(map)) => {
            let first = map.keys().next().cloned();
            first.into_iter().for_each(|key| drop(map.remove(&key)));
        }
        (_, value) => *value = json!("keep"),
    }
    tree
}

proptest! {
    #[test]
    fn two_writers_and_a_second_reader_mean_the_same(tree in tree()) {
        for text in [serde_yaml::to_string(&tree).unwrap(), serde_saphyr::to_string(&tree).unwrap()] {
            let Ok(other) = serde_yaml::from_str::<Value>(&text) else { continue };
            let (node, problems) = read(&text);
            let ours = node.map(|node| node.to_json());
            let expected = if other.is_null() { json!({}) } else { other };
            // Writers of the old line leave this key bare, and it is no longer a word then.
            if text.contains("<<:") {
                continue;
            }
            // Words that only the second reader takes for numbers stay words here.
            if expected == tree || tree.is_null() {
                prop_assert_eq!(problems, Vec::new(), "{}", text);
                prop_assert_eq!(ours, Some(expected), "{}", text);
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\PC\n\t]{0,200}", cut in 0_usize..2000, extra in "\\PC{0,3}") {
        rules::read(&[("rules/a.yaml".into(), text)], jiff::civil::date(2026, 11, 22));
        let mut torn: String = GOOD.chars().take(cut).collect();
        torn.push_str(&extra);
        torn.extend(GOOD.chars().skip(cut + 3));
        let reading = rules::read(&[("rules/a.yaml".into(), torn)], jiff::civil::date(2026, 11, 22));
        for problem in reading.problems {
            prop_assert!(problem.place.is_some_and(|place| place.file == "rules/a.yaml"));
        }
    }

    #[test]
    fn no_template_makes_the_reader_panic(text in "([{}#/>~!*() ]|last|if|else|take|[0-9]|n|\"){0,24}") {
        if let Ok(template) = rules::Template::parse(&text, shtat::model::Place::file("a")) {
            template.fits("text");
        }
    }

    #[test]
    fn the_schema_accepts_exactly_what_the_shape_accepts(at in any::<usize>(), how in 0_usize..13) {
        let whole = read(GOOD).0.unwrap().to_json();
        let tree = spoiled(whole, at, how);
        let text = serde_saphyr::to_string(&tree).unwrap();
        let (node, mut problems) = read(&text);
        let node = node.unwrap();
        yaml::check(&node, rules::shape(), "", &mut problems);
        prop_assert_eq!(SCHEMA.is_valid(&node.to_json()), problems.is_empty(), "{}\n{:?}", text, problems);
    }
}
