//! The schemas in rules/schema/ are those that the program prints, and the example fits them.
//!
//! `BLESS=1 cargo test --test schemas` writes them anew.

mod folder;

use std::fs;

use folder::{Folder, root};
use serde_json::Value;

const SCHEMAS: [(&str, &str); 3] = [("rules", "rules"), ("config", "config"), ("tests", "tests")];

#[test]
fn the_schemas_beside_the_rules_are_what_the_program_prints() {
    let folder = Folder::new();
    for (of, name) in SCHEMAS {
        let path = root().join(format!("rules/schema/{name}.json"));
        let printed = folder.run(&["schema", of]).stdout;
        if std::env::var_os("BLESS").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("folder made");
            fs::write(&path, &printed).expect("schema written");
        }
        let kept = fs::read_to_string(&path).expect("a schema");
        assert!(kept == printed, "rules/schema/{name}.json is not what `shtat schema {of}` prints");
    }
}

#[test]
fn every_yaml_file_of_the_example_fits_the_schema_it_names() {
    let mut seen = 0;
    let folders = ["", "rules", "rules/tests"].map(|folder| root().join(folder));
    for entry in folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder")) {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a file");
        let line = text.lines().next().unwrap_or_default();
        let named =
            line.strip_prefix("# yaml-language-server: $schema=").unwrap_or_else(|| panic!("{path:?}"));
        let schema =
            fs::read_to_string(path.parent().expect("a folder").join(named)).expect("the schema it names");
        let schema: Value = serde_json::from_str(&schema).expect("JSON");
        // The second reader, so that the schema is not judged by the reader it comes from.
        let value: Value = serde_yaml::from_str(&text).expect("YAML");
        let validator = jsonschema::draft7::new(&schema).expect("a schema");
        let faults: Vec<String> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{path:?}: {faults:#?}");
        seen += 1;
    }
    assert!(seen >= 6, "{seen} files");
}
