//! The client against the imitated portal: what it reads, in how many calls, and that it never
//! asks too fast.

mod portal_support;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex},
    time::Duration,
};

use portal_support::Quiet;
use serde_json::{Value, json};
use shtat::{
    model::{AccountId, AccountKind, DepartmentId, Edition, Email, GroupId},
    portal::{
        Access, Binding, Client, ClientOptions, GroupChoice, Listener, Needs, NewDepartment, NewUser, Notice,
        OAuthOptions, Outcome, PortalError, PortalFault, Rate, ReadPortal, SecretUrl, Tokens, WritePortal,
    },
    sandbox::{self, Options, PortalFile, Sandbox},
};

/// A portal of so many users: a tree of departments, two groups, a company of КЭДО.
fn company(users: usize) -> Value {
    let departments: Vec<Value> = (1..=70)
        .map(|id| match id {
            1 => json!({"ID": "1", "NAME": "Ромашка", "SORT": 500}),
            id => json!({"ID": id.to_string(), "NAME": format!("Отдел {id}"), "SORT": 500, "PARENT": "1"}),
        })
        .collect();
    let users: Vec<Value> = (1..=users)
        .map(|at| {
            // Ids have gaps, every seventh is dismissed, every fifth is a partner without department.
            let id = at * 3 - 2;
            let departments = if at % 5 == 0 { json!([]) } else { json!([1 + at % 70]) };
            json!({"ID": id.to_string(), "EMAIL": format!("user{id}@romashka.example"), "ACTIVE": at == 1 || at % 7 != 0,
                "XML_ID": format!("1c:p-{id}"), "NAME": "Анна", "UF_DEPARTMENT": departments})
        })
        .collect();
    json!({"format": "shtat-portal/1", "edition": "cloud", "owner": "1", "departments": departments, "users": users,
        "groups": [{"ID": "64", "NAME": "Проект Альфа", "IS_EXTRANET": "Y", "OWNER_ID": "1", "MEMBERS": [1, 4],
                    "INVITED_MEMBERS": [7]},
                   {"ID": "65", "NAME": "Прочее", "OWNER_ID": "1", "MEMBERS": [1]}],
        "documents": {"companies": [{"id": 1, "company": "org-001", "title": "Ромашка"}],
                      "persons": [{"id": 1, "company": "org-001", "person": "per-1", "userId": 4,
                                   "employees": [{"id": 1, "employee": "emp-1"}]}]}})
}

fn portal(file: &Value, faults: &[&str], rate: bool) -> Sandbox {
    let file = PortalFile::parse(&file.to_string(), "portal.json").unwrap();
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    sandbox::start(file, Options { rate: Some(rate), faults, ..Options::default() }).unwrap()
}

fn options(portal: &Sandbox) -> ClientOptions {
    let url = SecretUrl::parse(&portal.webhook_url()).unwrap();
    ClientOptions { rate: None, ..ClientOptions::new(Access::Webhook(url), Edition::Cloud) }
}

fn application(portal: &Sandbox) -> OAuthOptions {
    let tokens = portal.issue_tokens(1).unwrap();
    OAuthOptions {
        client_id: tokens.client_id,
        client_secret: tokens.client_secret.into(),
        tokens: Tokens::Held(tokens.answer),
        server: portal.base_url().parse().unwrap(),
    }
}

fn client(portal: &Sandbox) -> Client {
    Client::open(options(portal)).unwrap()
}

/// Asks a control endpoint, in the plainest way: it must not be counted.
fn control(portal: &Sandbox, name: &str) -> Value {
    let address = portal.base_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /sandbox/{name} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    serde_json::from_slice(&answer[at..]).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&answer)))
}

fn requests(portal: &Sandbox) -> Vec<Value> {
    control(portal, "requests").as_array().unwrap().clone()
}

/// Counts HTTP calls; commands inside a batch are none.
fn calls(portal: &Sandbox) -> usize {
    requests(portal).iter().filter(|row| row["batch"] == false).count()
}

