//! Single accounts and departments, looked up. Every row is checked against what was asked: the
//! portal drops a filter that it does not know and answers with everybody (reference: REST, 4.2).

use serde_json::{Map, Value, json};

use super::{
    PortalError, PortalFault,
    batch::{self, Command, MOST},
    rest::Rest,
    sweep::PAGE,
    wire,
};
use crate::model::{Account, AccountId, Department, DepartmentId, Email, Row, fold};

/// So many pages of one name or address are no lookup any more.
const PAGES: u64 = 20;

/// Reads accounts by id, dismissed ones too; those that are not there are left out.
pub(crate) async fn by_ids(rest: &Rest, ids: &[AccountId]) -> Result<Vec<Account>, PortalError> {
    let mut accounts = Vec::with_capacity(ids.len());
    for (asked, result) in pages_of(rest, ids).await? {
        for account in accounts_of(&result)? {
            if !asked.contains(&account.id) {
                return Err(broken("user.get", "the filter by ID was ignored"));
            }
            accounts.push(account);
        }
    }
    accounts.sort_by_key(|account| account.id);
    accounts.dedup_by_key(|account| account.id);
    Ok(accounts)
}

/// Reads accounts by XML_ID.
pub(crate) async fn by_key(rest: &Rest, key: &str) -> Result<Vec<Account>, PortalError> {
    let found = all_where(rest, ("XML_ID", json!(key))).await?;
    let has = |account: &Account| account.xml_id.clone().unwrap_or_default();
    // A database that ignores case gives more than was asked for, which is no fault.
    if found.iter().any(|account| fold(&has(account)) != fold(key)) {
        return Err(broken("user.get", "the filter by XML_ID was ignored"));
    }
    Ok(found.into_iter().filter(|account| has(account) == key).collect())
}

/// Reads accounts by EMAIL: as given and in lower case, because whether case matters depends on
/// the portal's database.
pub(crate) async fn by_email(rest: &Rest, email: &Email) -> Result<Vec<Account>, PortalError> {
    let (given, lower) = (email.as_str().to_owned(), email.key());
    let value = if given == lower { json!(given) } else { json!([given, lower]) };
    let found = all_where(rest, ("EMAIL", value)).await?;
    if found.iter().any(|account| account.email.as_ref() != Some(email)) {
        return Err(broken("user.get", "the filter by EMAIL was ignored"));
    }
    Ok(found)
}

/// Reads the departments of one name below one other.
pub(crate) async fn departments(
    rest: &Rest,
    parent: DepartmentId,
    name: &str,
) -> Result<Vec<Department>, PortalError> {
    const GET: &str = "department.get";
    let mut found: Vec<Department> = Vec::new();
    for page in 0..PAGES {
        let params =
            json!({"PARENT": parent, "NAME": name, "sort": "ID", "order": "ASC", "start": page * PAGE});
        let answer = rest.read(GET, params).await?;
        let rows = wire::rows(&answer.result).ok_or_else(|| broken(GET, "not a list"))?;
        let full = rows.len() as u64 >= PAGE;
        for row in rows {
            let department = wire::department(&row).ok_or_else(|| broken(GET, "a row without an ID"))?;
            if department.parent != Some(parent) || fold(&department.name) != fold(name) {
                return Err(broken(GET, "the filter by PARENT and NAME was ignored"));
            }
            found.push(department);
        }
        if !full {
            found.sort_by_key(|department| department.id);
            return Ok(found);
        }
    }
    Err(broken(GET, "too many departments of one name"))
}

/// Asks for ids in as few calls as possible: 50 rows a page, 50 pages a batch.
async fn pages_of<'a>(
    rest: &Rest,
    ids: &'a [AccountId],
) -> Result<Vec<(&'a [AccountId], Value)>, PortalError> {
    let params = |ids: &[AccountId]| {
        let texts: Vec<String> = ids.iter().map(AccountId::to_string).collect();
        json!({"FILTER": {"ID": texts}, "ADMIN_MODE": true, "sort": "ID", "order": "ASC", "start": -1})
    };
    let pages: Vec<&[AccountId]> = ids.chunks(PAGE as usize).collect();
    if let [page] = pages.as_slice() {
        return Ok(vec![(*page, rest.read("user.get", params(page)).await?.result)]);
    }
    let commands: Vec<Command> = pages.iter().map(|page| Command::new("user.get", params(page))).collect();
    let mut results = Vec::with_capacity(pages.len());
    for (chunk, pages) in commands.chunks(MOST).zip(pages.chunks(MOST)) {
        for (page, reply) in pages.iter().zip(batch::run_all(rest, chunk).await?) {
            let answer = reply.map_err(|fault| PortalError::new("user.get", fault))?;
            results.push((*page, answer.result));
        }
    }
    Ok(results)
}

/// Reads every account with a value, page by page.
async fn all_where(rest: &Rest, (field, value): (&str, Value)) -> Result<Vec<Account>, PortalError> {
    let mut accounts: Vec<Account> = Vec::new();
    for _ in 0..PAGES {
        let mut filter = Map::from_iter([(field.to_owned(), value.clone())]);
        filter.extend(accounts.last().map(|account| (">ID".to_owned(), json!(account.id))));
        let answer = rest.read("user.get", super::sweep::page_of(filter, -1)).await?;
        let page = accounts_of(&answer.result)?;
        let full = page.len() as u64 >= PAGE;
        for account in page {
            if accounts.last().is_some_and(|last| account.id <= last.id) {
                return Err(broken("user.get", "the filter or order by ID was ignored"));
            }
            accounts.push(account);
        }
        if !full {
            return Ok(accounts);
        }
    }
    Err(broken("user.get", "too many accounts for one value"))
}

fn accounts_of(result: &Value) -> Result<Vec<Account>, PortalError> {
    let rows: Vec<Row> = wire::rows(result).ok_or_else(|| broken("user.get", "not a list"))?;
    let accounts: Option<Vec<Account>> = rows.into_iter().map(wire::account).collect();
    accounts.ok_or_else(|| broken("user.get", "a user without an ID"))
}

fn broken(method: &str, cause: &str) -> PortalError {
    PortalError::new(method, PortalFault::Broken { cause: cause.into() })
}
