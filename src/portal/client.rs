//! The client of one portal: both doors over HTTP.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::{
    Access, Binding, ClientOptions, NewDepartment, NewUser, OAuthOptions, PortalError, PortalFault,
    PortalFile, Progress, ReadPortal, WritePortal, documents, find, groups,
    http::Http,
    oauth::OAuth,
    pace::Pace,
    rest::{Auth, Rest, host},
    secret::origin,
    snapshot::Reading,
    wire,
};
use crate::model::{
    Account, AccountId, Department, DepartmentId, DocumentsPerson, Email, Group, GroupId, Snapshot,
};

/// One portal, reached over HTTP. Blocking outside; may be shared by threads.
///
/// Must not be used from inside an asynchronous task: it waits for its own runtime.
pub struct Client {
    options: ClientOptions,
    rest: Arc<Rest>,
    documents: Option<Arc<Rest>>,
    bound: documents::Known,
    runtime: Option<Runtime>,
}

impl Client {
    /// Prepares a client. Makes no call yet.
    ///
    /// # Errors
    /// Fails where the certificates or the token file cannot be read, or plain http is asked for
    /// and not allowed.
    pub fn open(options: ClientOptions) -> Result<Client, PortalError> {
        prepare(options).map_err(|fault| PortalError::new("preparing the calls", fault))
    }

    /// Returns what the client was opened with.
    pub fn options(&self) -> &ClientOptions {
        &self.options
    }

    /// Names the portal as messages do: its host, which is no secret. Follows a move.
    pub fn host(&self) -> String {
        host(&self.rest.origin())
    }

    /// Reads everything as rows, for `shtat snapshot`: [`PortalFile::snapshot`] makes of it what
    /// [`ReadPortal::snapshot`] returns.
    ///
    /// # Errors
    /// Those of [`ReadPortal::snapshot`].
    pub fn portal_file(&self, progress: &dyn Progress) -> Result<PortalFile, PortalError> {
        let reading = Reading {
            rest: &self.rest,
            documents: self.documents.as_ref().filter(|_| self.options.read_documents),
            groups: &self.options.groups,
            edition: self.options.edition,
            seats: self.options.seats,
            paced: self.options.rate.is_some(),
        };
        self.wait(reading.everything(progress))
    }

    pub(crate) fn rest(&self) -> &Rest {
        &self.rest
    }

