//! From a portal's name in shtat.yaml to a client that reaches it.

use std::path::Path;

use secrecy::ExposeSecret;

use super::{Context, Failure};
use crate::{
    model::{Edition, Problem},
    portal::{
        Access, Cancel, Client, ClientOptions, GroupChoice, Listener, Notice, OAuthOptions, SecretUrl, Tokens,
    },
    project::{OAuthConfig, PortalAccess, PortalConfig, Project, SecretRef},
    sandbox::{self, Sandbox},
    ui::Ui,
};

/// A portal that can be asked.
pub struct Connection {
    /// The client.
    pub client: Client,
    /// The embedded portal behind it; it is served as long as this lives.
    _sandbox: Option<Sandbox>,
}

/// What a snapshot of the portal reads beyond accounts and departments.
#[derive(Debug, Clone)]
pub struct Reads {
    /// Which groups.
    pub groups: GroupChoice,
    /// The links of КЭДО.
    pub documents: bool,
}

impl Reads {
    /// Reads everything.
    pub fn everything() -> Reads {
        Reads { groups: GroupChoice::All, documents: true }
    }
}

/// Reaches a portal; an embedded one is started first. Makes no call yet.
pub fn connect(
    context: &Context,
    project: &Project,
    portal: &PortalConfig,
    reads: Reads,
    cancel: &Cancel,
) -> Result<Connection, Failure> {
    let (mut options, sandbox) = match &portal.access {
        PortalAccess::Sandbox { file, shown } => embedded(context, project, portal, file, shown)?,
        PortalAccess::Webhook(secret) => (remote(webhook(secret)?, portal)?, None),
        PortalAccess::OAuth => (remote(application_access(portal)?, portal)?, None),
    };
    options.groups = reads.groups;
    options.read_documents = reads.documents;
    options.cancel = cancel.clone();
    options.ca_file.clone_from(&context.global.ca);
    options.pace_file = Some(project.sandbox_folder(&portal.name).with_added_extension("pace"));
    options.listener = Some(listener(context.ui));
    Ok(Connection {
        client: Client::open(options).map_err(|error| error.problem(&portal.name))?,
        _sandbox: sandbox,
    })
}

fn embedded(
    context: &Context,
    project: &Project,
    portal: &PortalConfig,
    file: &Path,
    shown: &str,
) -> Result<(ClientOptions, Option<Sandbox>), Failure> {
    let folder = project.sandbox_folder(&portal.name);
    let sandbox = sandbox::start_embedded(&folder, file, sandbox::Options::embedded())?;
    if sandbox.file_changed() {
        let what = format!("`{shown}` was edited after the embedded portal had started from it");
        let hint = format!("delete the folder .shtat/{} to start over from the file", portal.name);
        context.ui.problems(&[Problem::warning(what).hint(hint)]);
    }
    let state = sandbox.state();
    let access = Access::Webhook(secret_url(&sandbox.webhook_url())?);
    let mut options = ClientOptions::new(access, state.edition);
    options.seats = state.seats;
    options.rate = portal.rate;
    options.timeout = portal.timeout;
    options.documents = Some(tokens_of(&sandbox, sandbox.issue_tokens(state.owner)?)?);
    Ok((options, Some(sandbox)))
}

fn tokens_of(sandbox: &Sandbox, tokens: sandbox::Tokens) -> Result<OAuthOptions, Problem> {
    Ok(OAuthOptions {
        client_id: tokens.client_id,
        client_secret: tokens.client_secret.into(),
        tokens: Tokens::Held(tokens.answer),
        server: address(sandbox.base_url())?,
    })
}

fn remote(access: Access, portal: &PortalConfig) -> Result<ClientOptions, Failure> {
    let mut options = ClientOptions::new(access, portal.edition);
    let cloud = portal.edition == Edition::Cloud;
    options.rate = portal.rate.or(cloud.then(crate::portal::Rate::default));
    options.timeout = portal.timeout;
    options.allow_http = portal.allow_http;
    options.documents = portal.oauth.as_ref().map(application).transpose()?;
    Ok(options)
}

fn webhook(secret: &SecretRef) -> Result<Access, Problem> {
    let text = secret.fetch()?;
    let url = SecretUrl::parse(text.expose_secret()).map_err(|fault| {
        let what = format!("{} does not hold the address of a webhook", secret.described());
        Problem::error(what).at(secret.place().clone()).cause(fault.to_string())
    })?;
    Ok(Access::Webhook(url))
}

fn application_access(portal: &PortalConfig) -> Result<Access, Problem> {
    let oauth = portal.oauth.as_ref().ok_or_else(|| Problem::error("the portal has no `oauth`"))?;
    application(oauth).map(Access::OAuth)
}

fn application(oauth: &OAuthConfig) -> Result<OAuthOptions, Problem> {
    Ok(OAuthOptions {
        client_id: oauth.client_id.clone(),
        client_secret: oauth.client_secret.fetch()?,
        tokens: Tokens::File(oauth.tokens.clone()),
        server: address(&oauth.server)?,
    })
}

fn secret_url(text: &str) -> Result<SecretUrl, Problem> {
    SecretUrl::parse(text)
        .map_err(|fault| Problem::error("the embedded portal has no webhook").cause(fault.to_string()))
}

fn address(text: &str) -> Result<url::Url, Problem> {
    url::Url::parse(text).map_err(|fault| {
        Problem::error("the authorization server's address cannot be read").cause(fault.to_string())
    })
}

fn listener(ui: Ui) -> Listener {
    Listener::new(move |notice| match notice {
        Notice::Moved { from, to } => ui
            .problems(&[Problem::warning(format!("the portal has moved from {from} to {to}"))
                .hint("put the new address into the webhook's secret")]),
        Notice::Waiting { why, seconds } if *seconds >= 2 => ui.note(&format!("waiting {seconds} s: {why}")),
        Notice::Waiting { .. } => {}
        Notice::NotRead { what, why } => ui
            .problems(&[Problem::warning(format!("not managed in this run, as it cannot be read: {what}"))
                .cause(why.clone())]),
    })
}
