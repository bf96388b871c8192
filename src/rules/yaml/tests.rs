use super::*;
use crate::model::Problem;

static COLOURS: [Choice; 2] = [Choice("red", "like blood"), Choice("green", "like grass")];
static TREE: Shape = Shape::Fields(&[
    Field::new("name", Shape::Text, "its name"),
    Field::new("children", Shape::List(&Shape::Named("tree", &TREE)), "those below"),
]);
static FILE: Shape = Shape::Fields(&[
    Field::required("size", Shape::Whole(1, 100), "how large"),
    Field::new("colour", Shape::Choice(&COLOURS), "its colour"),
    Field::new("until", Shape::Date, "the last day"),
    Field::new("open", Shape::Truth, "whether"),
    Field::new("goal", Shape::Either(&[Shape::Whole(1, 9), Shape::Text]), "where to"),
    Field::new("kinds", Shape::OneOrMany(&Shape::Text), "which"),
    Field::new("tries", Shape::Filled(&Shape::Template), "what to try"),
    Field::new("map", Shape::Map(&Shape::Text), "anything"),
    Field::new("limits", Shape::Keyed(&COLOURS, &Shape::Whole(0, 9)), "by colour"),
    Field::new("tree", Shape::Named("tree", &TREE), "a tree"),
    Field::new("wait", Shape::Duration, "how long"),
    Field::new("secret", Shape::Secret, "nobody sees it"),
]);

fn told(problems: &[Problem]) -> Vec<String> {
    let place = |problem: &Problem| problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
    problems.iter().map(|problem| format!("{}: {}", place(problem), problem.what)).collect()
}

fn mistakes(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(node) = read("a.yaml", text, &mut problems) {
        check(&node, &FILE, "", &mut problems);
    }
    told(&problems)
}

fn tree(text: &str) -> serde_json::Value {
    let mut problems = Vec::new();
    let node = read("a.yaml", text, &mut problems).unwrap();
    assert_eq!(problems, []);
    node.to_json()
}

#[test]
fn words_that_look_like_something_else_are_texts() {
    assert_eq!(
        tree("a: yes\nb: 007\nc: 1_000\nd: +79161234567\ne: .inf\nf: 2026-12-31\ng: '14'\nh: !!str 5\n"),
        serde_json::json!({"a": "yes", "b": "007", "c": "1_000", "d": "+79161234567", "e": ".inf",
            "f": "2026-12-31", "g": "14", "h": "5"})
    );
    assert_eq!(
        tree("\u{feff}a: 14\r\nb: -1.5\r\nc: true\r\nd: ~\r\ne:\r\n14: x\r\ntrue: y\r\n"),
        serde_json::json!({"a": 14, "b": -1.5, "c": true, "d": null, "e": null, "14": "x", "true": "y"})
    );
    assert_eq!(tree("# nothing\n"), serde_json::json!({}));
    assert_eq!(tree("a: &x [1, 2]\nb: *x\n"), serde_json::json!({"a": [1, 2], "b": [1, 2]}));
}

#[test]
fn finds_every_mistake_of_a_file_in_one_go() {
    let text = "size: lots\ncolor: red\ncolour: gren\nuntil: 31.12.2026\nopen: yes\ngoal: 12\nkinds: [a, '']\n\
                tries: []\nmap:\n  а: 1\n  а: 2\nlimits: {blue: 1, red: 10}\ntree: {children: [{nmae: x}]}\n";
    assert_eq!(
        mistakes(text),
        [
            "a.yaml:11:3: the key `а` stands twice",
            "a.yaml:1:7: expected a whole number from 1 to 100, found `lots`",
            "a.yaml:2:1: unknown key `color`",
            "a.yaml:3:9: `gren` is none of red, green",
            "a.yaml:4:8: `31.12.2026` is no date",
            "a.yaml:5:7: expected `true` or `false`, found `yes`",
            "a.yaml:6:7: expected a whole number from 1 to 9, found `12`",
            "a.yaml:7:12: an empty text means nothing here",
            "a.yaml:8:8: the list is empty; at least one value is needed",
            "a.yaml:12:10: `blue` is none of red, green",
            "a.yaml:12:24: expected a whole number from 0 to 9, found `10`",
            "a.yaml:13:20: unknown key `nmae`",
        ]
    );
}

#[test]
fn says_what_is_missing_and_what_was_probably_meant() {
    let mut problems = Vec::new();
    let node = read("a.yaml", "colour: rde\n", &mut problems).unwrap();
    check(&node, &FILE, "", &mut problems);
    assert_eq!(problems[0].hints, ["did you mean `red`?"]);
    assert_eq!(problems[0].part.as_deref(), Some("colour"));
    assert_eq!(problems[1].what, "the key `size` is missing: how large");
}