    pub(crate) fn documents(&self) -> Option<&Rest> {
        self.documents.as_deref()
    }

    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("the runtime lives as long as the client").block_on(work)
    }

    /// Returns the way to КЭДО, which refuses webhooks.
    fn application(&self, method: &str) -> Result<&Rest, PortalError> {
        self.documents().ok_or_else(|| {
            let fault = PortalFault::Access {
                code: "WRONG_AUTH_TYPE".into(),
                text: "КЭДО answers a local application only".into(),
                hint: "fill `oauth` of the portal in shtat.yaml".into(),
            };
            PortalError::new(method, fault)
        })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Dropping the runtime would wait for a name lookup that is still under way.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl ReadPortal for Client {
    fn snapshot(&self, progress: &dyn Progress) -> Result<Snapshot, PortalError> {
        Ok(self.portal_file(progress)?.into_snapshot())
    }

    fn account(&self, id: AccountId) -> Result<Option<Account>, PortalError> {
        Ok(self.accounts(&[id])?.into_iter().next())
    }

    fn accounts(&self, ids: &[AccountId]) -> Result<Vec<Account>, PortalError> {
        self.wait(find::by_ids(&self.rest, ids))
    }

    fn accounts_with_key(&self, key: &str) -> Result<Vec<Account>, PortalError> {
        self.wait(find::by_key(&self.rest, key))
    }

    fn accounts_with_email(&self, email: &Email) -> Result<Vec<Account>, PortalError> {
        self.wait(find::by_email(&self.rest, email))
    }

    fn departments_named(&self, parent: DepartmentId, name: &str) -> Result<Vec<Department>, PortalError> {
        self.wait(find::departments(&self.rest, parent, name))
    }

    fn group(&self, id: GroupId) -> Result<Option<Group>, PortalError> {
        let row = self.wait(groups::one(&self.rest, id))?;
        Ok(row.as_ref().and_then(wire::group))
    }

    fn documents_persons(&self, company: &str) -> Result<Vec<DocumentsPerson>, PortalError> {
        let rest = self.application("humanresources.hcmlink.employee.list")?;
        let rows = self.wait(self.bound.persons(rest, company))?;
        let mut persons: Vec<DocumentsPerson> = rows.iter().filter_map(wire::documents_person).collect();
        persons.sort();
        Ok(persons)
    }
}

impl WritePortal for Client {
    fn add_user(&self, user: &NewUser) -> Result<AccountId, PortalError> {
        let answer = self.wait(self.rest.write("user.add", wire::new_user(user)))?;
        let id = wire::number(&answer.result).filter(|id| *id > 0);
        id.map(AccountId).ok_or_else(|| unclear("user.add", &answer.result))
    }

    fn update_user(&self, id: AccountId, fields: &BTreeMap<String, Value>) -> Result<(), PortalError> {
        let mut params = wire::user_fields(fields);
        params.insert("ID".into(), json!(id));
        let answer = self.wait(self.rest.write("user.update", Value::Object(params)))?;
        if answer.result == json!(true) { Ok(()) } else { Err(unclear("user.update", &answer.result)) }
    }

    fn add_department(&self, department: &NewDepartment) -> Result<(), PortalError> {
        let params = json!({"NAME": department.name, "PARENT": department.parent});
        self.wait(self.rest.write("department.add", params)).map(|_| ())
    }

    fn add_to_group(&self, group: GroupId, account: AccountId) -> Result<(), PortalError> {
        let params = json!({"GROUP_ID": group, "USER_ID": [account]});
        self.wait(self.rest.write("sonet_group.user.add", params)).map(|_| ())
    }

    fn bind_documents(&self, binding: &Binding) -> Result<(), PortalError> {
        const SET: &str = "humanresources.hcmlink.employee.set";
        let rest = self.application(SET)?;
        let answer = self.wait(rest.write(SET, wire::binding(binding)))?;
        let status = wire::text(answer.result.get("status"));
        if status == "ok" {
            return Ok(());
        }
        let errors = answer.result.get("errors").and_then(super::snapshot::texts).unwrap_or_default();
        let text = super::mask::shown(&errors.join("; "), &rest.secrets());
        Err(PortalError::new(SET, PortalFault::Refused { code: status, text }))
    }
}

fn prepare(options: ClientOptions) -> Result<Client, PortalFault> {
    let http = Arc::new(Http::new(options.timeout, options.allow_http, options.ca_file.as_deref())?);
    let (auth, portal) = match &options.access {
        Access::Webhook(url) => {
            (Auth::Webhook { path: url.path(), secret: url.secret().clone() }, url.origin().clone())
        }
        Access::OAuth(application) => application_access(application)?,
    };
    if !http.permits(&portal) {
        let cause = format!("`{}` is to be asked over plain http, which is not allowed", host(&portal));
        return Err(PortalFault::Local { cause });
    }
    let pace = Pace::of(&host(&portal), options.rate, options.pace_file.clone());
    let origin = Arc::new(Mutex::new(portal));
    let way = |auth| {
        Arc::new(Rest {
            http: http.clone(),
            pace: pace.clone(),
            auth,
            cancel: options.cancel.clone(),
            listener: options.listener.clone(),
            edition: options.edition,
            origin: origin.clone(),
        })
    };
    let rest = way(auth);
    let documents = match (&options.access, &options.documents) {
        (Access::OAuth(_), _) => Some(rest.clone()),
        // The address stays the webhook's: tokens of another portal are refused there.
        (_, Some(application)) => Some(way(Auth::OAuth(OAuth::open(application)?))),
        (_, None) => None,
    };
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| PortalFault::Local { cause: error.to_string() })?;
    let bound = documents::Known::default();
    Ok(Client { options, rest, documents, bound, runtime: Some(runtime) })
}

fn application_access(application: &OAuthOptions) -> Result<(Auth, Url), PortalFault> {
    let oauth = OAuth::open(application)?;
    let endpoint = oauth.endpoint().ok_or_else(|| PortalFault::Local {
        cause: "the tokens lack `client_endpoint`, the portal's address".into(),
    })?;
    Ok((Auth::OAuth(oauth), origin(&endpoint)))
}

/// The portal says neither yes nor no: something may have been done.
fn unclear(method: &str, result: &Value) -> PortalError {
    let kind = match result {
        Value::Null => "nothing",
        Value::Bool(_) => "false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    PortalError::new(method, PortalFault::Broken { cause: format!("{kind} was answered") })
}
