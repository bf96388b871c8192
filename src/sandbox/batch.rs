//! `batch`: up to fifty commands in one call, with PHP's ways (`reference` 3.4).

use jiff::Timestamp;
use serde_json::Value;

use super::{
    http::{BatchBody, Failure, Param, Params, answer, clock, form},
    methods::Caller,
    trouble::Strike,
    work::{Incoming, Reply, Shared, Task},
};

/// How many commands are carried out.
const MOST: usize = 50;

struct Command {
    key: String,
    query: String,
    task: Task,
}

/// Carries out a batch.
pub async fn run(shared: &Shared, incoming: &Incoming, start: Timestamp) -> (Reply, String) {
    let (around, commands) = strike_all(shared, &incoming.params);
    let instead = around.instead.or_else(|| commands.iter().find_map(|command| command.task.strike.instead));
    if let Some(instead) = instead {
        let (reply, outcome) = Shared::instead(instead);
        note(shared, &commands, &outcome);
        return (reply, outcome);
    }
    let caller = match shared.authorize(incoming) {
        Ok(caller) => caller,
        Err(failure) => {
            note(shared, &commands, &failure.line());
            return (Reply::Json(failure.status, answer::encode(&failure.to_value())), failure.line());
        }
    };
    let wait = shared.latency("batch") + around.slow;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let lost = around.lost || commands.iter().any(|command| command.task.strike.lost);
    let body = run_all(shared, caller, &incoming.params, commands).await;
    if lost {
        return (Reply::HangUp, "ok".to_owned());
    }
    (Reply::Json(200, body.body(&shared.timing(caller, "batch", start))), "ok".to_owned())
}

/// Counts the batch and its commands for the faults, before anything is done.
fn strike_all(shared: &Shared, params: &Params) -> (Strike, Vec<Command>) {
    let mut inner = shared.lock();
    let commands = split(params);
    let around = inner.trouble.strike("batch", !commands.is_empty());
    let commands = commands.into_iter().enumerate().map(|(at, (key, method, query))| {
        let strike = if at < MOST { inner.trouble.strike(&method, false) } else { Strike::default() };
        Command { key, query, task: Task { method, strike } }
    });
    (around, commands.collect())
}

/// Splits `cmd` into keys, methods and queries.
fn split(params: &Params) -> Vec<(String, String, String)> {
    let Some(commands) = params.any_case("cmd").and_then(Param::map) else { return Vec::new() };
    let parts = commands.0.iter().map(|(key, command)| {
        let text = command.text().unwrap_or_default();
        let (method, query) = text.split_once('?').unwrap_or((&text, ""));
        let method = method.trim().to_ascii_lowercase();
        (key.clone(), method.strip_suffix(".json").unwrap_or(&method).to_owned(), query.to_owned())
    });
    parts.collect()
}

/// Notes commands that were not carried out.
fn note(shared: &Shared, commands: &[Command], outcome: &str) {
    let mut inner = shared.lock();
    for command in commands {
        let number = inner.requests.enter(&command.task.method, &form::parse(&command.query), true);
        inner.requests.settle(number, outcome);
    }
}

async fn run_all(shared: &Shared, caller: Caller, params: &Params, commands: Vec<Command>) -> BatchBody {
    let halt = params.any_case("halt").is_some_and(halts);
    let mut body = BatchBody::default();
    for (at, command) in commands.into_iter().enumerate() {
        let failed = run_command(shared, caller, &mut body, at, &command).await;
        if failed && halt {
            break;
        }
    }
    body
}

