//! Which methods there are, and what they need (`reference` 1.4).

use super::{
    super::{
        http::{Answer, Failure},
        state::Portal,
    },
    Call, basic, crm, department, group, group_members, hcmlink, hcmlink_employee, options, user, userfield,
    workgroup,
};

/// One method.
pub struct Method {
    /// Its name in lower case.
    pub name: &'static str,
    /// Scopes of which one is enough; none: everybody may.
    pub scopes: &'static [&'static str],
    /// Refused to webhooks.
    pub app_only: bool,
    /// Carries it out.
    pub run: fn(&mut Call<'_>) -> Answer,
}

/// Scopes of a portal that has them all.
const SCOPES: &[&str] = &[
    "ai_admin",
    "appform",
    "baas",
    "basic",
    "biconnector",
    "bizproc",
    "booking",
    "calendar",
    "calendarmobile",
    "call",
    "cashbox",
    "catalog",
    "catalogmobile",
    "configuration.import",
    "contact_center",
    "crm",
    "delivery",
    "department",
    "disk",
    "documentgenerator",
    "entity",
    "forum",
    "humanresources",
    "humanresources.hcmlink",
    "iblock",
    "im",
    "im.import",
    "imbot",
    "imconnector",
    "imopenlines",
    "intranet",
    "landing",
    "landing_cloud",
    "lists",
    "log",
    "mailservice",
    "main",
    "messageservice",
    "mobile",
    "notifications",
    "pay_system",
    "placement",
    "pull",
    "pull_channel",
    "rating",
    "rest",
    "rpa",
    "sale",
    "salescenter",
    "sign.b2e",
    "smile",
    "socialnetwork",
    "sonet_group",
    "task",
    "tasks",
    "tasks_extended",
    "tasksmobile",
    "telephony",
    "timeman",
    "user",
    "user.userfield",
    "user_basic",
    "user_brief",
    "userconsent",
    "userfieldconfig",
    "vote",
];

const ANY_USER: &[&str] = &["user", "user_basic", "user_brief"];
const USER: &[&str] = &["user"];
const USERFIELD: &[&str] = &["user.userfield"];
const DEPARTMENT: &[&str] = &["department"];
/// Method pages say `sonet`, the list of permissions `sonet_group`.
const GROUP: &[&str] = &["sonet_group", "sonet"];
const NETWORK: &[&str] = &["socialnetwork"];
const HCMLINK: &[&str] = &["humanresources.hcmlink"];
const CRM: &[&str] = &["crm"];
const NONE: &[&str] = &[];

const fn open(
    name: &'static str,
    scopes: &'static [&'static str],
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    Method { name, scopes, app_only: false, run }
}

const fn app(name: &'static str, run: fn(&mut Call<'_>) -> Answer) -> Method {
    Method { name, scopes: HCMLINK, app_only: true, run }
}

const fn own(name: &'static str, run: fn(&mut Call<'_>) -> Answer) -> Method {
    Method { name, scopes: NONE, app_only: true, run }
}

