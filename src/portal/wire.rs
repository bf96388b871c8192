//! How the portal spells what it holds: the only place that knows.
//!
//! Reads what documentation and real answers show: numbers as strings, an empty map as `[]`,
//! a missing list as `false`, truth as `true`, `"Y"` or `"1"`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Binding, NewUser};
use crate::model::{
    Account, AccountId, AccountKind, Department, DepartmentId, DocumentsCompany, DocumentsPerson, Email,
    Group, GroupId, Row,
};

/// Fields that change by themselves, or come as `{}` in one call and as text in another: no state.
const VOLATILE: [&str; 3] = ["TIMESTAMP_X", "LAST_ACTIVITY_DATE", "IS_ONLINE"];
/// Fields that hold a day and come as its midnight.
const DAYS: [&str; 2] = ["PERSONAL_BIRTHDAY", "UF_EMPLOYMENT_DATE"];
/// Account kinds by USER_TYPE that are people of a company; all others are never ours.
const PEOPLE: [&str; 3] = ["", "employee", "extranet"];

/// Reads a number that may be spelled as text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Reads a text; numbers count, everything else is empty.
pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Reads truth.
pub(crate) fn flag(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => matches!(text.as_str(), "Y" | "y" | "1" | "true"),
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    }
}

/// Reads ids, in order and each once; `false`, null, `[]` and zeros are none.
pub(crate) fn ids(value: Option<&Value>) -> Vec<u64> {
    let all: Vec<&Value> = match value {
        Some(Value::Array(values)) => values.iter().collect(),
        Some(Value::Object(map)) => map.values().collect(),
        Some(single) => vec![single],
        None => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    all.into_iter().filter_map(number).filter(|id| *id > 0 && seen.insert(*id)).collect()
}

/// Reads rows out of a result; an empty map comes as `[]`.
pub(crate) fn rows(result: &Value) -> Option<Vec<Row>> {
    match result {
        Value::Array(rows) => rows.iter().map(row).collect(),
        Value::Object(map) => map.values().map(row).collect(),
        _ => None,
    }
}

/// Reads one row.
pub(crate) fn row(value: &Value) -> Option<Row> {
    value.as_object().map(|map| map.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Reads the `ID` of a row.
pub(crate) fn id(row: &Row) -> Option<u64> {
    row.get("ID").and_then(number).filter(|id| *id > 0)
}

/// Reads a user. None where the row has no id.
pub(crate) fn account(mut row: Row) -> Option<Account> {
    let id = AccountId(id(&row)?);
    let active = row.get("ACTIVE").is_none_or(|active| flag(Some(active)));
    let departments: Vec<DepartmentId> =
        ids(row.get("UF_DEPARTMENT")).into_iter().map(DepartmentId).collect();
    row.retain(|name, value| !VOLATILE.contains(&name.as_str()) && !value.is_null());
    row.iter_mut().for_each(|(name, value)| day_only(name, value));
    row.insert("ID".into(), json!(id.to_string()));
    row.insert("ACTIVE".into(), json!(active));
    row.insert("UF_DEPARTMENT".into(), json!(departments));
    Some(Account {
        id,
        xml_id: Some(text(row.get("XML_ID"))).filter(|key| !key.is_empty()),
        email: Email::parse(&text(row.get("EMAIL"))).ok(),
        active,
        kind: kind(&text(row.get("USER_TYPE")), &departments),
        departments,
        row,
    })
}

/// USER_TYPE is computed by the portal from UF_DEPARTMENT, but for special kinds of accounts
/// (reference: REST, 4.4).
fn kind(user_type: &str, departments: &[DepartmentId]) -> AccountKind {
    match (PEOPLE.contains(&user_type), departments.is_empty()) {
        (false, _) => AccountKind::Other,
        (true, true) => AccountKind::Extranet,
        (true, false) => AccountKind::Employee,
    }
}

/// Cuts the midnight off a field that holds a day: `1990-05-01T00:00:00+03:00`.
fn day_only(name: &str, value: &mut Value) {
    if !DAYS.contains(&name) && !name.starts_with("UF_USR_") {
        return;
    }
    if let Some((day, "00:00:00")) = value.as_str().and_then(|text| text.get(..19)?.split_once('T')) {
        *value = json!(day);
    }
}

/// Reads a department. None where the row has no id.
pub(crate) fn department(row: &Row) -> Option<Department> {
    let reference = |name: &str| row.get(name).and_then(number).filter(|id| *id > 0);
    Some(Department {
        id: DepartmentId(id(row)?),
        name: text(row.get("NAME")),
        parent: reference("PARENT").map(DepartmentId),
        head: reference("UF_HEAD").map(AccountId),
    })
}

/// Reads a group with its members: a row of sonet_group.get with the lists of workgroup.get.
pub(crate) fn group(row: &Row) -> Option<Group> {
    let accounts = |name: &str| ids(row.get(name)).into_iter().map(AccountId).collect::<BTreeSet<_>>();
    let mut members = accounts("MEMBERS");
    for role in ["OWNER_ID", "MODERATORS", "MODERATOR_MEMBERS", "ORDINARY_MEMBERS"] {
        members.extend(accounts(role));
    }
    Some(Group {
        id: GroupId(id(row)?),
        name: text(row.get("NAME")),
        extranet: flag(row.get("IS_EXTRANET")),
        members,
        invited: accounts("INVITED_MEMBERS"),
    })
}

/// Reads a row of hcmlink.company.list.
pub(crate) fn documents_company(row: &Row) -> Option<DocumentsCompany> {
    let code = text(row.get("company"));
    (!code.is_empty()).then(|| DocumentsCompany { code, title: text(row.get("title")) })
}

/// Reads a row of hcmlink.employee.list; `userId` 0 is bound to nobody.
pub(crate) fn documents_person(row: &Row) -> Option<DocumentsPerson> {
    let (company, person) = (text(row.get("company")), text(row.get("person")));
    let employees = row.get("employees").and_then(rows).unwrap_or_default();
    (!company.is_empty() && !person.is_empty()).then(|| DocumentsPerson {
        company,
        person,
        account: row.get("userId").and_then(number).filter(|id| *id > 0).map(AccountId),
        employees: employees
            .iter()
            .map(|row| text(row.get("employee")))
            .filter(|code| !code.is_empty())
            .collect(),
    })
}

/// Writes a department as department.get returns it.
pub(crate) fn department_row(department: &Department) -> Row {
    let mut row = Row::from([
        ("ID".to_owned(), json!(department.id.to_string())),
        ("NAME".to_owned(), json!(department.name)),
        ("SORT".to_owned(), json!(500)),
    ]);
    row.extend(department.parent.map(|parent| ("PARENT".to_owned(), json!(parent.to_string()))));
    row.extend(department.head.map(|head| ("UF_HEAD".to_owned(), json!(head.to_string()))));
    row
}

/// Writes a group as sonet_group.get and workgroup.get return it.
pub(crate) fn group_row(group: &Group) -> Row {
    Row::from([
        ("ID".to_owned(), json!(group.id.to_string())),
        ("NAME".to_owned(), json!(group.name)),
        ("IS_EXTRANET".to_owned(), json!(if group.extranet { "Y" } else { "N" })),
        ("MEMBERS".to_owned(), json!(group.members)),
        ("INVITED_MEMBERS".to_owned(), json!(group.invited)),
    ])
}

/// Writes a company as hcmlink.company.list returns it.
pub(crate) fn documents_company_row(company: &DocumentsCompany) -> Row {
    Row::from([("company".to_owned(), json!(company.code)), ("title".to_owned(), json!(company.title))])
}

/// Writes a person as hcmlink.employee.list returns it.
pub(crate) fn documents_person_row(person: &DocumentsPerson) -> Row {
    let employees: Vec<Value> = person.employees.iter().map(|code| json!({"employee": code})).collect();
    Row::from([
        ("company".to_owned(), json!(person.company)),
        ("person".to_owned(), json!(person.person)),
        ("userId".to_owned(), json!(person.account.map_or(0, |account| account.0))),
        ("employees".to_owned(), json!(employees)),
    ])
}

/// Spells fields of a user for user.add and user.update.
pub(crate) fn user_fields(fields: &BTreeMap<String, Value>) -> Map<String, Value> {
    fields.iter().map(|(name, value)| (name.clone(), sent(name, value))).collect()
}

/// Spells a user to add.
pub(crate) fn new_user(user: &NewUser) -> Value {
    let mut fields = user_fields(&user.fields);
    if let Some(groups) = &user.extranet_groups {
        fields.remove("UF_DEPARTMENT");
        fields.insert("EXTRANET".into(), json!("Y"));
        fields.insert("SONET_GROUP_ID".into(), json!(groups));
    }
    if let Some(message) = &user.message {
        fields.insert("MESSAGE_TEXT".into(), json!(message));
    }
    Value::Object(fields)
}

/// Spells a binding. The portal rebuilds the title from the names each time, and drops empty ones.
pub(crate) fn binding(binding: &Binding) -> Value {
    let Binding { company, person, employee, account, last_name, first_name, patronymic, position } = binding;
    let mut data = json!({"firstName": first_name, "lastName": last_name, "patronymicName": patronymic});
    if let Some(position) = position {
        data["position"] = json!(position);
    }
    json!({"company": company, "data": [{"employee": employee, "person": person, "userId": account, "data": data}]})
}

/// Spells one value. user.add refuses numbers in WORK_ and PERSONAL_ fields, an empty text clears
/// a field, and any text but N would activate an account.
fn sent(name: &str, value: &Value) -> Value {
    match value {
        Value::Bool(yes) => json!(if *yes { "Y" } else { "N" }),
        Value::Null if name == "UF_DEPARTMENT" => json!([]),
        Value::Null => json!(""),
        Value::Number(number) if name != "UF_DEPARTMENT" => json!(number.to_string()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Account {
        account(row(&value).unwrap()).unwrap()
    }

    #[test]
    fn reads_a_user_as_documented() {
        let account = read(json!({"ID": "42", "XML_ID": "emp-0001", "ACTIVE": true, "NAME": "Olga",
            "EMAIL": "O.Orlova@example.com", "TIMESTAMP_X": {}, "LAST_ACTIVITY_DATE": {}, "IS_ONLINE": "N",
            "PERSONAL_BIRTHDAY": "1990-05-01T00:00:00+03:00", "UF_DEPARTMENT": [5, 12],
            "USER_TYPE": "employee", "LAST_LOGIN": ""}));
        assert_eq!(account.id, AccountId(42));
        assert_eq!(account.xml_id.as_deref(), Some("emp-0001"));
        assert_eq!(account.email.as_ref().unwrap().as_str(), "O.Orlova@example.com");
        assert_eq!(account.departments, [DepartmentId(5), DepartmentId(12)]);
        assert_eq!(account.kind, AccountKind::Employee);
        assert_eq!(account.field("PERSONAL_BIRTHDAY"), "1990-05-01");
        assert!(account.row.keys().all(|name| !VOLATILE.contains(&name.as_str())));
    }

    #[test]
    fn reads_every_way_to_have_no_department() {
        for value in [json!([]), json!(false), json!([0]), json!({}), json!(null), json!("")] {
            let account = read(json!({"ID": 7, "EMAIL": "x@example.com", "UF_DEPARTMENT": value}));
            assert!(account.departments.is_empty() && account.kind == AccountKind::Extranet, "{value}");
            assert_eq!(account.field("UF_DEPARTMENT"), &json!([]));
        }
        assert_eq!(read(json!({"ID": 7})).departments, []);
    }

    #[test]
    fn reads_truth_and_ids_however_spelled() {
        for (value, active) in [
            (json!("N"), false),
            (json!(false), false),
            (json!("Y"), true),
            (json!(true), true),
            (json!("0"), false),
        ] {
            assert_eq!(read(json!({"ID": "7", "ACTIVE": value})).active, active, "{value}");
        }
        assert!(read(json!({"ID": 7})).active);
        assert_eq!(ids(Some(&json!(["5", 12, "5", 0, "x"]))), [5, 12]);
        assert_eq!(ids(Some(&json!("5"))), [5]);
        assert_eq!(ids(Some(&json!({"1": "5", "2": 6}))), [5, 6]);
        assert!(account(Row::from([("ID".into(), json!("abc"))])).is_none());
    }

    #[test]
    fn special_kinds_are_never_ours() {
        let account = read(json!({"ID": 9, "USER_TYPE": "email", "UF_DEPARTMENT": [5]}));
        assert_eq!(account.kind, AccountKind::Other);
    }

    #[test]
    fn a_day_is_cut_and_a_moment_is_not() {
        let account =
            read(json!({"ID": 9, "UF_EMPLOYMENT_DATE": "", "DATE_REGISTER": "2026-09-01T00:00:00+03:00",
            "UF_USR_SINCE": "2026-09-01T00:00:00+03:00", "UF_USR_AT": "2026-09-01T10:00:00+03:00",
            "UF_USR_NOTE": "приложение к договору № 1"}));
        assert_eq!(account.field("UF_USR_SINCE"), "2026-09-01");
        assert_eq!(account.field("UF_USR_AT"), "2026-09-01T10:00:00+03:00");
        assert_eq!(account.field("DATE_REGISTER"), "2026-09-01T00:00:00+03:00");
        assert_eq!(account.field("UF_USR_NOTE"), "приложение к договору № 1");
    }

    #[test]
    fn spells_what_the_portal_takes() {
        let fields = BTreeMap::from([
            ("ACTIVE".to_owned(), json!(false)),
            ("UF_DEPARTMENT".to_owned(), json!([5, 12])),
            ("WORK_PHONE".to_owned(), json!(101)),
            ("PERSONAL_CITY".to_owned(), json!(null)),
            ("NAME".to_owned(), json!("Ольга")),
        ]);
        assert_eq!(
            Value::Object(user_fields(&fields)),
            json!({"ACTIVE": "N", "UF_DEPARTMENT": [5, 12], "WORK_PHONE": "101", "PERSONAL_CITY": "", "NAME": "Ольга"})
        );
    }

    #[test]
    fn an_extranet_user_has_groups_and_no_department() {
        let user = NewUser {
            fields: BTreeMap::from([("UF_DEPARTMENT".to_owned(), json!([5]))]),
            extranet_groups: Some(vec![GroupId(64)]),
            message: Some("Добро пожаловать".into()),
        };
        assert_eq!(
            new_user(&user),
            json!({"EXTRANET": "Y", "SONET_GROUP_ID": [64], "MESSAGE_TEXT": "Добро пожаловать"})
        );
    }

    #[test]
    fn a_group_counts_every_role() {
        let group = group(
            &row(&json!({"ID": "64", "NAME": "Партнёры", "IS_EXTRANET": "Y", "OWNER_ID": "7",
            "MEMBERS": ["8"], "MODERATORS": [9], "INVITED_MEMBERS": []}))
            .unwrap(),
        )
        .unwrap();
        assert!(group.extranet && group.invited.is_empty());
        assert_eq!(group.members, [7, 8, 9].map(AccountId).into());
    }

    #[test]
    fn a_link_to_nobody_is_none() {
        let person = documents_person(
            &row(&json!({"company": "org-001", "person": "per-0001", "userId": 0,
            "employees": [{"employee": "emp-0001"}]}))
            .unwrap(),
        )
        .unwrap();
        assert_eq!((person.account, person.employees), (None, BTreeSet::from(["emp-0001".to_owned()])));
    }
}
