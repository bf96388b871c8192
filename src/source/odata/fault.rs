//! How a request to 1C can fail, what that means for a repeat, and what mends it.

use crate::model::{Place, Problem};

/// A request that failed. Carries no address, no secret and nothing 1C said in words: its messages
/// may repeat field values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No connection: name, port, certificate.
    Unreachable {
        /// Without the address.
        cause: String,
    },
    /// No whole answer in time.
    TimedOut,
    /// The connection broke, or the body ended early.
    Broken {
        /// Without the address.
        cause: String,
    },
    /// An HTTP status that is no success.
    Status {
        /// The HTTP status.
        status: u16,
        /// 1C's own code, where the answer had one; the web server's own pages have none.
        code: Option<String>,
    },
    /// A web page with a good status: a login page, or another site.
    Page,
    /// XML where JSON was asked for.
    Xml,
    /// Neither JSON nor anything else known.
    Garbled {
        /// What does not fit.
        cause: String,
    },
    /// A redirect to where the password must not go, or in a circle.
    Redirected {
        /// The other host.
        host: String,
    },
    /// The body is larger than we read.
    TooLarge,
    /// Rows moved between pages, again after starting over.
    Moved,
}

impl Fault {
    /// Tells whether a read is worth repeating: the base may be back in a moment.
    pub fn passes(&self) -> bool {
        match self {
            Fault::Unreachable { .. } | Fault::TimedOut | Fault::Broken { .. } => true,
            Fault::Status { status, .. } => {
                matches!(status, 406 | 408 | 429) || (*status >= 500 && *status != 501)
            }
            _ => false,
        }
    }

    /// Tells whether the set is not there for us: not published, in 1C's words or the web server's.
    pub fn absent(&self) -> bool {
        matches!(self, Fault::Status { status: 404, .. })
    }

    /// Tells whether 1C did not understand the question: an unknown field, a strange option.
    pub fn misunderstood(&self) -> bool {
        matches!(self, Fault::Status { status: 400, .. })
    }

    /// Tells whether a write that failed so was surely not carried out.
    pub fn refused(&self) -> bool {
        match self {
            Fault::Unreachable { .. } | Fault::Redirected { .. } => true,
            Fault::Status { status, .. } => *status < 500 && *status != 408,
            _ => false,
        }
    }

    /// States the fault for a user, at the set it happened with.
    pub fn problem(&self, set: &str) -> Problem {
        let problem = Problem::error(self.sentence(set)).at(Place::file(set));
        let problem = match self.cause() {
            Some(cause) => problem.cause(cause),
            None => problem,
        };
        self.remedies().iter().fold(problem, |problem, remedy| problem.hint(*remedy))
    }

    fn sentence(&self, set: &str) -> String {
        match self {
            Fault::Unreachable { .. } => "1C cannot be reached".to_owned(),
            Fault::TimedOut => format!("1C did not answer about `{set}` in time"),
            Fault::Broken { .. } => format!("the answer about `{set}` broke off"),
            Fault::Status { status, code } => status_sentence(*status, code.as_deref(), set),
            Fault::Page => "a web page came where 1C should have answered".to_owned(),
            Fault::Xml => format!("XML came where JSON was asked for, from `{set}`"),
            Fault::Garbled { .. } => format!("the answer about `{set}` cannot be read"),
            Fault::Redirected { host } => {
                format!("1C sends on to `{host}`; the password does not go there")
            }
            Fault::TooLarge => format!("the answer about `{set}` is too large"),
            Fault::Moved => format!("rows of `{set}` moved while they were read, twice"),
        }
    }

    fn cause(&self) -> Option<String> {
        match self {
            Fault::Unreachable { cause } | Fault::Broken { cause } | Fault::Garbled { cause } => {
                Some(cause.clone())
            }
            Fault::Status { status, code } => Some(match code {
                Some(code) => format!("HTTP {status}, code {code} of 1C"),
                None => format!("HTTP {status} of the web server"),
            }),
            _ => None,
        }
    }

