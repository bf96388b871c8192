//! The envelope of the portal's answers, in all the shapes it has (reference: REST, sections 1.3
//! and 2). What an error means is decided by its code; the HTTP status alone says too little,
//! because documentation and portals disagree on it.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{PortalFault, http::HttpAnswer, mask::shown};

/// A call that the portal says it has done.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    /// What the method returned.
    pub(crate) result: Value,
    /// How many rows there are in all; absent on empty pages and without counting.
    pub(crate) total: Option<u64>,
    /// How long the method has worked for us lately.
    pub(crate) timing: Timing,
}

/// The part of `time` that the operating limit is about.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Timing {
    /// Seconds of work counted against the method.
    pub(crate) operating: f64,
    /// Seconds until the oldest of them are forgotten.
    pub(crate) resets_in: Option<f64>,
}

/// Reads an HTTP answer.
///
/// # Errors
/// Every error of the portal, by what it means for us.
pub(crate) fn read(http: &HttpAnswer, secrets: &[SecretString]) -> Result<Answer, PortalFault> {
    let Ok(Value::Object(envelope)) = serde_json::from_slice(&http.body) else {
        return Err(PortalFault::Lost { cause: not_json(http, secrets) });
    };
    if let Some(error) = envelope.get("error").filter(|error| !error.is_null()) {
        return Err(fault(error, &envelope, http.status, secrets));
    }
    let Some(result) = envelope.get("result") else {
        return Err(PortalFault::Lost {
            cause: format!("HTTP {} with neither result nor error", http.status),
        });
    };
    if let Some(error) = nested_error(result, secrets) {
        return Err(error);
    }
    if http.status >= 400 {
        return Err(PortalFault::Lost { cause: format!("HTTP {}", http.status) });
    }
    let answer = Answer {
        result: result.clone(),
        total: envelope.get("total").and_then(Value::as_u64),
        timing: envelope.get("time").map(Timing::read).unwrap_or_default(),
    };
    Ok(answer)
}

/// Reads from a refusal by working time when the method is let in again; most do not tell.
pub(crate) fn resets_in(http: &HttpAnswer) -> Option<f64> {
    let envelope: Value = serde_json::from_slice(&http.body).ok()?;
    Timing::read(envelope.get("time")?).resets_in
}

/// Reads the error of one command of a batch; the HTTP status around it is always 200.
pub(crate) fn command_fault(error: &Value, secrets: &[SecretString]) -> PortalFault {
    let empty = Map::new();
    let envelope = error.as_object().unwrap_or(&empty);
    fault(envelope.get("error").unwrap_or(&Value::Null), envelope, 400, secrets)
}

/// Finds the error that some methods put inside `result`, with HTTP 200 and the code 0.
pub(crate) fn nested_error(result: &Value, secrets: &[SecretString]) -> Option<PortalFault> {
    let inner = result.as_object().filter(|inner| inner.contains_key("error_description"))?;
    inner.get("error").map(|error| fault(error, inner, 400, secrets))
}

impl Timing {
    /// Reads `time`. Numbers are integers on some builds and floats on others.
    pub(crate) fn read(time: &Value) -> Timing {
        let number = |name: &str| time.get(name).and_then(Value::as_f64);
        // Both ends are the portal's clock, so that ours does not matter.
        let resets_in = number("operating_reset_at")
            .zip(number("finish"))
            .map(|(reset, finish)| reset - finish)
            .filter(|seconds| *seconds > 0.0);
        Timing { operating: number("operating").unwrap_or(0.0), resets_in }
    }
}

fn not_json(http: &HttpAnswer, secrets: &[SecretString]) -> String {
    let kind = match http.content_type.as_str() {
        "" => "no content type",
        kind if kind.starts_with("text/") || kind.starts_with("application/") => kind,
        _ => "an odd content type",
    };
    let state = if http.body.is_empty() { "an empty answer" } else { "an answer that is not JSON" };
    format!("HTTP {}, {state}, {}", http.status, shown(kind, secrets))
}