fn refusals(portal: &Sandbox) -> usize {
    let text = |row: &Value| row["outcome"].as_str().unwrap_or_default().to_owned();
    requests(portal).iter().filter(|row| text(row).contains("QUERY_LIMIT_EXCEEDED")).count()
}

fn everything(portal: &Sandbox) -> Client {
    let documents = Some(application(portal));
    Client::open(ClientOptions { groups: GroupChoice::All, documents, ..options(portal) }).unwrap()
}

#[test]
fn reads_everybody_in_as_few_calls_as_promised() {
    for users in [1, 49, 50, 51, 2499, 2500, 2501, 5000, 7333] {
        let portal = portal(&company(users), &[], true);
        let snapshot = everything(&portal).snapshot(&Quiet).unwrap();
        assert_eq!(snapshot.accounts.len(), users);
        assert!(snapshot.accounts.is_sorted_by_key(|account| account.id));
        assert_eq!(snapshot.departments.len(), 70, "{users}");
        assert!(calls(&portal) <= users / 2500 + 12, "{users} users took {} calls", calls(&portal));
        assert!(requests(&portal).iter().all(|row| row["outcome"] == "ok"), "{users}");
    }
}

#[test]
fn reads_kinds_members_and_links() {
    let portal = portal(&company(20), &[], false);
    let snapshot = everything(&portal).snapshot(&Quiet).unwrap();
    let account = |id| snapshot.account(AccountId(id)).unwrap();
    assert!(account(1).active && !account(19).active);
    assert_eq!((account(1).kind, account(13).kind), (AccountKind::Employee, AccountKind::Extranet));
    assert_eq!((snapshot.owner, snapshot.admin), (Some(AccountId(1)), true));
    assert!(snapshot.scopes.contains(&"user".to_owned()));
    let alpha = &snapshot.groups[0];
    assert!(alpha.extranet);
    assert_eq!((&alpha.members, &alpha.invited), (&[1, 4].map(AccountId).into(), &[AccountId(7)].into()));
    let documents = snapshot.documents.unwrap();
    assert_eq!(documents.companies[0].code, "org-001");
    assert_eq!(documents.persons[0].account, Some(AccountId(4)));
}

#[test]
fn a_snapshot_as_a_file_reads_the_same() {
    let portal = portal(&company(120), &[], false);
    let client = everything(&portal);
    let file = client.portal_file(&Quiet).unwrap();
    let again = shtat::portal::PortalFile::parse(&file.to_json(), "snapshot.json").unwrap();
    assert_eq!(again.snapshot(), client.snapshot(&Quiet).unwrap());
    // And the sandbox takes it back.
    let second =
        sandbox::start(PortalFile::parse(&file.to_json(), "snapshot.json").unwrap(), Options::default());
    let second = second.unwrap();
    let rehearsal = everything(&second).snapshot(&Quiet).unwrap();
    assert_eq!(rehearsal.accounts.len(), 120);
    assert_eq!(
        (rehearsal.groups, rehearsal.departments),
        (again.snapshot().groups, again.snapshot().departments)
    );
}