    fn remedies(&self) -> &'static [&'static str] {
        match self {
            Fault::Unreachable { .. } => &[
                "look at `people.odata.url`, the network and the proxy",
                "where the company signs its certificates itself, give the system its root certificate",
            ],
            Fault::TimedOut => &[
                "try again: the first answer after a pause may take half a minute",
                "raise `people.odata.read_timeout`, or lower `page_size`",
            ],
            Fault::Broken { .. } => &["try again; lower `people.odata.page_size` if it comes again"],
            Fault::Status { status, code } => status_remedies(*status, code.as_deref()),
            Fault::Page | Fault::Xml => &[
                "open `people.odata.url` in a browser: it must ask for a 1C user and show XML, not a page to log in",
                "publish the base with «Публиковать стандартный интерфейс OData»",
            ],
            Fault::Garbled { .. } => &["look whether `people.odata.url` is that of a 1C base"],
            Fault::Redirected { .. } => &["write the final address into `people.odata.url`, with https"],
            Fault::TooLarge => &["lower `people.odata.page_size`"],
            Fault::Moved => &["try again when nobody works on these rows"],
        }
    }
}

fn status_sentence(status: u16, code: Option<&str>, set: &str) -> String {
    match (status, code) {
        (400, _) => format!("1C does not understand the question about `{set}`"),
        (401, Some(_)) => format!("1C hides rows of `{set}` from this user, or the whole set"),
        (401, None) => "1C refused the user or the password".to_owned(),
        (403, _) => "the web server forbids OData".to_owned(),
        (404, Some("9")) => format!("there is no such object in `{set}`"),
        (404, _) => format!("`{set}` is not published"),
        (406, _) => "1C cannot start another session".to_owned(),
        (412, _) => format!("somebody changed the object in `{set}` meanwhile"),
        (501, _) => format!("1C cannot do this with `{set}`"),
        (500, Some(_)) => format!("1C failed inside while it worked on `{set}`"),
        (500..=599, _) => "1C is restarting, or locked for an update or a backup".to_owned(),
        _ => format!("an answer that 1C does not give came from `{set}`"),
    }
}

fn status_remedies(status: u16, code: Option<&str>) -> &'static [&'static str] {
    match (status, code) {
        (400, _) => {
            &["if this base calls the set or a field otherwise, say so in `people.odata.sets` and `fields`"]
        }
        (401, Some(_)) => &[
            "give the 1C user the right to read every row of it; if nothing can be read, check `user` and `password`",
            "`allowed_only: true` reads the allowed rows alone; hidden people then look as if they had left",
        ],
        (401, None) => &[
            "check `people.odata.user` and `password`, and that the user may log in with 1C's own password",
            "give the user the role «УдаленныйДоступOData»",
        ],
        (403, _) => &["let the web server's publication serve OData to this machine"],
        (404, _) => &[
            "tick the object in «Настройка автоматического REST-сервиса» of 1C",
            "look at `people.odata.url`; if this base calls the set otherwise, say so in `people.odata.sets`",
        ],
        (406, _) => &["free a licence or a session of 1C, then try again"],
        (500, Some(_)) => &["look into 1C's event log (журнал регистрации) at this minute"],
        (500..=599, _) => &["wait until 1C is back, then run the same command again"],
        _ => &["look whether `people.odata.url` is that of a 1C base"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, code: Option<&str>) -> Fault {
        Fault::Status { status, code: code.map(str::to_owned) }
    }

    #[test]
    fn repeats_only_what_may_pass() {
        for (fault, passes) in [
            (status(503, None), true),
            (status(500, Some("-1")), true),
            (status(406, None), true),
            (status(501, Some("21")), false),
            (status(401, None), false),
            (status(404, Some("8")), false),
            (Fault::TimedOut, true),
            (Fault::Page, false),
        ] {
            assert_eq!(fault.passes(), passes, "{fault:?}");
        }
    }

    #[test]
    fn every_fault_names_a_remedy() {
        for code in [400, 401, 403, 404, 406, 412, 418, 500, 501, 503] {
            assert!(!status(code, None).problem("Catalog_Сотрудники").hints.is_empty(), "{code}");
        }
        assert!(status(401, Some("20")).problem("X").hints[1].contains("allowed_only"));
    }
}