#[test]
fn a_file_that_is_no_yaml_is_refused_with_its_place() {
    for (text, wanted) in [
        ("a: [1, 2\n", "this is no YAML"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: a second document begins here; a file holds one"),
        ("a: &x [*x]\n", "an anchor contains itself"),
        ("a: !!python/object:os.system x\n", "tags (`!!python/object:os.system`) are not available"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "a.yaml:3:3: merge keys (`<<`) are not available"),
        ("a: *nowhere\n", "this is no YAML"),
        ("? [a]\n: b\n", "a key must be a word; found a list of 1"),
        ("- a\n", "expected the keys size, colour"),
    ] {
        assert!(mistakes(text).iter().any(|told| told.contains(wanted)), "{text}: {:?}", mistakes(text));
    }
    assert!(mistakes(&"[".repeat(100_000)).len() == 1);
    assert!(mistakes(&format!("a: {}1{}", "[".repeat(70), "]".repeat(70)))[0].contains("nested deeper"));
    assert_eq!(
        mistakes(&"a".repeat(10_000_000)),
        [": the file has 10000000 bytes; at most 4000000 are read".replace(": the", "a.yaml: the")]
    );
}

#[test]
fn aliases_cannot_blow_a_file_up() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let inside = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{inside}]\n"));
    }
    assert!(mistakes(&text)[0].contains("unfolds into more values"), "{:?}", mistakes(&text));
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 10_000].join(", "));
    assert!(mistakes(&long)[0].contains("unfolds into more values"));
}

#[test]
fn a_template_without_quotes_gets_its_own_hint() {
    for text in [
        "tries: [{{ last }}]\n",
        "tries:\n  - {{last}}\n",
        "tries:\n  - {{initial first}}.{{last}}\n",
        "map: {{a}}\n",
    ] {
        let mut problems = Vec::new();
        if let Some(node) = read("a.yaml", text, &mut problems) {
            check(&node, &FILE, "", &mut problems);
        }
        let hinted =
            problems.iter().flat_map(|problem| &problem.hints).any(|hint| hint.contains("needs quotes"));
        assert!(hinted, "{text}: {problems:?}");
    }
}

#[test]
fn the_schema_accepts_what_the_reader_accepts() {
    let schema = json_schema(&FILE, "a file", "for a test");
    let validator = jsonschema::draft7::new(&schema).unwrap();
    for text in [
        "size: 5\n",
        "size: 101\n",
        "size: 1.5\n",
        "size: 5\ncolour: red\n",
        "size: 5\ncolour: 5\n",
        "size: 5\ngoal: 9\n",
        "size: 5\ngoal: 1.5\n",
        "size: 5\ngoal: text\n",
        "size: 5\ngoal: ''\n",
        "size: 5\nkinds: a\n",
        "size: 5\nkinds: [a, 5]\n",
        "size: 5\nkinds: {a: 5}\n",
        "size: 5\nuntil: 2026-12-31\n",
        "size: 5\nuntil: 20261231\n",
        "size: 5\nopen: 'true'\n",
        "size: 5\ntries: []\n",
        "size: 5\ntries: ['']\n",
        "size: 5\ntree: {children: [{children: [{name: 5}]}]}\n",
        "size: 5\ntree: {children: [{children: [{nmae: 5}]}]}\n",
        "size: 5\ntree:\n",
        "size: 5\nwait: 3s\n",
        "size: 5\nwait: 3\n",
        "size: 5\nwait: 3 h\n",
        "size: 5\nsecret: ${HOOK_1}\n",
        "size: 5\nsecret: ${1HOOK}\n",
        "size: 5\nsecret: letmein\n",
        "size: 5\nsecret: {file: hook.txt}\n",
        "size: 5\nsecret: {path: hook.txt}\n",
        "size: 5\nlimits: {red: 1}\n",
        "size: 5\nlimits: {blue: 1}\n",
        "size: 5\nmap: {x: y, z: true}\n",
        "{}\n",
        "5\n",
    ] {
        let mut problems = Vec::new();
        let node = read("a.yaml", text, &mut problems).unwrap();
        check(&node, &FILE, "", &mut problems);
        assert_eq!(validator.is_valid(&node.to_json()), problems.is_empty(), "{text}: {problems:?}");
    }
    assert_eq!(schema["properties"]["tree"]["description"], "a tree");
}

#[test]
fn a_secret_is_never_shown() {
    for text in ["letmein", "[letmein]", "12345", "{file: [letmein]}", "\"${letmein\""] {
        let mut problems = Vec::new();
        let node = read("a.yaml", &format!("size: 5\nsecret: {text}\n"), &mut problems).unwrap();
        check(&node, &FILE, "", &mut problems);
        assert_eq!(problems.len(), 1, "{text}");
        assert!(!format!("{problems:?}").contains("letmein") && !format!("{problems:?}").contains("12345"));
    }
}

#[test]
fn lengths_of_time_are_read() {
    let read = |text: &str| {
        let mut problems = Vec::new();
        super::read("a.yaml", &format!("a: {text}\n"), &mut problems).unwrap().get("a").unwrap().duration()
    };
    let told = ["500ms", "3s", "2m", "3h", "s", "-3s", "1.5s", "99999999999999999999s"].map(read);
    let millis = told.map(|length| length.map(|length| length.as_millis()));
    assert_eq!(millis, [Some(500), Some(3000), Some(120_000), None, None, None, None, None]);
}