#[test]
fn reads_only_the_groups_that_are_asked_for() {
    let portal = portal(&company(10), &[], false);
    let named = |names: &[&str]| {
        let groups = GroupChoice::Named(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
        let client = Client::open(ClientOptions { groups, ..options(&portal) }).unwrap();
        client.snapshot(&Quiet).unwrap().groups.iter().map(|group| group.id.0).collect::<Vec<_>>()
    };
    assert_eq!(named(&["проект  альфа", "Нет такой"]), [64]);
    assert!(named(&[]).is_empty());
}

#[test]
fn a_snapshot_survives_every_passing_fault() {
    for fault in
        ["error:user.get#1", "html:user.get#30", "lost-reply:batch#2", "moved#2", "refuse:department.get#1"]
    {
        let portal = portal(&company(3000), &[fault], false);
        let snapshot =
            everything(&portal).snapshot(&Quiet).unwrap_or_else(|error| panic!("{fault}: {error}"));
        assert_eq!((snapshot.accounts.len(), snapshot.departments.len()), (3000, 70), "{fault}");
    }
}

#[test]
fn a_method_that_worked_too_long_is_waited_for() {
    let portal = portal(&company(60), &["limit:department.get=2s"], false);
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let listener = Some(Listener::new(move |notice: &Notice| heard.lock().unwrap().push(notice.clone())));
    let client = Client::open(ClientOptions { listener, ..options(&portal) }).unwrap();
    assert_eq!(client.snapshot(&Quiet).unwrap().departments.len(), 70);
    let told = notices.lock().unwrap();
    assert!(
        told.iter()
            .any(|notice| matches!(notice, Notice::Waiting { why, .. } if why.contains("department.get")))
    );
}

/// A hundred calls fill any bucket; the client must see it coming.
#[test]
fn never_asks_too_fast() {
    let portal = portal(&company(10), &[], true);
    let rate = Some(Rate::default());
    let client = Client::open(ClientOptions { rate, ..options(&portal) }).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4u64 {
            let client = &client;
            scope.spawn(move || {
                (0..14).for_each(|_| drop(client.account(AccountId(1 + thread * 3)).unwrap()))
            });
        }
    });
    assert_eq!((calls(&portal), refusals(&portal)), (56, 0));
}

/// A box does not say how fast it may be asked: the first refusal does.
#[test]
fn a_box_that_refuses_is_asked_more_slowly_and_still_read() {
    let portal = portal(&company(10), &[], true);
    let client = client(&portal);
    for _ in 0..60 {
        client.account(AccountId(4)).unwrap();
    }
    assert!((1..=4).contains(&refusals(&portal)), "{}", refusals(&portal));
}

/// `--strict` turns every trap of the portal into an error: we step into none.
#[test]
fn steps_into_no_trap() {
    let file = PortalFile::parse(&company(130).to_string(), "portal.json").unwrap();
    let portal = sandbox::start(file, Options { strict: true, ..Options::default() }).unwrap();
    let client = everything(&portal);
    assert_eq!(client.snapshot(&Quiet).unwrap().accounts.len(), 130);
    client.accounts(&(1..130).map(AccountId).collect::<Vec<_>>()).unwrap();
    client.accounts_with_key("1c:p-19").unwrap();
    client.accounts_with_email(&Email::parse("User19@Romashka.example").unwrap()).unwrap();
    client.departments_named(DepartmentId(1), "Отдел 7").unwrap();
    client.group(GroupId(64)).unwrap();
    client.check(Needs { groups: true, documents: true }, |_| {});
    assert!(requests(&portal).iter().all(|row| row["outcome"] == "ok"), "{:?}", requests(&portal));
}

#[test]
fn finds_accounts_and_departments() {
    let portal = portal(&company(200), &[], false);
    let client = client(&portal);
    assert!(!client.account(AccountId(19)).unwrap().unwrap().active);
    assert_eq!(client.account(AccountId(2)).unwrap(), None);
    let ids: Vec<AccountId> = (0..200).map(|at| AccountId(at * 3 + 1)).collect();
    assert_eq!(client.accounts(&ids).unwrap().len(), 200);
    assert_eq!(client.accounts(&[]).unwrap(), []);
    assert_eq!(client.accounts_with_key("1c:p-19").unwrap()[0].id, AccountId(19));
    assert_eq!(client.accounts_with_key("1c:p-").unwrap(), []);
    let email = Email::parse("User19@Romashka.example").unwrap();
    assert_eq!(client.accounts_with_email(&email).unwrap()[0].id, AccountId(19));
    assert_eq!(client.departments_named(DepartmentId(1), "Отдел 7").unwrap()[0].id, DepartmentId(7));
    assert_eq!(client.departments_named(DepartmentId(7), "Отдел 7").unwrap(), []);
    assert_eq!(client.group(GroupId(64)).unwrap().unwrap().invited, [AccountId(7)].into());
    assert_eq!(client.group(GroupId(99)).unwrap(), None);
}

