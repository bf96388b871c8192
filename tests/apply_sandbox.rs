//! Every point, over HTTP: the same rich apply against the imitated portal, whose faults strike
//! each write and each call; a time-out, a moved portal and an expired token among them.

mod apply_support;

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use apply_support::{
    control::control,
    fake::World,
    rich,
    striking::{Doors, Fate, Quiet},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use shtat::{
    apply::{Journal, Options, Outcome, State, run, verify},
    model::{Account, AccountId, Department, DepartmentId, DocumentsPerson, Edition, Group, GroupId, Plan},
    portal::{Access, Client, ClientOptions, GroupChoice, OAuthOptions, Tokens},
    sandbox::{self, Sandbox},
};

/// How long a call may take here. Calls that are slow take longer.
const TIMEOUT: Duration = Duration::from_millis(700);
const SLOW: &str = "900ms";

/// The portal of [`rich::world`] as a portal file.
fn portal_file(world: &World) -> String {
    let users: Vec<&Value> = Vec::new();
    let mut file = json!({"format": "shtat-portal/1", "edition": "cloud", "owner": "1", "users": users,
        "departments": [{"ID": "1", "NAME": "Ромашка", "SORT": 500}],
        "documents": {"companies": [{"id": 1, "company": "romashka-hr", "crmCompanyId": 1, "title": "Ромашка"}],
                      "persons": []}});
    file["users"] = world.rows.values().map(|row| json!(row)).collect();
    file["groups"] = world
        .groups
        .iter()
        .map(|group| {
            json!({"ID": group.id.to_string(), "NAME": group.name, "IS_EXTRANET": "Y", "OWNER_ID": "1",
                   "ACTIVE": "Y", "MEMBERS": [1], "MODERATORS": [], "INVITED_MEMBERS": []})
        })
        .collect();
    file.to_string()
}

fn start(faults: &[String]) -> Sandbox {
    let file = sandbox::PortalFile::parse(&portal_file(&rich::world()), "portal.json").unwrap();
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    sandbox::start(file, sandbox::Options { rate: Some(false), faults, ..sandbox::Options::default() })
        .unwrap()
}

fn client(sandbox: &Sandbox) -> Client {
    let tokens = sandbox.issue_tokens(1).unwrap();
    let application = OAuthOptions {
        client_id: tokens.client_id,
        client_secret: SecretString::from(tokens.client_secret),
        tokens: Tokens::Held(tokens.answer),
        server: sandbox.base_url().parse().unwrap(),
    };
    let mut options = ClientOptions::new(Access::OAuth(application.clone()), Edition::Cloud);
    options.documents = Some(application);
    options.timeout = TIMEOUT;
    options.rate = None;
    options.groups = GroupChoice::All;
    Client::open(options).unwrap()
}

/// The portal's end, in the words of [`World::picture`].
fn picture(sandbox: &Sandbox, cells: &Doors) -> Value {
    let state = control(sandbox.base_url(), None, "state");
    let mut world = World::default();
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0);
    for row in state["users"].as_array().unwrap() {
        let mut row: shtat::model::Row = serde_json::from_value(row.clone()).unwrap();
        row.retain(|field, _| {
            !["LAST_LOGIN", "DATE_REGISTER", "TIMESTAMP_X", "LAST_ACTIVITY_DATE"].contains(&field.as_str())
        });
        let id = number(&row["ID"]);
        world.logins.insert(id, row.get("LOGIN").unwrap_or(&row["EMAIL"]).as_str().unwrap().to_lowercase());
        world.rows.insert(id, row);
    }
    for row in state["departments"].as_array().unwrap() {
        world.departments.push(Department {
            id: DepartmentId(number(&row["ID"])),
            name: row["NAME"].as_str().unwrap().to_owned(),
            parent: row.get("PARENT").map(number).filter(|id| *id > 0).map(DepartmentId),
            head: None,
        });
    }
    for row in state["groups"].as_array().unwrap() {
        let ids = |field: &str| {
            row[field].as_array().into_iter().flatten().map(|id| AccountId(number(id))).collect()
        };
        world.groups.push(Group {
            id: GroupId(number(&row["ID"])),
            name: row["NAME"].as_str().unwrap().to_owned(),
            extranet: true,
            members: ids("MEMBERS"),
            invited: ids("INVITED_MEMBERS"),
        });
    }
    for row in state["documents"]["persons"].as_array().unwrap() {
        let employees = row["employees"].as_array().unwrap().iter();
        world.bonds.push(DocumentsPerson {
            company: row["company"].as_str().unwrap().to_owned(),
            person: row["person"].as_str().unwrap().to_owned(),
            account: Some(AccountId(number(&row["userId"]))),
            employees: employees.map(|known| known["employee"].as_str().unwrap().to_owned()).collect(),
        });
    }
    for mail in control(sandbox.base_url(), None, "outbox").as_array().unwrap() {
        world.outbox.push(format!(
            "{} {}",
            mail["email"].as_str().unwrap(),
            mail["message"].as_str().unwrap_or("")
        ));
    }
    world.cells = cells.shared().world.cells.clone();
    let _: Vec<Account> = world.accounts();
    world.picture()
}

