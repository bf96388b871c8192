//! `shtat check --online`: the portal tried step by step, with a remedy for every failing point
//! (reference: REST, section 12). Reads only.

use serde_json::{Value, json};

use super::{
    Client, PortalError, PortalFault,
    batch::{self, Command, Reply},
    snapshot::{administrator, canary, check_addresses, check_canary, texts},
    wire,
};
use crate::model::Problem;

/// What the rules need of a portal beyond accounts and departments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Some policy invites to groups.
    pub groups: bool,
    /// The rules bind people of КЭДО.
    pub documents: bool,
}

/// One step of the check.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What was tried, in words.
    pub what: &'static str,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It works; a detail worth telling, possibly empty.
    Passed(String),
    /// The problem is an error where a plan could not be read, and a warning where something will
    /// not be managed.
    Failed(Problem),
    /// It could not be tried, and why.
    Skipped(String),
}

/// Scopes that every portal needs, and what for.
const SCOPES: [(&str, &str); 2] = [("user", "accounts"), ("department", "departments")];
/// Scopes that groups need.
const GROUP_SCOPES: [(&str, &str); 2] =
    [("sonet_group", "groups"), ("socialnetwork", "pending members of groups")];
/// Methods that are called, by what needs them.
const METHODS: [&str; 6] =
    ["user.get", "user.add", "user.update", "department.get", "department.add", "user.userfield.list"];
const GROUP_METHODS: [&str; 3] =
    ["sonet_group.get", "sonet_group.user.add", "socialnetwork.api.workgroup.get"];

impl Client {
    /// Tries everything that a plan and an apply will need. `tell` sees each step when it is
    /// done; the last ones are skipped where the portal cannot be reached at all.
    pub fn check(&self, needs: Needs, mut tell: impl FnMut(&Checked)) -> Vec<Checked> {
        let mut done = Vec::new();
        let mut add = |what, outcome| {
            let step = Checked { what, outcome };
            tell(&step);
            done.push(step);
        };
        let reached = self.wait(self.rest().read("server.time", json!({})));
        let stop = reached.as_ref().err().is_some_and(PortalError::ends_run);
        add("the portal answers", outcome(reached, |answer| Ok(wire::text(Some(&answer)))));
        if stop {
            add("everything else", Outcome::Skipped("the portal does not accept our calls".into()));
            return done;
        }
        for (what, outcome) in self.wait(self.main_steps(needs)) {
            add(what, outcome);
        }
        if needs.documents {
            for (what, outcome) in self.wait(self.document_steps()) {
                add(what, outcome);
            }
        }
        done
    }

    async fn main_steps(&self, needs: Needs) -> Vec<(&'static str, Outcome)> {
        let commands = main_commands(needs);
        let replies = match batch::run_all(self.rest(), &commands).await {
            Ok(replies) => replies,
            Err(error) => return vec![("reading several things at once", Outcome::Failed(failed(&error)))],
        };
        let answers = commands.iter().zip(replies).map(|(command, reply)| named(command.method, reply));
        let mut answers: Vec<Result<Value, PortalError>> = answers.collect();
        let methods = answers.split_off(7);
        let [profile, scope, fields, custom, departments, users, nobody] =
            answers.try_into().unwrap_or_else(|_| unreachable!("seven commands have seven answers"));
        vec![
            (
                "the owner of the access is an administrator",
                checked(profile, |v| administrator(&v).map(owner_text)),
            ),
            ("scopes", scopes(scope, needs)),
            ("methods", methods_outcome(&commands[7..], methods)),
            ("XML_ID can be read", checked(fields, |v| has_key_field(&v))),
            ("no custom field of users is mandatory", mandatory(custom)),
            ("departments can be read", departments_outcome(departments)),
            ("accounts can be read", checked(users, |v| accounts_text(&v))),
            ("filters are honoured", checked(nobody, |v| check_canary(&v).map(|()| String::new()))),
        ]
    }