/// Reads an error and what stands beside it.
pub(crate) fn fault(
    error: &Value,
    envelope: &Map<String, Value>,
    status: u16,
    secrets: &[SecretString],
) -> PortalFault {
    let described = envelope.get("error_description").and_then(Value::as_str).unwrap_or_default();
    let (code, text) = match error {
        Value::String(code) => (code.clone(), described),
        Value::Number(code) => (code.to_string(), described),
        // REST v3 puts both into an object.
        Value::Object(inner) => {
            let part = |name: &str| inner.get(name).and_then(Value::as_str).unwrap_or_default();
            (part("code").to_owned(), part("message"))
        }
        _ => (String::new(), described),
    };
    meaning(shown(&code, secrets), shown(text, secrets), status)
}

/// Says what a code means. Codes are compared with case, as the portal writes them.
fn meaning(code: String, text: String, status: u16) -> PortalFault {
    match code.as_str() {
        "QUERY_LIMIT_EXCEEDED" | "OPERATION_TIME_LIMIT" => PortalFault::Busy { code },
        "PORTAL_DELETED" | "OVERLOAD_LIMIT" => PortalFault::Gone { code },
        "ACCESS_DENIED" if !is_tariff(&text) => PortalFault::Refused { code, text },
        known if let Some(hint) = access_hint(known) => PortalFault::Access { hint: hint.into(), code, text },
        // Known to be said before anything is done, or after validation: anything else that comes
        // with 5xx may have left the write half done.
        _ if status >= 500 => PortalFault::Lost { cause: lost(status, &code, &text) },
        _ => PortalFault::Refused { code, text },
    }
}

