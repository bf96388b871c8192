//! The bad ways of a 1C, as the command line spells them: `busy#3`, `lost-write`, `off:Catalog_Должности`.

use std::{str::FromStr, time::Duration};

use crate::model::{Problem, parse_time};

/// One bad way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// `off:SET`: the set is not published (404, code 8).
    Off(String),
    /// `no-field:SET.FIELD`: this release has no such field (400, code 6).
    NoField(String, String),
    /// `empty:SET`: published, without a row.
    Empty(String),
    /// `restricted:SET`: the set's first row is hidden: 401, code 20, and with `allowedOnly` it
    /// vanishes.
    Restricted(String),
    /// `forbidden`: the web server lets nobody in (403).
    Forbidden,
    /// `busy#N`: the first N requests get 503.
    Busy(u64),
    /// `html#N`: request N gets a page with status 200.
    Html(u64),
    /// `error:HTTP/CODE#N` or `error:HTTP#N`: request N fails so.
    Error(u16, Option<String>, u64),
    /// `truncated#N`: the body of answer N breaks off.
    Truncated(u64),
    /// `drop#N`: request N is not answered at all.
    Drop(u64),
    /// `slow#N=TIME`: answer N takes so long.
    Slow(u64, Duration),
    /// `redirect#N`: request N is sent to another host.
    Redirect(u64),
    /// `moved#N`: a row is inserted before the others when page N is read (pages with `$skip`).
    Moved(u64),
    /// `no-sessions`: the header `IBSession` is ignored.
    NoSessions,
    /// `session-limit#N`: the first N starts get 406.
    SessionLimit(u64),
    /// `expire-session#N`: at the N-th request with a session that session is gone.
    ExpireSession(u64),
    /// `obey-if-match`: a write with an old version gets 412; else `If-Match` is ignored.
    ObeyIfMatch,
    /// `lost-write#N`: write N is carried out and its answer dropped with the connection.
    LostWrite(u64),
    /// `refuse-write#N`: write N gets 503 and is not carried out.
    RefuseWrite(u64),
    /// `handler-error#N`: write N fails in a handler (500, code -1) and is not carried out.
    HandlerError(u64),
    /// `handler-change#N`: a handler cuts the address of write N.
    HandlerChange(u64),
    /// `other-write#N`: somebody else changes the card just before write N.
    OtherWrite(u64),
}

const HINT: &str = "known are off:SET, no-field:SET.FIELD, empty:SET, restricted:SET, forbidden, busy#N, html#N, \
    error:HTTP/CODE#N, truncated#N, drop#N, slow#N=TIME, redirect#N, moved#N, no-sessions, session-limit#N, \
    expire-session#N, obey-if-match, lost-write#N, refuse-write#N, handler-error#N, handler-change#N, other-write#N";

impl FromStr for Fault {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Fault, Problem> {
        let wrong = || Problem::error(format!("`{text}` is not a fault of a 1C")).hint(HINT);
        if let Some((name, set)) = text.split_once(':') {
            return about_set(name, set).ok_or_else(wrong);
        }
        let (text, time) = text.split_once('=').map_or((text, None), |(text, time)| (text, Some(time)));
        let (name, number) = text.split_once('#').unwrap_or((text, "1"));
        let number: u64 = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        if name == "slow" {
            return Ok(Fault::Slow(number, parse_time(time.ok_or_else(wrong)?)?));
        }
        numbered(name, number).filter(|_| time.is_none()).ok_or_else(wrong)
    }
}

fn about_set(name: &str, rest: &str) -> Option<Fault> {
    let set = rest.to_owned();
    Some(match name {
        "off" => Fault::Off(set),
        "empty" => Fault::Empty(set),
        "restricted" => Fault::Restricted(set),
        "no-field" => {
            let (set, field) = rest.split_once('.')?;
            Fault::NoField(set.to_owned(), field.to_owned())
        }
        "error" => {
            let (what, number) = rest.split_once('#').unwrap_or((rest, "1"));
            let (status, code) =
                what.split_once('/').map_or((what, None), |(status, code)| (status, Some(code)));
            Fault::Error(status.parse().ok()?, code.map(str::to_owned), number.parse().ok()?)
        }
        _ => return None,
    })
}

fn numbered(name: &str, number: u64) -> Option<Fault> {
    Some(match name {
        "forbidden" => Fault::Forbidden,
        "busy" => Fault::Busy(number),
        "html" => Fault::Html(number),
        "truncated" => Fault::Truncated(number),
        "drop" => Fault::Drop(number),
        "redirect" => Fault::Redirect(number),
        "moved" => Fault::Moved(number),
        "no-sessions" => Fault::NoSessions,
        "session-limit" => Fault::SessionLimit(number),
        "expire-session" => Fault::ExpireSession(number),
        "obey-if-match" => Fault::ObeyIfMatch,
        "lost-write" => Fault::LostWrite(number),
        "refuse-write" => Fault::RefuseWrite(number),
        "handler-error" => Fault::HandlerError(number),
        "handler-change" => Fault::HandlerChange(number),
        "other-write" => Fault::OtherWrite(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling_and_names_them_all_where_it_cannot() {
        for text in ["off:Catalog_Должности", "no-field:Catalog_ФизическиеЛица.Фамилия", "busy#3", "busy"]
        {
            assert!(text.parse::<Fault>().is_ok(), "{text}");
        }
        assert_eq!("slow#2=3s".parse(), Ok(Fault::Slow(2, Duration::from_secs(3))));
        assert_eq!("error:500/-1#2".parse(), Ok(Fault::Error(500, Some("-1".into()), 2)));
        for text in ["bizy", "busy#0", "busy#x", "slow#2", "no-field:X", "busy#1=3s"] {
            let problem = text.parse::<Fault>().unwrap_err();
            assert!(problem.hints[0].contains("lost-write#N"), "{text}");
        }
    }
}