fn newcomer(email: &str) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("EMAIL".to_owned(), json!(email)),
        ("XML_ID".to_owned(), json!("1c:new")),
        ("NAME".to_owned(), json!("Ольга")),
        ("LAST_NAME".to_owned(), json!("Орлова")),
        ("WORK_PHONE".to_owned(), json!(101)),
        ("PERSONAL_BIRTHDAY".to_owned(), json!("1990-05-01")),
        ("UF_DEPARTMENT".to_owned(), json!([5, 12])),
    ])
}

#[test]
fn writes_what_reads_back() {
    let portal = portal(&company(10), &[], false);
    let client = client(&portal);
    let user =
        NewUser {
            fields: newcomer("o@romashka.example"), extranet_groups: None, message: Some("Да".into())
        };
    let id = client.add_user(&user).unwrap();
    let account = client.account(id).unwrap().unwrap();
    assert_eq!(account.departments, [DepartmentId(5), DepartmentId(12)]);
    assert_eq!(
        (account.field("WORK_PHONE"), account.field("PERSONAL_BIRTHDAY")),
        (&json!("101"), &json!("1990-05-01"))
    );
    let fired = BTreeMap::from([("ACTIVE".to_owned(), json!(false)), ("WORK_PHONE".to_owned(), json!(null))]);
    client.update_user(id, &fired).unwrap();
    let account = client.account(id).unwrap().unwrap();
    assert!(!account.active && account.field("WORK_PHONE").as_str().unwrap_or_default().is_empty());

    let partner = NewUser {
        fields: BTreeMap::from([("EMAIL".to_owned(), json!("p@partner.example"))]),
        extranet_groups: Some(vec![GroupId(64)]),
        message: None,
    };
    let partner = client.add_user(&partner).unwrap();
    assert_eq!(client.account(partner).unwrap().unwrap().kind, AccountKind::Extranet);
    assert!(client.group(GroupId(64)).unwrap().unwrap().invited.contains(&partner));
    client.add_to_group(GroupId(65), AccountId(4)).unwrap();
    assert!(client.group(GroupId(65)).unwrap().unwrap().members.contains(&AccountId(4)));
    assert_eq!(control(&portal, "outbox").as_array().unwrap().len(), 2);
}

#[test]
fn a_taken_address_is_refused_without_naming_it() {
    let portal = portal(&company(10), &[], false);
    let user = NewUser { fields: newcomer("user4@romashka.example"), extranet_groups: None, message: None };
    let error = client(&portal).add_user(&user).unwrap_err();
    assert!(matches!(error.fault, PortalFault::Refused { .. }), "{error}");
    assert!(!error.to_string().contains("user4@"), "{error}");
}

#[test]
fn a_new_department_is_found_under_the_id_that_accounts_use() {
    for split in [false, true] {
        let mut file = company(10);
        file["options"] = json!({"split_ids": split});
        let portal = portal(&file, &[], false);
        let client = client(&portal);
        let new = NewDepartment { name: "Лаборатория".into(), parent: DepartmentId(5) };
        client.add_department(&new).unwrap();
        let found = client.departments_named(DepartmentId(5), "Лаборатория").unwrap();
        assert_eq!(found.len(), 1);
        client
            .update_user(AccountId(4), &BTreeMap::from([("UF_DEPARTMENT".to_owned(), json!([found[0].id]))]))
            .unwrap();
        let snapshot = client.snapshot(&Quiet).unwrap();
        let department = snapshot.account(AccountId(4)).unwrap().departments[0];
        assert_eq!(snapshot.department(department).unwrap().name, "Лаборатория", "split_ids {split}");
    }
}

