//! Rule files in, messages out: every fixture is a test.
//!
//! `tests/rules/good` must be read without a problem; what `tests/rules/bad` says stands beside
//! each file. `BLESS=1 cargo test --test rules_read` rewrites the messages, and the review reads
//! that difference.

use std::{fs, path::Path};

use jiff::civil::date;
use shtat::{model::Problem, rules};

type Files = Vec<(String, String)>;

/// Collects the cases of a folder: a file, or a folder of files.
fn cases(folder: &str) -> Vec<(String, Files)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules").join(folder);
    let mut cases: Vec<_> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|ending| ending == "yaml"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), files(&path)))
        .collect();
    cases.sort();
    cases
}

fn files(path: &Path) -> Files {
    if path.is_file() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        return vec![(format!("rules/{name}"), fs::read_to_string(path).unwrap())];
    }
    fs::read_dir(path).unwrap().flat_map(|entry| files(&entry.unwrap().path())).collect()
}

fn told(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let severity = if problem.is_error() { "error" } else { "warning" };
        text += &format!("{severity}: {}\n", problem.what);
        if let Some(place) = &problem.place {
            let part = problem.part.as_ref().map(|part| format!(", `{part}`")).unwrap_or_default();
            text += &format!("   in: {place}{part}\n");
        }
        text += &problem.cause.iter().map(|cause| format!("cause: {cause}\n")).collect::<String>();
        text += &problem.hints.iter().map(|hint| format!(" hint: {hint}\n")).collect::<String>();
        text += "\n";
    }
    text
}

#[test]
fn good_files_are_read_without_a_word() {
    for (name, files) in cases("good") {
        let reading = rules::read(&files, date(2026, 11, 23));
        assert_eq!(told(&reading.problems), "", "{name}");
    }
}

#[test]
fn bad_files_say_everything_at_once() {
    for (name, files) in cases("bad") {
        let reading = rules::read(&files, date(2026, 11, 23));
        assert!(!reading.is_usable(), "{name} has no error");
        let have = told(&reading.problems);
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/rules/bad/{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &have).unwrap();
        }
        let want = fs::read_to_string(&expected).unwrap_or_default();
        let diff = similar::TextDiff::from_lines(&want, &have);
        assert!(want == have, "{name}\n{}", diff.unified_diff().header("expected", "found"));
    }
}

#[test]
fn the_schema_accepts_the_good_files() {
    let validator = jsonschema::draft7::new(&rules::json_schema()).unwrap();
    for (name, files) in cases("good") {
        for (file, text) in files {
            let node = rules::yaml::read(&file, &text, &mut Vec::new()).unwrap();
            let faults: Vec<_> =
                validator.iter_errors(&node.to_json()).map(|fault| fault.to_string()).collect();
            assert_eq!(faults, Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn a_second_reader_agrees_on_what_a_file_means() {
    for (name, files) in ["good", "bad"].into_iter().flat_map(cases) {
        for (file, text) in files {
            let mut problems = Vec::new();
            let Some(node) = rules::yaml::read(&file, &text, &mut problems) else { continue };
            let Ok(other) = serde_yaml::from_str::<serde_json::Value>(&text) else { continue };
            // The second reader lets the last of two equal keys win, and knows no merge keys.
            let other = if other.is_null() { serde_json::json!({}) } else { other };
            if problems.is_empty() {
                assert_eq!(node.to_json(), other, "{name}: {file}");
            }
        }
    }
}

#[test]
fn the_digest_is_of_names_and_texts() {
    let digest = |files: &[(&str, &str)]| {
        let files: Files =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        rules::read(&files, date(2026, 11, 23)).rules.digest
    };
    let one = digest(&[("rules/a.yaml", "hires: {}\n"), ("rules/b.yaml", "profile: {}\n")]);
    assert_eq!(one, digest(&[("rules/b.yaml", "profile: {}\n"), ("rules/a.yaml", "hires: {}\n")]));
    assert_ne!(one, digest(&[("rules/a.yaml", "hires: {}\nprofile: {}\n"), ("rules/b.yaml", "")]));
    assert!(one.starts_with("sha256:") && one.len() == 71);
}
