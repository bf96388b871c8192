//! The README's commands do what the README says, word for word.
//!
//! `BLESS=1 cargo test --test readme` writes what the program prints into the README and plans/.

mod folder;

use std::fs;

use folder::{Folder, root};

/// The day for which the example's story is told.
const STORY_DAY: &str = "2026-11-24";

/// Compares a block of the README with what was printed, or writes it there.
fn same_as_readme(name: &str, language: &str, printed: &str) {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("README.md");
    let open = format!("<!-- output: {name} -->\n");
    let start = readme.find(&open).unwrap_or_else(|| panic!("README.md has a block `{name}`")) + open.len();
    let end = start + readme[start..].find("<!-- end -->").expect("the block ends");
    let block = format!("```{language}\n{printed}```\n");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, format!("{}{block}{}", &readme[..start], &readme[end..]))
            .expect("README.md written");
        return;
    }
    let difference = similar::TextDiff::from_lines(&readme[start..end], block.as_str());
    assert_eq!(&readme[start..end], block, "\n{}", difference.unified_diff().header("README.md", "printed"));
}

#[test]
fn plan_then_apply_then_nothing_is_left_but_what_waits_for_a_person() {
    let folder = Folder::new();
    let plan = folder.run(&["plan", "--as-of", STORY_DAY]);
    assert_eq!(plan.code, 0, "{plan:?}");
    same_as_readme("plan", "text", &plan.stdout);

    let picture = folder.run(&["plan", "--format", "mermaid", "--as-of", STORY_DAY]);
    same_as_readme("mermaid", "mermaid", &picture.stdout);

    let apply = folder.run(&["apply", "--yes", "--as-of", STORY_DAY]);
    assert_eq!(apply.code, 6, "{apply:?}");
    let report = apply.stdout.split_once("\nSteps:").expect("a report").1;
    same_as_readme("apply", "text", &format!("Steps:{report}"));

    let written = folder.read("journal/romashka.jsonl").matches("\"intent\"").count();
    assert!(written > 10, "{written} writes");
    let again = folder.run(&["apply", "--yes", "--as-of", STORY_DAY]);
    assert_eq!(again.code, 6, "{again:?}");
    let after = folder.read("journal/romashka.jsonl").matches("\"intent\"").count();
    assert_eq!(after, written, "the second apply wrote something:\n{}", again.stdout);
}

#[test]
fn the_commands_of_the_readme_parse() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let lines = readme.lines().map(str::trim).filter_map(|line| line.strip_prefix("shtat "));
    let commands: Vec<&str> = lines.map(|line| line.split('#').next().unwrap_or(line).trim()).collect();
    assert!(commands.len() >= 2, "{commands:?}");
    let folder = Folder::new();
    for command in commands {
        let word = command.split(' ').next().expect("a command");
        let help = folder.run(&[word, "--help"]).stdout;
        for option in command.split(' ').filter(|word| word.starts_with("--")) {
            assert!(help.contains(option), "`{option}` of `shtat {command}`");
        }
    }
}

#[test]
fn the_saved_plan_is_the_plan_of_the_example() {
    let path = root().join("plans/2026-11-24.json");
    let folder = Folder::new();
    let made = folder.run(&["plan", "--out", "made.json", "--as-of", STORY_DAY]);
    assert_eq!(made.code, 0, "{made:?}");
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(root().join("plans")).expect("plans/ is made");
        fs::copy(folder.path("made.json"), &path).expect("the plan is copied");
    }
    let kept = fs::read_to_string(&path).expect("plans/2026-11-24.json");
    let same = |text: &str| {
        let mut plan: serde_json::Value = serde_json::from_str(text).expect("a plan");
        plan["made_at"] = serde_json::Value::Null;
        format!("{plan:#}")
    };
    let (kept, made) = (same(&kept), same(&folder.read("made.json")));
    let difference = similar::TextDiff::from_lines(&kept, &made);
    assert!(kept == made, "{}", difference.unified_diff().header("plans/2026-11-24.json", "made"));
}
