//! The program from outside: flags, streams, exit codes, and what it says of mistakes.

mod folder;

use folder::Folder;

/// What a mistake of the user must lead to: exit code 1, nothing on stdout, and these words.
fn refused(folder: &Folder, arguments: &[&str], words: &[&str]) -> String {
    let run = folder.run(arguments);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` in:\n{}", run.stderr);
    }
    run.stderr
}

#[test]
fn several_mistakes_of_rules_and_people_are_told_in_one_run() {
    let folder = Folder::new();
    folder.write(
        "rules/email.yaml",
        "email:\n  domian: romashka.example\n  templates:\n    - try: [\"{{lasst}}\"]\n",
    );
    folder.write("rules/hires.yaml", "dismissal:\n  vanished: hold\n");
    folder.change("examples/romashka/people.csv", |csv| csv.replace("23.11.2026", "31.02.2026"));
    let said = refused(
        &folder,
        &["plan"],
        &[
            "rules/email.yaml:2:3",
            "did you mean `domain`?",
            "rules/email.yaml:4:",
            "lasst",
            "rules/hires.yaml:1:1",
            "did you mean `dismissals`?",
            "no calendar has",
            "people.csv:",
        ],
    );
    assert!(said.matches("error").count() >= 4, "{said}");
}

#[test]
fn a_wrong_type_says_what_was_expected() {
    let folder = Folder::new();
    folder.write("rules/departments.yaml", "departments:\n  unmapped: topp\n  map: []\n");
    let places = ["rules/departments.yaml:2:13", "`topp` is none of", "rules/departments.yaml:3:8"];
    refused(&folder, &["plan"], &places);
    let check = folder.run(&["check"]);
    assert_eq!((check.code, check.stdout.as_str()), (1, "60 people, 4 rule tests: 2 errors\n"));
}

#[test]
fn rules_in_folders_below_are_read_and_tests_are_no_rules() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("rules/safety")).unwrap();
    folder.write("rules/safety/limits.yaml", "safety:\n  plan_days: 3\n");
    refused(&folder, &["plan"], &["rules/safety/limits.yaml:1:1", "rules/dismissals.yaml:"]);
}

#[test]
fn missing_files_are_named() {
    let folder = Folder::new();
    folder.remove("examples/romashka/people.csv");
    refused(&folder, &["plan"], &["examples/romashka/people.csv", "hint"]);
    folder.remove("shtat.yaml");
    refused(&folder, &["plan"], &["shtat.yaml", "shtat init"]);
}

#[test]
fn an_unreadable_encoding_is_a_mistake_not_a_guess() {
    let folder = Folder::new();
    let mut bytes = "person_id;Фамилия;Имя;Организация;Таб. номер\r\np-1;Ёлкин;Пётр;Ромашка;1\r\n"
        .repeat(40)
        .into_bytes();
    let middle = bytes.len() / 2;
    bytes[middle] = 0xff;
    folder.write_bytes("examples/romashka/people.csv", &bytes);
    refused(&folder, &["plan"], &["examples/romashka/people.csv:"]);
}

#[test]
fn a_portal_out_of_reach_and_a_wrong_secret_are_told_apart_and_the_secret_stays_unsaid() {
    let folder = Folder::new();
    folder.remote_portal();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let out_of_reach =
        folder.run_with(&["plan"], &[("SHTAT_WEBHOOK", &format!("http://{closed}/rest/1/s3cr3tt0ken/"))]);
    assert_eq!(out_of_reach.code, 1, "{out_of_reach:?}");
    assert!(out_of_reach.stderr.contains("cannot be reached"), "{}", out_of_reach.stderr);

    let sandbox = folder.sandbox();
    let wrong = sandbox.webhook_url().replace("/demo/", "/s3cr3tt0ken/");
    let refused = folder.run_with(&["plan"], &[("SHTAT_WEBHOOK", &wrong)]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("INVALID_CREDENTIALS"), "{}", refused.stderr);
    for run in [out_of_reach, refused] {
        assert!(!format!("{run:?}").contains("s3cr3tt0ken"), "{run:?}");
        assert!(run.stderr.contains("hint"), "{}", run.stderr);
    }
}

#[test]
fn an_unset_variable_is_named() {
    let folder = Folder::new();
    folder.remote_portal();
    refused(&folder, &["plan"], &["the variable `SHTAT_WEBHOOK` is not set", "shtat.yaml:"]);
}

#[test]
fn usage_errors_end_with_one_because_two_means_pending() {
    let folder = Folder::new();
    refused(&folder, &["plan", "--fromat", "json"], &["--format"]);
    refused(&folder, &["plan", "--as-of", "31.02.2026"], &["--as-of"]);
    refused(&folder, &["plan", "--portal", "romaska"], &["did you mean `romashka`?"]);
}

#[test]
fn a_detailed_exit_code_says_what_is_pending() {
    let folder = Folder::new();
    let run = folder.run(&["plan", "--detailed-exitcode", "--as-of", "2026-11-24"]);
    assert_eq!(run.code, 2, "{run:?}");
    folder.remove("rules/tests/names.yaml");
    folder.write("rules/dismissals.yaml", "dismissals:\n  policies:\n    - id: everyone\n      fire: {days_after: 1}\nsafety:\n  limits: {fire_user: {count: 0, percent: 0}}\n");
    let held = folder.run(&["plan", "--detailed-exitcode", "--as-of", "2026-11-24"]);
    assert_eq!(held.code, 3, "{held:?}");
    let apply = folder.run(&["apply", "--yes", "--as-of", "2026-11-24"]);
    assert_eq!(apply.code, 3, "{apply:?}");
    assert!(apply.stderr.contains("nothing was written"), "{}", apply.stderr);
}

#[test]
fn apply_without_a_terminal_asks_for_yes() {
    let folder = Folder::new();
    let run = folder.run(&["apply", "--as-of", "2026-11-24"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
}

#[test]
fn a_saved_plan_is_applied_once_and_refused_when_changed() {
    let folder = Folder::new();
    let saved =
        folder.run(&["plan", "--out", "plans/friday.json", "--as-of", "2026-11-24", "--format", "json"]);
    assert_eq!(saved.code, 0, "{saved:?}");
    assert_eq!(saved.stdout, folder.read("plans/friday.json"));
    let applied = folder.run(&["apply", "plans/friday.json", "--yes", "--as-of", "2026-11-24"]);
    assert_eq!(applied.code, 6, "{applied:?}");
    let again = folder.run(&["apply", "plans/friday.json", "--yes", "--as-of", "2026-11-24"]);
    assert_eq!(again.code, 6, "{again:?}");
    assert!(again.stdout.contains("22 already so") && !again.stdout.contains(" done,"), "{}", again.stdout);
    let old = folder.run(&["apply", "plans/friday.json", "--yes", "--as-of", "2026-12-24"]);
    assert_eq!(old.code, 4, "{old:?}");
    folder.change("plans/friday.json", |plan| plan.replace("Белова", "Чужая"));
    let changed = folder.run(&["apply", "plans/friday.json", "--yes", "--as-of", "2026-11-24"]);
    assert_eq!(changed.code, 1, "{changed:?}");
    assert!(changed.stderr.contains("digest"), "{}", changed.stderr);
}

#[test]
fn a_snapshot_gives_the_same_plan_without_the_portal() {
    let folder = Folder::new();
    let live = folder.run(&["plan", "--format", "json", "--as-of", "2026-11-24"]);
    assert_eq!(folder.run(&["snapshot", "--out", "portal.json"]).code, 0);
    let saved = folder.run(&["plan", "--format", "json", "--as-of", "2026-11-24", "--have", "portal.json"]);
    let steps = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["steps"].clone();
    assert_eq!(steps(&live.stdout), steps(&saved.stdout));
}

#[test]
fn a_by_hand_step_is_confirmed_and_goes_back_to_waiting_until_the_login_has_moved() {
    let folder = Folder::new();
    let day = ["--as-of", "2026-11-24"];
    assert_eq!(folder.run(&[&["apply", "--yes"][..], &day].concat()).code, 6);
    let plan: serde_json::Value =
        serde_json::from_str(&folder.run(&[&["plan", "--format", "json"][..], &day].concat()).stdout)
            .unwrap();
    let by_hand = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["do"] == "by_hand")
        .expect("a by-hand step");
    let id = by_hand["id"].as_str().unwrap();
    let status = folder.run(&[&["status"][..], &day].concat());
    assert!(status.stdout.contains(id) && status.stdout.contains("здравствуйте"), "{}", status.stdout);

    assert_eq!(folder.run(&[&["confirm", id][..], &day].concat()).code, 0);
    let too_early = folder.run(&[&["apply", "--yes"][..], &day].concat());
    assert_eq!(too_early.code, 6, "{too_early:?}");
    assert!(too_early.stdout.contains("back to waiting"), "{}", too_early.stdout);

    let served = folder.serve("romashka");
    served.post(
        "/sandbox/passport",
        r#"{"from": "o.zimina@romashka.example", "to": "zimina.olga@pochta.example"}"#,
    );
    drop(served);
    assert_eq!(folder.run(&[&["confirm", id][..], &day].concat()).code, 0);
    let done = folder.run(&[&["apply", "--yes"][..], &day].concat());
    assert_eq!(done.code, 0, "{done:?}");
    let rest: serde_json::Value =
        serde_json::from_str(&folder.run(&[&["plan", "--format", "json"][..], &day].concat()).stdout)
            .unwrap();
    assert_eq!(rest["steps"].as_array().unwrap().len(), 0, "{rest:#}");
    assert_eq!(folder.run(&["log", "--verify"]).code, 0);
}

#[test]
fn the_journal_shows_a_changed_line() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["apply", "--yes", "--as-of", "2026-11-24"]).code, 6);
    let log = folder.run(&["log", "--person", "p-0041"]);
    assert!(log.stdout.contains("create_user") && !log.stdout.contains("fire_user"), "{}", log.stdout);
    folder.change("journal/romashka.jsonl", |journal| journal.replacen("create_user", "update_user", 1));
    let verify = folder.run(&["log", "--verify"]);
    assert_eq!(verify.code, 1, "{verify:?}");
    assert!(verify.stderr.contains("journal/romashka.jsonl:"), "{}", verify.stderr);
}

#[test]
fn schemas_completions_and_manual_pages_are_printed() {
    let folder = Folder::new();
    for arguments in [&["schema"][..], &["schema", "config"], &["schema", "tests"]] {
        let schema: serde_json::Value = serde_json::from_str(&folder.run(arguments).stdout).unwrap();
        assert!(schema["$schema"].as_str().unwrap().contains("draft-07"));
    }
    assert!(folder.run(&["completions", "bash"]).stdout.contains("shtat"));
    assert!(folder.run(&["man"]).stdout.contains(".TH"));
    assert_eq!(folder.run(&["man", "--out", "man"]).code, 0);
    assert!(folder.read("man/shtat-plan.1").contains("detailed"));
}

#[test]
fn init_writes_a_project_that_checks() {
    let folder = Folder::new();
    let made = folder.run(&[
        "-C",
        "fresh",
        "init",
        "--people",
        "../examples/romashka/people.csv",
        "--sandbox",
        "../examples/romashka/portal.json",
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(folder.read("fresh/rules/departments.yaml").contains("\"Проектный офис\": \"Проектный офис\""));
    assert!(folder.read("fresh/rules/email.yaml").contains("domain: romashka.example"));
    let check = folder.run(&["-C", "fresh", "check"]);
    assert_eq!(check.code, 0, "{check:?}");
    let again = folder.run(&["-C", "fresh", "init", "--people", "../examples/romashka/people.csv"]);
    assert_eq!(again.code, 1, "{again:?}");
}

#[test]
fn the_list_of_people_is_in_the_order_of_names_and_reads_in_excel() {
    let folder = Folder::new();
    let list = folder.run(&["people", "--format", "csv", "--as-of", "2026-11-24"]);
    assert_eq!(list.code, 0, "{list:?}");
    let rows: Vec<&str> =
        list.stdout.strip_prefix('\u{feff}').expect("a byte-order mark").split("\r\n").collect();
    let names: Vec<&str> = rows[1..].iter().filter_map(|row| row.split(';').nth(3)).collect();
    let expected =
        ["Белова Анна Игоревна", "Ёлкин Пётр Ильич", "Нечаев Филипп Егорович", "Орлова Майя Петровна"];
    assert_eq!(names[..4], expected, "{names:?}");
    assert!(rows[1..].iter().filter(|row| !row.is_empty()).all(|row| row.starts_with("new;")));
    let more =
        folder.run(&["people", "--matched", "--dismissed", "--format", "json", "--as-of", "2026-11-24"]);
    let states: std::collections::BTreeSet<String> =
        serde_json::from_str::<Vec<serde_json::Value>>(&more.stdout)
            .expect("JSON")
            .iter()
            .map(|row| row["state"].as_str().expect("a state").to_owned())
            .collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), ["dismissed", "matched", "new"]);
}

#[test]
fn a_person_is_explained_from_the_portal_and_from_a_plan() {
    let folder = Folder::new();
    let day = ["--as-of", "2026-11-24"];
    let live = folder.run(&[&["explain", "Смирнов Алексей Олегович"][..], &day].concat());
    assert_eq!(live.code, 0, "{live:?}");
    for words in [
        "a.smirnov@romashka.example: this plan gives it to somebody else",
        "aleksei.smirnov@romashka.example, which is free",
        "`consultants-stay`: the position is `Грузчик`, not `*консультант*`",
        "`Склад` is mapped to `Производство / Склад`",
    ] {
        assert!(live.stdout.contains(words), "`{words}` in:\n{}", live.stdout);
    }
    assert_eq!(folder.run(&[&["plan", "--out", "plan.json"][..], &day].concat()).code, 0);
    let saved = folder.run(&["explain", "p-0044", "--plan", "plan.json"]);
    assert!(
        saved.stdout.contains("create_user") && saved.stdout.contains("rules/email.yaml:9"),
        "{}",
        saved.stdout
    );
    let nobody = folder.run(&[&["explain", "Никто"][..], &day].concat());
    assert_eq!(nobody.code, 1, "{nobody:?}");
}