fn lost(status: u16, code: &str, text: &str) -> String {
    [format!("HTTP {status}"), code.to_owned(), text.to_owned()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// ACCESS_DENIED is also what a method says to a user without rights; only the tariff ends all.
fn is_tariff(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("commercial plan")
        || text.contains("коммерческ")
        || text.contains("rest api is available only")
}

/// Returns what would mend an access that does not work; none where the code is another matter.
fn access_hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "NO_AUTH_FOUND" | "INVALID_CREDENTIALS" => {
            "compare the webhook's address with the one the portal shows; it changes when an administrator edits it"
        }
        "expired_token" | "invalid_token" | "invalid_grant" | "ERROR_OAUTH" => {
            "authorize the local application again and put the new tokens into its file"
        }
        "invalid_client" | "wrong_client" | "APPLICATION_NOT_FOUND" => {
            "compare `client_id` and `client_secret` with the application's card"
        }
        "NOT_INSTALLED" => "finish the installation of the local application on the portal",
        "insufficient_scope" | "INVALID_SCOPE" | "invalid_scope" => {
            "give the webhook or application the missing scope; `shtat check --online` names it"
        }
        "authorization_error" => {
            "the owner of the webhook is dismissed: create one for an active administrator"
        }
        "user_access_error" => "give the user access to the application",
        "ACCESS_DENIED" | "PAYMENT_REQUIRED" => "REST needs a commercial tariff of the portal",
        "INVALID_REQUEST" => "use https in the webhook's address",
        "METHOD_CONFIRM_WAITING" => {
            "an administrator must confirm the call on the portal; then run the command again"
        }
        "METHOD_CONFIRM_DENIED" => "an administrator refused the call on the portal",
        "WRONG_AUTH_TYPE" => "the method needs a local application: fill `oauth` of the portal in shtat.yaml",
        "ALLOWED_ONLY_INTRANET_USER" => "use the webhook of an employee, not of an external user",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, body: &str) -> Result<Answer, PortalFault> {
        let http = HttpAnswer {
            status,
            content_type: "application/json".into(),
            location: None,
            body: body.as_bytes().to_vec(),
        };
        read(&http, &[SecretString::from("s3cr3t".to_owned())])
    }

    fn refused(code: &str, text: &str) -> Result<Answer, PortalFault> {
        Err(PortalFault::Refused { code: code.into(), text: text.into() })
    }

    #[test]
    fn tells_the_four_error_shapes() {
        let plain = r#"{"error":"ERROR_ARGUMENT","error_description":"wrong_email","argument":""}"#;
        assert_eq!(answer(400, plain), refused("ERROR_ARGUMENT", "wrong_email"));
        assert_eq!(
            answer(400, r#"{"error":"","error_description":"Wrong group ID"}"#),
            refused("", "Wrong group ID")
        );
        assert_eq!(
            answer(200, r#"{"error":510,"error_description":"Operation failed"}"#),
            refused("510", "Operation failed")
        );
        let nested = r#"{"result":{"error":0,"error_description":"Operation failed"},"time":{}}"#;
        assert_eq!(answer(200, nested), refused("0", "Operation failed"));
        let v3 =
            r#"{"error":{"code":"BITRIX_REST_V3_EXCEPTION_ENTITYNOTFOUNDEXCEPTION","message":"No node"}}"#;
        assert_eq!(answer(400, v3), refused("BITRIX_REST_V3_EXCEPTION_ENTITYNOTFOUNDEXCEPTION", "No node"));
    }

    #[test]
    fn the_code_decides_and_not_the_status() {
        for status in [400, 401, 403, 503] {
            let body = r#"{"error":"INVALID_CREDENTIALS","error_description":"Invalid request credentials"}"#;
            assert!(matches!(answer(status, body), Err(PortalFault::Access { .. })), "{status}");
            let body = r#"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}"#;
            assert!(matches!(answer(status, body), Err(PortalFault::Busy { .. })), "{status}");
        }
        let denied = r#"{"error":"ACCESS_DENIED","error_description":"Access denied! Access denied."}"#;
        assert!(matches!(answer(403, denied), Err(PortalFault::Refused { .. })));
        let tariff = r#"{"error":"ACCESS_DENIED","error_description":"REST API is available only on commercial plans"}"#;
        assert!(matches!(answer(403, tariff), Err(PortalFault::Access { .. })));
        assert!(matches!(answer(503, r#"{"error":"OVERLOAD_LIMIT"}"#), Err(PortalFault::Gone { .. })));
    }

    #[test]
    fn what_may_have_been_done_is_lost() {
        for (status, body) in [
            (500, r#"{"error":"INTERNAL_SERVER_ERROR","error_description":"Internal server error"}"#),
            (500, r#"{"error":"ERROR_CORE","error_description":"SQL query error!"}"#),
            (502, "<html>Bad gateway</html>"),
            (503, ""),
            (200, r#"{"result":[{"ID":"1","#),
            (200, "[]"),
            (200, r#"{"time":{}}"#),
        ] {
            let fault = answer(status, body).unwrap_err();
            assert!(matches!(fault, PortalFault::Lost { .. }), "{status} {body}: {fault}");
        }
    }

    #[test]
    fn reads_result_total_and_timing() {
        let body = r#"{"result":[],"next":50,"total":173,"time":{"start":1790000000,"finish":1790000000.5,
            "operating_reset_at":1790000600,"operating":0.38}}"#;
        let answer = answer(200, body).unwrap();
        assert_eq!(answer.total, Some(173));
        assert_eq!(answer.timing, Timing { operating: 0.38, resets_in: Some(599.5) });
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_reader(status in 100u16..600, body in prop::collection::vec(any::<u8>(), 0..200),
            text in "[\\[\\]{}\":,0-9a-z]{0,200}") {
            let _ = answer(status, &String::from_utf8_lossy(&body));
            let _ = answer(status, &text);
            let _ = answer(status, &format!("{{\"error\": {text}}}"));
            let _ = answer(status, &format!("{{\"result\": {text}}}"));
        }
    }

    #[test]
    fn quotes_no_secret_and_nobodys_address() {
        let body =
            r#"{"error":"ERROR_CORE","error_description":"a@b.example is taken, see /rest/7/s3cr3t/"}"#;
        assert_eq!(answer(400, body), refused("ERROR_CORE", "*** is taken, see /rest/7/***/"));
    }
}