    async fn document_steps(&self) -> Vec<(&'static str, Outcome)> {
        const COMPANIES: &str = "companies of КЭДО can be read";
        let Some(rest) = self.documents() else {
            let problem = Problem::error("the links of КЭДО cannot be read with this access")
                .cause("it answers a local application only, and a webhook is given")
                .hint("create a local application on the portal and fill `oauth` in shtat.yaml");
            return vec![(COMPANIES, Outcome::Failed(problem))];
        };
        let info = rest.read("app.info", json!({})).await;
        let list = rest.read("humanresources.hcmlink.company.list", json!({"limit": 1, "offset": 0})).await;
        let license = |v: Value| Ok(wire::text(v.get("LICENSE")));
        let lists = |v: Value| rows_text("humanresources.hcmlink.company.list", &v, "companies");
        // Errors both: no plan is made of rules that bind documents whose links cannot be read.
        vec![("the local application works", outcome(info, license)), (COMPANIES, outcome(list, lists))]
    }
}

fn main_commands(needs: Needs) -> Vec<Command> {
    let mut commands = vec![
        Command::new("profile", json!({})),
        Command::new("scope", json!({})),
        Command::new("user.fields", json!({})),
        Command::new("user.userfield.list", json!({"filter": {"MANDATORY": "Y"}})),
        Command::new("department.get", json!({"sort": "ID", "order": "ASC", "start": 0})),
        Command::new("user.get", json!({"sort": "ID", "order": "ASC", "ADMIN_MODE": true, "start": 0})),
        canary(),
    ];
    let used = METHODS.iter().chain(GROUP_METHODS.iter().filter(|_| needs.groups));
    commands.extend(used.map(|name| Command::new("method.get", json!({"name": name}))));
    commands
}

fn named(method: &str, reply: Reply) -> Result<Value, PortalError> {
    reply.map(|answer| answer.result).map_err(|fault| PortalError::new(method, fault))
}

fn outcome(
    answer: Result<super::answer::Answer, PortalError>,
    read: impl FnOnce(Value) -> Result<String, PortalError>,
) -> Outcome {
    checked(answer.map(|answer| answer.result), read)
}

fn checked(
    answer: Result<Value, PortalError>,
    read: impl FnOnce(Value) -> Result<String, PortalError>,
) -> Outcome {
    match answer.and_then(read) {
        Ok(detail) => Outcome::Passed(detail),
        Err(error) => Outcome::Failed(failed(&error)),
    }
}

/// The sentence of a step is its own; the portal's name stands above them all.
fn failed(error: &PortalError) -> Problem {
    let known = error.problem("");
    Problem { what: format!("{} failed", error.method), cause: Some(error.fault.to_string()), ..known }
}

/// Turns a failure into a warning: a plan can be made without it.
fn not_managed(outcome: Outcome, what: &str) -> Outcome {
    let Outcome::Failed(problem) = outcome else { return outcome };
    let cause = problem.cause.clone().unwrap_or_default();
    let warning = Problem::warning(format!("{what} will not be managed")).cause(cause);
    Outcome::Failed(problem.hints.into_iter().fold(warning, Problem::hint))
}

fn owner_text(owner: u64) -> String {
    format!("user {owner}")
}

fn scopes(answer: Result<Value, PortalError>, needs: Needs) -> Outcome {
    let granted = match answer {
        Ok(value) => texts(&value).unwrap_or_default(),
        Err(error) => return Outcome::Failed(failed(&error)),
    };
    let has = |scope: &str| granted.iter().any(|granted| granted == scope);
    let missing = |wanted: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> {
        wanted.iter().copied().filter(|(scope, _)| !has(scope)).collect()
    };
    let (mut always, groups) =
        (missing(&SCOPES), if needs.groups { missing(&GROUP_SCOPES) } else { Vec::new() });
    let list = |missing: &[(&str, &str)]| {
        missing.iter().map(|(scope, what)| format!("`{scope}` ({what})")).collect::<Vec<_>>().join(", ")
    };
    let hint = "edit the webhook or application on the portal and tick it";
    // The smaller scopes of users let a plan be made, but no account created or changed.
    let only_reads = !has("user") && (has("user_basic") || has("user_brief"));
    always.retain(|(scope, _)| !(only_reads && *scope == "user"));
    if !always.is_empty() {
        let all = [always, groups].concat();
        return Outcome::Failed(Problem::error(format!("a scope is missing: {}", list(&all))).hint(hint));
    }
    if only_reads {
        let what = "accounts cannot be created or changed: the scope `user` is missing";
        return Outcome::Failed(Problem::warning(what).hint(hint));
    }
    if !groups.is_empty() {
        let what = format!("groups will not be managed: a scope is missing: {}", list(&groups));
        return Outcome::Failed(Problem::warning(what).hint(hint));
    }
    if !has("user.userfield") {
        let problem = Problem::warning("the scope `user.userfield` is missing")
            .cause("a mandatory custom field, with which no account can be created, cannot be seen")
            .hint(hint);
        return Outcome::Failed(problem);
    }
    Outcome::Passed(granted.join(", "))
}

