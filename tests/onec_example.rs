//! The example that reads people from a live 1C, from end to end on the stand-in.

use std::{fs, path::Path, process::Command};

use shtat::{
    sandbox::onec::{self, Company, OneC, Options},
    source::{self, FileKind, FileSpec, Source},
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/onec");

/// Copies the example, pointed at a running stand-in.
fn project(base: &OneC) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    for file in
        ["shtat.yaml", "portal.json", "rules/accounts.yaml", "rules/email.yaml", "rules/dismissals.yaml"]
    {
        let text = fs::read_to_string(Path::new(EXAMPLE).join(file)).unwrap();
        let text = text.replace("http://127.0.0.1:8451/zup/", &base.url());
        fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

fn shtat(project: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shtat"));
    command.arg("-C").arg(project).args(arguments).env("SHTAT_1C_PASSWORD", "demo");
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&told).into_owned())
}

fn serve() -> OneC {
    let file = format!("{EXAMPLE}/company.json");
    let reading = source::open(FileSpec::new(FileKind::Json, &file, "company.json")).read();
    onec::start(Company::from_people(&reading.people), Options::default()).unwrap()
}

#[test]
fn the_example_comes_to_rest_and_1c_has_the_addresses() {
    let base = serve();
    let folder = project(&base);
    let (code, told) = shtat(folder.path(), &["check", "--online"]);
    assert_eq!(code, 0, "{told}");
    let (code, told) = shtat(folder.path(), &["apply", "--yes"]);
    assert_eq!(code, 0, "{told}");
    let (code, told) = shtat(folder.path(), &["plan", "--detailed-exitcode"]);
    assert_eq!(code, 0, "{told}");
    let state = base.state();
    let with_address = state.sets["Catalog_ФизическиеЛица"].iter().filter(|row| {
        let rows = row["КонтактнаяИнформация"].as_array().unwrap();
        rows.iter().any(|row| row["АдресЭП"] != "")
    });
    assert_eq!(with_address.count(), 7, "all but the contractor, who gets no account");
    assert_eq!(base.open_sessions(), 0);
}

#[test]
fn nothing_is_planned_while_1c_cannot_be_read() {
    let base = serve();
    let folder = project(&base);
    for fault in ["forbidden", "restricted:Catalog_Сотрудники", "off:Catalog_Сотрудники"]
    {
        base.misbehave(vec![fault.parse().unwrap()]);
        let (code, told) = shtat(folder.path(), &["plan"]);
        assert_eq!(code, 1, "{fault}: {told}");
        assert!(!told.contains("demo"), "{told}");
    }
}