async fn run_command(
    shared: &Shared,
    caller: Caller,
    body: &mut BatchBody,
    at: usize,
    command: &Command,
) -> bool {
    let start = clock::now();
    let mut params = form::parse(&command.query);
    let broken = resolve(&mut params, &body.result.0);
    let strict = shared.lock().portal.settings.strict;
    let number = shared.lock().requests.enter(&command.task.method, &params, true);
    let refused = if at >= MOST {
        Some(Failure::new("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded"))
    } else if command.task.method == "batch" {
        Some(Failure::new("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage"))
    } else if strict && broken {
        Some(Failure::strict(
            "a reference of this command leads nowhere; the portal would send something else",
        ))
    } else {
        None
    };
    let (answer, timing) = match refused {
        Some(failure) => (Err(failure), None),
        None => {
            let (answer, timing) = shared.run(caller, &command.task, &params, start, true).await;
            (answer, Some(timing))
        }
    };
    let outcome = answer.as_ref().err().map_or_else(|| "ok".to_owned(), Failure::line);
    shared.lock().requests.settle(number, &outcome);
    let key = || command.key.clone();
    match answer {
        Ok(success) => {
            body.result.0.push((key(), success.result));
            body.totals.0.extend(success.total.map(|total| (key(), Value::from(total))));
            body.nexts.0.extend(success.next.map(|next| (key(), Value::from(next))));
            body.times.0.extend(timing.map(|timing| (key(), timing.to_value())));
            false
        }
        Err(failure) => {
            body.errors.0.push((key(), failure.to_value()));
            true
        }
    }
}

fn halts(halt: &Param) -> bool {
    match halt {
        Param::Text(text) => {
            halt.int().is_some_and(|number| number != 0)
                || ["true", "y"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
        }
        other => other.truthy(),
    }
}

/// Replaces `$result[key][FIELD]` by what earlier commands brought. A step that is not there is
/// skipped, so the value degrades to a part or the whole; returns whether one was.
fn resolve(params: &mut Params, results: &[(String, Value)]) -> bool {
    let mut broken = false;
    for param in params.0.values_mut() {
        resolve_one(param, results, &mut broken);
    }
    broken
}

fn resolve_one(param: &mut Param, results: &[(String, Value)], broken: &mut bool) {
    match param {
        Param::Text(text) => {
            if let Some(steps) = reference(text) {
                *param = look_up(&steps, results, broken);
            }
        }
        Param::List(items) => items.iter_mut().for_each(|item| resolve_one(item, results, broken)),
        Param::Map(params) => params.0.values_mut().for_each(|item| resolve_one(item, results, broken)),
        Param::Null | Param::Bool(_) | Param::Number(_) => {}
    }
}

fn reference(text: &str) -> Option<Vec<String>> {
    let steps = text.strip_prefix("$result[")?.strip_suffix(']')?;
    Some(steps.split("][").map(|step| step.trim_matches(['\'', '"']).to_owned()).collect())
}

fn look_up(steps: &[String], results: &[(String, Value)], broken: &mut bool) -> Param {
    let all = || Value::Object(results.iter().cloned().collect());
    let mut value = all();
    for step in steps {
        let found = match &value {
            Value::Object(map) => map.get(step).cloned(),
            Value::Array(items) => step.parse::<usize>().ok().and_then(|at| items.get(at).cloned()),
            _ => None,
        };
        match found {
            Some(found) => value = found,
            None => *broken = true,
        }
    }
    Param::from(&value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolved(query: &str) -> (Value, bool) {
        let results = [("u".to_owned(), json!([{"ID": "42"}])), ("n".to_owned(), json!(7))];
        let mut params = form::parse(query);
        let broken = resolve(&mut params, &results);
        (params.to_value(), broken)
    }

    #[test]
    fn references_are_replaced_and_degrade() {
        assert_eq!(
            resolved("ID=$result[u][0][ID]&F[x]=$result[n]"),
            (json!({"ID": "42", "F": {"x": 7}}), false)
        );
        assert_eq!(resolved("ID=$result[u][ID]"), (json!({"ID": [{"ID": "42"}]}), true));
        assert_eq!(resolved("ID=$result[n][ID]"), (json!({"ID": 7}), true));
        assert_eq!(resolved("ID=$resultx").0, json!({"ID": "$resultx"}));
    }

    #[test]
    fn halt_is_one_or_true() {
        for (halt, is) in
            [(Param::Text("1".into()), true), (Param::Text("0".into()), false), (Param::Bool(true), true)]
        {
            assert_eq!(halts(&halt), is);
        }
    }
}