#[test]
fn binds_people_with_a_local_application_only() {
    let portal = portal(&company(10), &[], false);
    let binding = Binding {
        company: "org-001".into(),
        person: "per-2".into(),
        employee: "emp-2".into(),
        account: AccountId(7),
        last_name: "Орлова".into(),
        first_name: "Анна".into(),
        patronymic: String::new(),
        position: None,
    };
    let error = client(&portal).bind_documents(&binding).unwrap_err();
    assert!(matches!(&error.fault, PortalFault::Access { code, .. } if code == "WRONG_AUTH_TYPE"), "{error}");
    assert_eq!(client(&portal).snapshot(&Quiet).unwrap().documents, None);
    let client = everything(&portal);
    client.bind_documents(&binding).unwrap();
    let bound = client.documents_persons("org-001").unwrap();
    assert_eq!(
        bound.iter().map(|person| person.account).collect::<Vec<_>>(),
        [4, 7].map(|id| Some(AccountId(id)))
    );
}

#[test]
fn people_of_documents_are_read_whole_once_and_then_by_what_has_changed() {
    let mut company = company(10);
    company["documents"]["persons"] = (0..2500)
        .map(|at| {
            json!({"id": at + 1, "company": "org-001", "person": format!("per-{at}"), "userId": 4, "title": "Орлова Анна",
                   "employees": [{"id": at + 1, "employee": format!("emp-{at}"), "data": {"position": "Инженер"}}],
                   "updatedAt": "2026-07-14T08:15:00+03:00"})
        })
        .collect();
    // One row is newer than the rest, so asking since then is not asking for everything.
    company["documents"]["persons"][7]["updatedAt"] = json!("2026-08-01T08:15:00+03:00");
    let portal = portal(&company, &[], false);
    let client = everything(&portal);
    assert_eq!(client.documents_persons("org-001").unwrap().len(), 2500);
    let binding = Binding {
        company: "org-001".into(),
        person: "per-3".into(),
        employee: "emp-3".into(),
        account: AccountId(7),
        last_name: "Орлова".into(),
        first_name: "Анна".into(),
        patronymic: String::new(),
        position: None,
    };
    client.bind_documents(&binding).unwrap();
    let before = calls(&portal);
    let bound = client.documents_persons("org-001").unwrap();
    assert_eq!(calls(&portal) - before, 1, "one page of changes");
    assert_eq!(bound.len(), 2500);
    let person = bound.iter().find(|person| person.person == "per-3").unwrap();
    assert_eq!(person.account, Some(AccountId(7)));
}

#[test]
fn an_expired_token_and_a_move_are_survived_by_writes_too() {
    for faults in [["expire-token#2", "moved#3"], ["moved#1", "expire-token#1"]] {
        let portal = portal(&company(10), &faults, false);
        let access = Access::OAuth(application(&portal));
        let client = Client::open(ClientOptions { access, ..options(&portal) }).unwrap();
        for at in 0..4 {
            let name = BTreeMap::from([("NAME".to_owned(), json!(format!("Анна {at}")))]);
            client.update_user(AccountId(4), &name).unwrap_or_else(|error| panic!("{faults:?}: {error}"));
        }
        assert_eq!(client.account(AccountId(4)).unwrap().unwrap().field("NAME"), "Анна 3");
    }
}

#[test]
fn a_lost_answer_is_told_as_lost_and_the_write_is_not_repeated() {
    for (fault, lost) in
        [("lost-reply:user.update#1", true), ("error:user.update#1", true), ("refuse:user.update#1", false)]
    {
        let portal = portal(&company(10), &[fault], false);
        let error: PortalError = client(&portal)
            .update_user(AccountId(4), &BTreeMap::from([("NAME".to_owned(), json!("Я"))]))
            .unwrap_err();
        assert_eq!(matches!(error.fault, PortalFault::Lost { .. }), lost, "{fault}: {error}");
        assert_eq!(calls(&portal), 1, "{fault}");
    }
}

