//! One Bitrix24 portal: reading it, changing it, and the file that holds one.
//!
//! Two doors: [`ReadPortal`] for whoever plans, [`WritePortal`] for whoever applies. [`Client`] has
//! both, over HTTP. Only the files below know how the portal spells things (`wire`) and how fast
//! it may be asked (`pace`). From the inside out:
//!
//! | files | do |
//! |---|---|
//! | `http`, `moved`, `answer`, `mask` | one request, one bounded answer, told apart by its code |
//! | `oauth`, `tokens`, `secret` | access, and what must never be shown |
//! | `pace`, `bucket`, `pace_file`, `clock` | the portal's limits, kept before it has to refuse |
//! | `rest`, `batch` | a read is repeated, a write leaves once |
//! | `sweep`, `snapshot`, `groups`, `documents`, `find` | what is read, every row checked |
//! | `file`, `file_reader`, `strict`, `locate` | the portal file |
//! | `check`, `hints` | what is wrong with a portal, and what to try |

mod answer;
mod batch;
mod bucket;
mod check;
mod client;
mod clock;
mod documents;
mod doors;
mod error;
mod file;
mod file_reader;
mod find;
mod groups;
mod hints;
mod http;
mod locate;
mod mask;
mod moved;
mod oauth;
mod options;
mod pace;
mod pace_file;
mod rest;
mod secret;
mod snapshot;
mod strict;
mod sweep;
mod tokens;
mod wire;

pub use check::{Checked, Needs, Outcome};
pub use client::Client;
pub use doors::{Binding, NewDepartment, NewUser, Progress, ReadPortal, WritePortal};
pub use error::{PortalError, PortalFault};
pub use file::{DocumentRows, FORMAT, PortalFile};
pub use options::{Access, Cancel, ClientOptions, GroupChoice, Listener, Notice, OAuthOptions, Rate, Tokens};
pub use secret::{SecretUrl, SecretUrlFault};

use crate::model::Edition;
