//! `user.get` and `user.search`: who is found, in which order, without looking at a million.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    super::{
        super::{
            Row,
            http::{Answer, Failure, Param, Params, Success},
            state::{Portal, account, users::Whose},
        },
        Call,
        listing::{PAGE, Start, descending},
    },
    fields,
    filter::{self, Condition, Operator},
    view::View,
};

/// Root parameters that are no filters.
const ROOT: &[&str] = &["FILTER", "SORT", "ORDER", "SELECT", "ADMIN_MODE", "IMAGE_RESIZE", "START"];

struct Query {
    conditions: Vec<Condition>,
    sort: String,
    descending: bool,
    start: Start,
    /// Everybody, not only colleagues and partners of own groups.
    everybody: bool,
}

/// `user.get`.
pub fn get(call: &mut Call<'_>) -> Answer {
    list(call, false)
}

/// `user.search`.
pub fn search(call: &mut Call<'_>) -> Answer {
    list(call, true)
}

fn list(call: &mut Call<'_>, search: bool) -> Answer {
    let visible = fields::visible(call.portal);
    let query = read(call, &visible, search)?;
    if query.conditions.iter().any(|condition| condition.field == "EMAIL") {
        call.portal.unverified("EMAIL is compared with its case; on a portal that depends on the database");
    }
    let Call { portal, caller, params, batch } = call;
    let (ids, total) = find(portal, caller.user, &query);
    if ids.is_empty() {
        // An empty page has no `total`.
        return Success::of(Vec::<Value>::new());
    }
    let chosen = select(params, &visible);
    let view = View { fields: &chosen, moments_as_text: *batch, all: false };
    let rows = ids.iter().filter_map(|id| portal.users.get(*id)).map(|row| view.show(row)).collect();
    query.start.envelope(rows, total)
}

fn read(call: &Call<'_>, visible: &[String], search: bool) -> Result<Query, Failure> {
    let params = call.params;
    let strict = call.portal.settings.strict;
    let filter = match params.any_case("FILTER") {
        Some(filter) => filter.map().map(std::borrow::Cow::into_owned).unwrap_or_default(),
        None => root_filter(params),
    };
    let strict_filter = strict && params.any_case("FILTER").is_some();
    let conditions = filter::read(&filter, visible, search, strict_filter)?;
    let text =
        |name: &str| params.any_case(name).and_then(Param::text).unwrap_or_default().trim().to_uppercase();
    let (mut sort, order) = (text("SORT"), text("ORDER"));
    if sort.is_empty() || order.is_empty() {
        if strict && sort.is_empty() != order.is_empty() {
            return Err(Failure::strict("`sort` and `order` take effect only together"));
        }
        "ID".clone_into(&mut sort);
    } else if !visible.contains(&sort) {
        return Err(Failure::core(format!(
            "Unknown field definition `{sort}` ({sort}) for \\Bitrix\\Main\\User Entity."
        )));
    }
    let asks_all = params.any_case("ADMIN_MODE").is_some_and(Param::truthy) || filter.get("ID").is_some();
    Ok(Query {
        conditions,
        descending: descending(&order),
        sort,
        start: Start::of(params),
        everybody: !call.portal.settings.extranet || (call.caller.admin && asks_all),
    })
}

/// Filters may stand at the root where there is no FILTER; root names are in any case.
fn root_filter(params: &Params) -> Params {
    let named = params.0.iter().map(|(name, value)| (name.to_uppercase(), value.clone()));
    Params(named.filter(|(name, _)| !ROOT.contains(&name.as_str())).collect())
}