#[test]
fn an_access_that_ended_says_so() {
    let portal = portal(&company(10), &[], false);
    let client = client(&portal);
    client.update_user(AccountId(1), &BTreeMap::from([("ACTIVE".to_owned(), json!(false))])).unwrap();
    let error = client.account(AccountId(4)).unwrap_err();
    assert!(
        matches!(&error.fault, PortalFault::Access { code, .. } if code == "authorization_error"),
        "{error}"
    );
    assert!(error.ends_run());
}

fn failures(portal: &Sandbox, needs: Needs) -> BTreeMap<&'static str, bool> {
    let options = ClientOptions { timeout: Duration::from_secs(10), ..options(portal) };
    let done = Client::open(options).unwrap().check(needs, |_| {});
    assert!(done.len() >= 2);
    let failed = done.into_iter().filter_map(|step| match step.outcome {
        Outcome::Failed(problem) => {
            assert!(!problem.hints.is_empty(), "{problem:?}");
            Some((step.what, problem.is_error()))
        }
        Outcome::Passed(_) | Outcome::Skipped(_) => None,
    });
    failed.collect()
}

#[test]
fn the_check_names_what_is_missing_and_what_it_costs() {
    let all = Needs { groups: true, documents: false };
    assert_eq!(failures(&portal(&company(10), &[], false), all), BTreeMap::new());

    let mut file = company(10);
    file["scopes"] = json!(["user", "department", "user.userfield"]);
    let missing = failures(&portal(&file, &[], false), all);
    assert_eq!(missing.get("scopes"), Some(&false));
    file["scopes"] = json!(["department"]);
    assert_eq!(failures(&portal(&file, &[], false), all).get("scopes"), Some(&true));

    let mut file = company(10);
    file["admin"] = json!(false);
    assert_eq!(
        failures(&portal(&file, &[], false), all).get("the owner of the access is an administrator"),
        Some(&true)
    );

    let mut file = company(10);
    file["userfields"] =
        json!([{"ID": "1", "FIELD_NAME": "UF_USR_SNILS", "USER_TYPE_ID": "string", "MANDATORY": "Y"}]);
    assert_eq!(
        failures(&portal(&file, &[], false), all).get("no custom field of users is mandatory"),
        Some(&false)
    );

    let documents = Needs { groups: false, documents: true };
    assert_eq!(
        failures(&portal(&company(10), &[], false), documents),
        [("companies of КЭДО can be read", true)].into(),
        "no plan can be made of rules that bind documents"
    );
}

#[test]
fn an_access_that_reads_but_may_not_write_is_a_warning_and_one_that_hides_addresses_an_error() {
    let with = |scopes: &[&str]| {
        let mut file = company(10);
        file["scopes"] = json!(scopes);
        let portal = portal(&file, &[], false);
        (failures(&portal, Needs::default()), client(&portal).snapshot(&Quiet))
    };
    let (basic, read) = with(&["user_basic", "department"]);
    assert_eq!(basic.get("scopes"), Some(&false));
    assert!(basic.values().all(|is_error| !is_error), "{basic:?}");
    assert_eq!(read.unwrap().accounts.len(), 10);

    let (brief, read) = with(&["user_brief", "department"]);
    assert_eq!(brief.get("accounts can be read"), Some(&true));
    let error = read.unwrap_err();
    assert!(matches!(error.fault, PortalFault::Access { .. }), "{error}");
}

#[test]
fn groups_without_their_scope_are_left_out_and_told() {
    let mut file = company(10);
    file["scopes"] = json!(["user", "department"]);
    let portal = portal(&file, &[], false);
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let listener = Some(Listener::new(move |notice: &Notice| heard.lock().unwrap().push(notice.clone())));
    let client =
        Client::open(ClientOptions { listener, groups: GroupChoice::All, ..options(&portal) }).unwrap();
    assert_eq!(client.snapshot(&Quiet).unwrap().groups, []);
    let told = notices.lock().unwrap();
    assert!(
        told.iter().any(|notice| matches!(notice, Notice::NotRead { what, .. } if what == "groups")),
        "{told:?}"
    );
}
