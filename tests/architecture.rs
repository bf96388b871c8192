//! The shape of the source tree, held: who may import whom, who may touch the world, who may
//! speak, who knows how the portal spells things.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each module of `src`, and the modules that it may name. `*`: any.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("rules", &["model"]),
    ("source", &["model"]),
    ("portal", &["model"]),
    ("plan", &["model", "rules"]),
    ("apply", &["model", "plan", "portal", "source"]),
    ("sandbox", &["model", "portal"]),
    ("ui", &["model"]),
    ("project", &["model", "rules", "source", "portal"]),
    ("cli", &["*"]),
    ("lib.rs", &[]),
    ("main.rs", &["cli"]),
];

/// What a pure module never names: files, environment, network, clock, chance.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "rand",
    "tempfile",
    "tokio",
    "reqwest",
];

/// A file is split before it grows past this, tests included.
const LONGEST: usize = 600;

/// One file of `src`.
struct Source {
    /// Below `src`: `plan/order.rs`.
    name: String,
    /// Everything.
    text: String,
    /// Without comments and without the tests at the end.
    code: String,
}

impl Source {
    fn read(root: &Path, path: &Path) -> Source {
        let text = fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code = shipped.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = code.map(|line| format!("{line}\n")).collect();
        Source { name, text, code }
    }

    fn module(&self) -> &str {
        self.name.split('/').next().unwrap()
    }

    /// How many `super::` lead from here to the crate's root.
    fn depth(&self) -> usize {
        let parts = self.name.trim_end_matches(".rs").split('/').filter(|part| *part != "mod");
        parts.count()
    }

    /// Files that are compiled for tests alone, as this one declares them.
    fn tests(&self) -> Vec<String> {
        let folder = self.name.trim_end_matches(".rs").trim_end_matches("mod").trim_end_matches('/');
        let declared = self.text.split("#[cfg(test)]\n").skip(1).filter_map(|rest| rest.split(';').next());
        let names =
            declared.filter_map(|line| line.rsplit_once("mod ")).filter(|(before, _)| !before.contains('{'));
        names.map(|(_, name)| format!("{folder}/{name}.rs")).collect()
    }

    /// Every path that the code names, braces written out.
    fn paths(&self) -> Vec<String> {
        let code: String = self.code.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let uses = code.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
        let written = uses.flat_map(|tree| expand("", tree.trim()));
        let inline = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        written.chain(inline.map(str::to_owned)).filter(|path| !path.is_empty()).collect()
    }
}

/// Writes out a tree of imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(prefix: &str, tree: &str) -> Vec<String> {
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![format!("{prefix}{}", tree.trim())];
    };
    let Some((inner, _)) = rest.rsplit_once('}') else { return Vec::new() };
    let prefix = format!("{prefix}{}", head.trim());
    branches(inner).into_iter().flat_map(|branch| expand(&prefix, branch)).collect()
}

/// Splits at the commas that stand in no inner braces.
fn branches(inner: &str) -> Vec<&str> {
    let mut depth = 0;
    let outer = |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    };
    inner.split(outer).map(str::trim).filter(|branch| !branch.is_empty()).collect()
}

/// Every file that ships.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let sources: Vec<Source> = files.iter().map(|path| Source::read(&root, path)).collect();
    let tests: Vec<String> = sources.iter().flat_map(Source::tests).collect();
    sources.into_iter().filter(|source| !tests.contains(&source.name)).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Fails with every line, so that one run shows all there is to mend.
fn none(what: &str, mut found: Vec<String>) {
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let mut found = Vec::new();
    for source in sources() {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(module, _)| *module == source.module()) else {
            found.push(format!("{} is not in the table", source.name));
            continue;
        };
        for path in source.paths() {
            let path = path.strip_prefix("crate::").or_else(|| path.strip_prefix("shtat::"));
            let target = path.and_then(|path| path.split("::").next()).filter(|target| !target.is_empty());
            let Some(target) = target else { continue };
            if target != source.module() && !allowed.contains(&target) && !allowed.contains(&"*") {
                found.push(format!("{} names crate::{target}", source.name));
            }
        }
    }
    none("imports against the direction of the tree", found);
}

#[test]
fn nobody_climbs_around_the_table() {
    let climbs = |source: &Source| source.code.contains(&"super::".repeat(source.depth()));
    let climbing = sources().into_iter().filter(|source| source.module() != "lib.rs" && climbs(source));
    none("`super::` up to the crate's root", climbing.map(|source| source.name).collect());
}

#[test]
fn the_core_touches_no_file_clock_environment_socket_or_chance() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| ["model", "rules", "plan"].contains(&source.module())) {
        for path in source.paths() {
            let padded = format!("::{path}::");
            let impure = IMPURE.iter().filter(|name| padded.contains(&format!("::{name}::")));
            found.extend(impure.map(|name| format!("{} names {name}", source.name)));
        }
    }
    none("a pure module touches the world", found);
}

#[test]
fn only_ui_speaks() {
    let words = ["println!", "print!", "dbg!", "stdout()", "stderr()"];
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| source.module() != "ui") {
        let said = words.iter().filter(|word| source.code.contains(**word));
        found.extend(said.map(|word| format!("{} has {word}", source.name)));
    }
    none("somebody but `ui` writes to the terminal", found);
}

#[test]
fn only_the_wire_spells_dismissed() {
    let spells = |line: &&str| line.contains("ACTIVE") && (line.contains("\"Y\"") || line.contains("\"N\""));
    let mut found = Vec::new();
    for source in sources() {
        if source.name != "portal/wire.rs" && source.module() != "sandbox" {
            found.extend(source.code.lines().filter(spells).map(|line| format!("{}: {line}", source.name)));
        }
    }
    none("somebody but portal/wire.rs knows how ACTIVE is sent", found);
}

#[test]
fn nothing_is_left_for_later_or_fails_without_a_reason() {
    let words = ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!(", ".unwrap()", "panic!("];
    let mut found = Vec::new();
    for source in sources() {
        let code = &source.code;
        found.extend(
            words
                .iter()
                .filter(|word| code.contains(**word))
                .map(|word| format!("{} has {word}", source.name)),
        );
    }
    none("unfinished, or able to panic without saying why it cannot", found);
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    let silenced = |source: &Source| {
        let allows = source.code.split("#[allow(").skip(1).chain(source.code.split("#[expect(").skip(1));
        allows.filter_map(|rest| rest.split(']').next()).any(|attribute| !attribute.contains("reason"))
    };
    none(
        "`allow` without `reason`",
        sources().into_iter().filter(silenced).map(|source| source.name).collect(),
    );
}

#[test]
fn files_stay_short_and_say_what_they_are_for() {
    let mut found = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LONGEST {
            found.push(format!("{} has {lines} lines", source.name));
        }
        if !source.text.starts_with("//!") {
            found.push(format!("{} does not begin with what it is for", source.name));
        }
    }
    none("look for the second subject", found);
}

#[test]
fn trees_of_imports_are_written_out() {
    let tree = "crate::{model::{Plan, Step}, rules}";
    assert_eq!(expand("", tree), ["crate::model::Plan", "crate::model::Step", "crate::rules"]);
}