fn methods_outcome(commands: &[Command], answers: Vec<Result<Value, PortalError>>) -> Outcome {
    let absent: Vec<String> = commands
        .iter()
        .zip(answers)
        .filter(|(_, answer)| {
            // Who cannot even ask is told by the other steps.
            answer
                .as_ref()
                .is_ok_and(|v| !(wire::flag(v.get("isExisting")) && wire::flag(v.get("isAvailable"))))
        })
        .map(|(command, _)| wire::text(command.params.get("name")))
        .collect();
    if absent.is_empty() {
        return Outcome::Passed(String::new());
    }
    let read = |name: &String| name == "user.get" || name == "department.get";
    let what = format!("not available: {}", absent.join(", "));
    let problem = if absent.iter().any(read) { Problem::error(what) } else { Problem::warning(what) };
    Outcome::Failed(problem.hint("tick the scopes of these methods; a box may lack the module"))
}

fn has_key_field(fields: &Value) -> Result<String, PortalError> {
    if fields.get("XML_ID").is_some() {
        return Ok(String::new());
    }
    let hint = "give the access the full scope `user`; `user_brief` and `user_basic` are not enough";
    Err(PortalError::new(
        "user.fields",
        PortalFault::Access {
            code: String::new(),
            text: "XML_ID is not among the fields".into(),
            hint: hint.into(),
        },
    ))
}

/// A mandatory custom field makes every user.add fail, even with a value (reference: REST, 4.8).
fn mandatory(answer: Result<Value, PortalError>) -> Outcome {
    let rows = match answer {
        Ok(value) => wire::rows(&value).unwrap_or_default(),
        Err(error) => return not_managed(Outcome::Failed(failed(&error)), "custom fields"),
    };
    let is_mandatory = |row: &&crate::model::Row| wire::flag(row.get("MANDATORY"));
    let names: Vec<String> =
        rows.iter().filter(is_mandatory).map(|row| wire::text(row.get("FIELD_NAME"))).collect();
    if names.is_empty() {
        return Outcome::Passed(String::new());
    }
    let problem = Problem::warning(format!("no account can be created: mandatory: {}", names.join(", ")))
        .cause("the portal asks for the field at registration and does not let REST give it")
        .hint("make the field optional in the portal's settings of user fields");
    Outcome::Failed(problem)
}

fn departments_outcome(answer: Result<Value, PortalError>) -> Outcome {
    let rows = match answer {
        Ok(value) => wire::rows(&value).unwrap_or_default(),
        Err(error) => return Outcome::Failed(failed(&error)),
    };
    let tops =
        rows.iter().filter_map(wire::department).filter(|department| department.parent.is_none()).count();
    match tops {
        // Which ids department.add answers with shows only after a write; every new department is
        // looked up by its name, so both kinds of portals are safe.
        1 => Outcome::Passed("new ones are looked up after creation, whichever id is answered".into()),
        0 if rows.len() >= 50 => Outcome::Passed(String::new()),
        _ => Outcome::Failed(
            Problem::error(format!("{tops} departments without a parent, one is expected"))
                .hint("the portal's structure must have one top department"),
        ),
    }
}

fn accounts_text(value: &Value) -> Result<String, PortalError> {
    check_addresses(&wire::rows(value).unwrap_or_default())?;
    rows_text("user.get", value, "accounts")
}

fn rows_text(method: &str, value: &Value, what: &str) -> Result<String, PortalError> {
    let broken = || PortalError::new(method, PortalFault::Broken { cause: "not a list".into() });
    let rows = wire::rows(value).ok_or_else(broken)?;
    Ok(if rows.is_empty() { format!("no {what} yet") } else { String::new() })
}