/// Applies the plan until it is quiet.
fn tell(faults: &[String]) -> (Value, Value) {
    let sandbox = start(faults);
    let client = client(&sandbox);
    let cells = Doors::new(rich::world(), Fate::None);
    let plan = rich::plan();
    let folder = tempfile::tempdir().unwrap();
    let mut outcomes = Vec::new();
    for _ in 0..8 {
        let outcome = apply(&plan, &client, &cells, &sandbox, folder.path());
        outcomes.push(outcome);
        assert_ne!(outcome, Outcome::Stale, "{faults:?}");
        if outcome == Outcome::Done {
            assert_eq!(verify(folder.path(), "main").unwrap().1, [], "{faults:?}");
            return (picture(&sandbox, &cells), control(sandbox.base_url(), None, "requests"));
        }
    }
    panic!("{faults:?}: never quiet: {outcomes:?}");
}

fn apply(plan: &Plan, client: &Client, cells: &Doors, sandbox: &Sandbox, folder: &Path) -> Outcome {
    let cancel = AtomicBool::new(false);
    let mut options = Options::new(TIMEOUT, &cancel);
    options.second_look = Duration::from_millis(400);
    options.busy_pause = Duration::from_millis(20);
    let mut journal = Journal::open(folder, "main").unwrap();
    let report = run(plan, client, cells, &mut journal, &options, &Quiet);
    for line in report.lines.iter().filter(|line| matches!(line.state, State::ByHand(_))) {
        let step = plan.steps.iter().find(|step| step.id == line.step).unwrap();
        let asked = step.instructions.as_ref().unwrap();
        control(sandbox.base_url(), Some(&json!({"from": asked.from, "to": asked.to})), "passport");
        journal.confirm(step).unwrap();
    }
    report.outcome
}

/// The faultless end, and the calls it took.
fn quiet() -> (Value, Vec<String>) {
    let (picture, requests) = tell(&[]);
    let text = picture.to_string();
    for trace in
        ["Главный бухгалтер", "a.orlova@romashka.example Добро пожаловать!", "leaver@private.example", "e-20"]
    {
        assert!(text.contains(trace), "{trace} is missing in {text}");
    }
    let methods = requests.as_array().unwrap().iter();
    (picture, methods.map(|row| row["method"].as_str().unwrap().to_owned()).collect())
}

fn strike_all(quiet: &Value, faults: &[String]) {
    let next = AtomicUsize::new(0);
    let failed = Arc::new(Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if tell(std::slice::from_ref(fault)).0 != *quiet {
                        failed.lock().unwrap().push(fault.clone());
                    }
                }
            });
        }
    });
    assert_eq!(*failed.lock().unwrap(), [""; 0], "ended otherwise than without a fault");
}

fn is_write(method: &str) -> bool {
    [
        "user.add",
        "user.update",
        "department.add",
        "sonet_group.user.add",
        "humanresources.hcmlink.employee.set",
    ]
    .contains(&method)
}

#[test]
fn every_write_struck_in_every_way() {
    let (quiet, calls) = quiet();
    let mut counts = std::collections::BTreeMap::<&str, u32>::new();
    let mut faults = Vec::new();
    for method in calls.iter().map(String::as_str).filter(|method| is_write(method)) {
        let number = counts.entry(method).or_default();
        *number += 1;
        for kind in ["lost-reply", "refuse", "error", "html"] {
            faults.push(format!("{kind}:{method}#{number}"));
        }
        faults.push(format!("slow:{method}#{number}={SLOW}"));
    }
    assert!(faults.len() > 60, "only {} cases", faults.len());
    strike_all(&quiet, &faults);
}

#[test]
fn moved_and_expired_at_every_call() {
    let (quiet, calls) = quiet();
    let around_writes = (1..=calls.len()).filter(|at| at % 3 == 0 || is_write(&calls[at - 1]));
    let faults: Vec<String> =
        around_writes.flat_map(|at| [format!("moved#{at}"), format!("expire-token#{at}")]).collect();
    strike_all(&quiet, &faults);
}