const METHODS: &[Method] = &[
    open("access.name", NONE, basic::access_name),
    open("app.info", NONE, basic::app_info),
    own("oauth.app.info", basic::oauth_app_info),
    own("app.option.get", options::app_get),
    own("app.option.set", options::app_set),
    own("user.option.get", options::user_get),
    own("user.option.set", options::user_set),
    open("method.get", NONE, basic::method_get),
    open("methods", NONE, basic::methods),
    open("profile", NONE, basic::profile),
    open("scope", NONE, basic::scope),
    open("server.time", NONE, basic::server_time),
    open("user.admin", NONE, basic::user_admin),
    open("user.access", NONE, basic::user_access),
    open("user.get", ANY_USER, user::get),
    open("user.search", ANY_USER, user::search),
    open("user.current", ANY_USER, user::current),
    open("user.fields", ANY_USER, user::fields),
    open("user.add", USER, user::add),
    open("user.update", USER, user::update),
    open("user.userfield.add", USERFIELD, userfield::add),
    open("user.userfield.list", USERFIELD, userfield::list),
    open("user.userfield.update", USERFIELD, userfield::update),
    open("user.userfield.delete", USERFIELD, userfield::delete),
    open("department.get", DEPARTMENT, department::get),
    open("department.add", DEPARTMENT, department::add),
    open("department.update", DEPARTMENT, department::update),
    open("department.delete", DEPARTMENT, department::delete),
    open("department.fields", DEPARTMENT, department::fields),
    open("sonet_group.get", GROUP, group::get),
    open("sonet_group.create", GROUP, group::create),
    open("sonet_group.update", GROUP, group::update),
    open("sonet_group.delete", GROUP, group::delete),
    open("sonet_group.setowner", GROUP, group::set_owner),
    open("sonet_group.feature.access", GROUP, group::feature_access),
    open("sonet_group.user.get", GROUP, group_members::get),
    open("sonet_group.user.add", GROUP, group_members::add),
    open("sonet_group.user.invite", GROUP, group_members::invite),
    open("sonet_group.user.request", GROUP, group_members::request),
    open("sonet_group.user.update", GROUP, group_members::update),
    open("sonet_group.user.delete", GROUP, group_members::delete),
    open("sonet_group.user.groups", GROUP, group_members::groups),
    open("socialnetwork.api.workgroup.list", NETWORK, workgroup::list),
    open("socialnetwork.api.workgroup.get", NETWORK, workgroup::get),
    open("crm.item.list", CRM, crm::item_list),
    app("humanresources.hcmlink.company.add", hcmlink::company_add),
    app("humanresources.hcmlink.company.update", hcmlink::company_update),
    app("humanresources.hcmlink.company.delete", hcmlink::company_delete),
    app("humanresources.hcmlink.company.list", hcmlink::company_list),
    app("humanresources.hcmlink.company.user.list", hcmlink::company_user_list),
    app("humanresources.hcmlink.employee.set", hcmlink_employee::set),
    app("humanresources.hcmlink.employee.list", hcmlink_employee::list),
    app("humanresources.hcmlink.field.value.set", hcmlink_employee::field_value_set),
    app("humanresources.hcmlink.job.update", hcmlink::job_update),
    app("humanresources.hcmlink.job.status.get", hcmlink::job_status),
];

/// Methods of other subjects that need an application (`reference` 1.1): not imitated, but a
/// webhook is refused as on the real portal.
const APPLICATION_PREFIXES: &[&str] = &[
    "app.option.",
    "user.option.",
    "event.",
    "events",
    "placement.",
    "sign.b2e.",
    "humanresources.hcmlink.",
];

/// Finds a method by its name in lower case.
pub fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

/// Names all methods, and `batch`.
pub fn names() -> Vec<&'static str> {
    METHODS.iter().map(|method| method.name).chain(["batch"]).collect()
}

/// Returns the scopes granted to webhook and application.
pub fn scopes(portal: &Portal) -> Vec<String> {
    portal.settings.scopes.clone().unwrap_or_else(all_scopes)
}

/// Returns every scope a portal knows.
pub fn all_scopes() -> Vec<String> {
    SCOPES.iter().map(|scope| (*scope).to_owned()).collect()
}

/// Tells whether one of these scopes is granted.
pub fn has_scope(portal: &Portal, scopes: &[&str]) -> bool {
    match &portal.settings.scopes {
        None => true,
        Some(granted) => granted.iter().any(|scope| scopes.contains(&scope.as_str())),
    }
}

/// Tells whether a method's scope is granted.
pub fn is_granted(portal: &Portal, method: &Method) -> bool {
    method.scopes.is_empty() || has_scope(portal, method.scopes)
}

/// Tells whether a method that is not imitated belongs to applications.
pub fn is_for_applications(name: &str) -> bool {
    APPLICATION_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// How a webhook is refused what needs an application.
pub fn application_wanted(name: &str) -> Failure {
    if name.starts_with("app.option.") || name.starts_with("user.option.") {
        return Failure::with_status(403, "ACCESS_DENIED", "Access denied! Application context required");
    }
    Failure::with_status(403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method")
}
