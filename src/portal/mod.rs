//! One Bitrix24 portal: reading it, changing it, and the file that holds one.
//!
//! Two doors: [`ReadPortal`] for whoever plans, [`WritePortal`] for whoever applies. Only the
//! files below know how the portal spells things and how fast it may be asked.

mod client;
mod doors;
mod error;
mod options;
mod secret;

pub use client::Client;
pub use doors::{Binding, NewDepartment, NewUser, Progress, ReadPortal, WritePortal};
pub use error::{PortalError, PortalFault};
pub use options::{Access, Cancel, ClientOptions, GroupChoice, Listener, Notice, OAuthOptions, Rate, Tokens};
pub use secret::{SecretUrl, SecretUrlFault};