/// The fields to show: `select` knows `*`, `UF_*` and names; unknown ones are skipped.
fn select(params: &Params, visible: &[String]) -> Vec<String> {
    let wanted: Vec<String> = params
        .any_case("SELECT")
        .map(|select| {
            select.items().into_iter().filter_map(Param::text).map(|name| name.to_uppercase()).collect()
        })
        .unwrap_or_default();
    let is_wanted = |name: &String| {
        name == "ID"
            || wanted.iter().any(|wanted| match wanted.as_str() {
                "*" => !name.starts_with("UF_"),
                "UF_*" => name.starts_with("UF_"),
                exact => exact == name,
            })
    };
    let known = wanted.iter().any(|wanted| wanted == "*" || wanted == "UF_*" || visible.contains(wanted));
    if known { visible.iter().filter(|name| is_wanted(name)).cloned().collect() } else { visible.to_vec() }
}

/// Finds the page's ids, and how many fit in all.
fn find(portal: &Portal, caller: u64, query: &Query) -> (Vec<u64>, usize) {
    let visibility = Visibility::of(portal, caller, query.everybody);
    if let Some(ids) = looked_up(portal, &query.conditions) {
        let fits = |id: &u64| {
            portal
                .users
                .get(*id)
                .is_some_and(|row| visibility.shows(*id, row) && fits_all(portal, query, *id, row))
        };
        return page(portal, ids.into_iter().filter(fits).collect(), query);
    }
    let active = asked_state(&query.conditions);
    let base = portal.users.ids(visibility.base(), active);
    let (from, to) = range(base, &query.conditions);
    let base = &base[from..to.max(from)];
    let only_ranges = query
        .conditions
        .iter()
        .all(|condition| is_range(condition) || (active.is_some() && is_state(condition)));
    if only_ranges && visibility.is_whole() && query.sort == "ID" {
        return (slice(base, query), base.len());
    }
    scan(portal, base, &visibility, query)
}

/// A page of ids that all fit.
fn slice(base: &[u64], query: &Query) -> Vec<u64> {
    let offset = query.start.offset();
    if query.descending {
        base.iter().rev().skip(offset).take(PAGE).copied().collect()
    } else {
        base.iter().skip(offset).take(PAGE).copied().collect()
    }
}

fn scan(portal: &Portal, base: &[u64], visibility: &Visibility, query: &Query) -> (Vec<u64>, usize) {
    let fits = |id: &u64| {
        portal
            .users
            .get(*id)
            .is_some_and(|row| visibility.shows(*id, row) && fits_all(portal, query, *id, row))
    };
    if query.start == Start::Uncounted && query.sort == "ID" {
        let found: Vec<u64> = if query.descending {
            base.iter().rev().copied().filter(|id| fits(id)).take(PAGE).collect()
        } else {
            base.iter().copied().filter(|id| fits(id)).take(PAGE).collect()
        };
        let count = found.len();
        return (found, count);
    }
    page(portal, base.iter().copied().filter(|id| fits(id)).collect(), query)
}

fn fits_all(portal: &Portal, query: &Query, id: u64, row: &Row) -> bool {
    query.conditions.iter().all(|condition| condition.fits(portal, id, row))
}

/// Sorts ids that fit, and cuts the page.
fn page(portal: &Portal, mut ids: Vec<u64>, query: &Query) -> (Vec<u64>, usize) {
    ids.sort_unstable();
    ids.dedup();
    if query.sort != "ID" {
        ids.sort_by(|a, b| compare(portal, *a, *b, &query.sort));
    }
    if query.descending {
        ids.reverse();
    }
    query.start.cut(ids)
}

fn compare(portal: &Portal, a: u64, b: u64, field: &str) -> Ordering {
    let key = |id: u64| {
        let row = portal.users.get(id);
        row.map(|row| match field {
            "ACTIVE" => account::is_active(row).to_string(),
            "USER_TYPE" => account::user_type(row).to_owned(),
            field => row.text(field).unwrap_or_default().to_lowercase(),
        })
    };
    key(a).cmp(&key(b))
}

/// Ids that an index gives for an exact condition on ID, XML_ID or EMAIL.
fn looked_up(portal: &Portal, conditions: &[Condition]) -> Option<Vec<u64>> {
    let exact = |field: &str| {
        conditions.iter().find(|condition| condition.field == field && condition.operator == Operator::Equal)
    };
    let texts = |condition: &Condition| -> Option<Vec<String>> {
        let texts: Vec<String> =
            condition.values.iter().filter_map(Param::text).map(|text| text.into_owned()).collect();
        texts.iter().all(|text| !text.is_empty()).then_some(texts)
    };
    if let Some(condition) = exact("ID") {
        return Some(condition.values.iter().filter_map(Param::id).collect());
    }
    if let Some(texts) = exact("XML_ID").and_then(texts) {
        return Some(texts.iter().flat_map(|text| portal.users.with_xml_id(text)).collect());
    }
    let texts = exact("EMAIL").and_then(texts)?;
    Some(texts.iter().flat_map(|text| portal.users.with_email(text)).collect())
}

fn is_state(condition: &Condition) -> bool {
    condition.field == "ACTIVE" && condition.operator == Operator::Equal && condition.values.len() == 1
}

fn asked_state(conditions: &[Condition]) -> Option<bool> {
    let mut states = conditions.iter().filter(|condition| is_state(condition));
    let first = filter::asks_active(&states.next()?.values[0]);
    states.next().is_none().then_some(first)
}

fn is_range(condition: &Condition) -> bool {
    let operators = [Operator::Greater, Operator::NotLess, Operator::Less, Operator::NotGreater];
    condition.field == "ID" && condition.values.len() == 1 && operators.contains(&condition.operator)
}

/// The part of ascending ids that conditions such as `>ID` leave.
fn range(ids: &[u64], conditions: &[Condition]) -> (usize, usize) {
    let (mut from, mut to) = (0, ids.len());
    for condition in conditions.iter().filter(|condition| is_range(condition)) {
        let Some(border) = condition.values[0].int() else { return (0, 0) };
        let border = u64::try_from(border).unwrap_or(0);
        let below = ids.partition_point(|id| *id < border);
        let up_to = ids.partition_point(|id| *id <= border);
        match condition.operator {
            Operator::Greater => from = from.max(up_to),
            Operator::NotLess => from = from.max(below),
            Operator::Less => to = to.min(below),
            _ => to = to.min(up_to),
        }
    }
    (from, to)
}

/// Whom a caller sees (`reference` 4.2, danger 3).
enum Visibility {
    /// Everybody the interface shows.
    Everybody,
    /// Colleagues, and partners of own groups.
    Colleagues(Vec<u64>),
    /// People of own groups and oneself.
    OwnGroups(Vec<u64>),
}

impl Visibility {
    fn of(portal: &Portal, caller: u64, everybody: bool) -> Visibility {
        if everybody {
            return Visibility::Everybody;
        }
        let groups = portal.groups_of(caller).into_iter().filter_map(|id| portal.groups.get(id));
        let mut people: Vec<u64> = groups.flat_map(|group| group.numbers("MEMBERS")).collect();
        people.push(caller);
        people.sort_unstable();
        people.dedup();
        let is_extranet =
            |id: u64| portal.users.get(id).is_some_and(|row| account::user_type(row) == "extranet");
        if is_extranet(caller) && !portal.is_admin(caller) {
            return Visibility::OwnGroups(people);
        }
        people.retain(|id| is_extranet(*id));
        Visibility::Colleagues(people)
    }

    fn base(&self) -> Whose {
        match self {
            Visibility::Colleagues(partners) if partners.is_empty() => Whose::Staff,
            _ => Whose::All,
        }
    }

    /// Tells whether everybody of the base is seen.
    fn is_whole(&self) -> bool {
        match self {
            Visibility::Everybody => true,
            Visibility::Colleagues(partners) => partners.is_empty(),
            Visibility::OwnGroups(_) => false,
        }
    }

    fn shows(&self, id: u64, row: &Row) -> bool {
        account::is_shown(row)
            && match self {
                Visibility::Everybody => true,
                Visibility::Colleagues(partners) => {
                    !account::departments(row).is_empty() || partners.binary_search(&id).is_ok()
                }
                Visibility::OwnGroups(people) => people.binary_search(&id).is_ok(),
            }
    }
}
