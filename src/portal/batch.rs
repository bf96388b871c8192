//! Several reads in one HTTP call (Bitrix24 batch, version 2): at most 50, each with its own
//! outcome. Only reads go this way: a lost answer would leave up to 50 writes in doubt.

use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

use super::{
    PortalError, PortalFault,
    answer::{self, Answer, Timing},
    rest::{Rest, distinct, may_repeat},
};

/// The most commands the portal takes at once.
pub(crate) const MOST: usize = 50;
/// Commands that failed in passing are asked again so many times.
const REPEATS: u32 = 4;

/// One read of a batch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Command {
    /// The method.
    pub(crate) method: &'static str,
    /// Its parameters. Inside a batch the portal sees only strings.
    pub(crate) params: Value,
}

/// What became of one command.
pub(crate) type Reply = Result<Answer, PortalFault>;

impl Command {
    /// States a command.
    pub(crate) fn new(method: &'static str, params: Value) -> Command {
        Command { method, params }
    }

    /// Writes the command as the portal takes it: `user.get?FILTER[ID]=7`.
    fn text(&self) -> String {
        let mut pairs = Vec::new();
        flatten("", &self.params, &mut pairs);
        let query: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        format!("{}?{}", self.method, query.join("&"))
    }
}

/// Names the value of an earlier command's row: the portal puts it in.
pub(crate) fn reference(command: usize, row: usize, field: &str) -> String {
    format!("$result[{}][{row}][{field}]", key(command))
}

/// Runs commands and says what became of each, in order. Repeats nothing.
pub(crate) async fn once(rest: &Rest, commands: &[Command]) -> Result<Vec<Reply>, PortalFault> {
    let inside = distinct(commands.iter().map(|command| command.method));
    let answer = rest.once("batch", &inside, &body(commands)).await?;
    Ok(replies(rest, commands, &answer.result))
}

/// Runs commands and says what became of each, in order. The call itself is repeated as every
/// read.
async fn run(rest: &Rest, commands: &[Command]) -> Result<Vec<Reply>, PortalError> {
    let inside = distinct(commands.iter().map(|command| command.method));
    let answer = rest.read_of("batch", &inside, body(commands)).await?;
    Ok(replies(rest, commands, &answer.result))
}

fn body(commands: &[Command]) -> Value {
    debug_assert!(commands.len() <= MOST);
    let texts: Map<String, Value> =
        commands.iter().enumerate().map(|(at, command)| (key(at), json!(command.text()))).collect();
    json!({"halt": 0, "cmd": texts})
}

fn replies(rest: &Rest, commands: &[Command], result: &Value) -> Vec<Reply> {
    let replies: Vec<Reply> = (0..commands.len()).map(|at| reply(result, at, rest)).collect();
    for (command, reply) in commands.iter().zip(&replies) {
        match reply {
            Ok(answer) => rest.worked(command.method, answer.timing),
            Err(PortalFault::Busy { .. }) => rest.pace.method_refused(command.method, None),
            Err(_) => {}
        }
    }
    replies
}

/// Runs commands that do not refer to each other, any number of them, and asks those again that
/// failed in passing.
pub(crate) async fn run_all(rest: &Rest, commands: &[Command]) -> Result<Vec<Reply>, PortalError> {
    let mut replies = Vec::with_capacity(commands.len());
    for chunk in commands.chunks(MOST) {
        replies.extend(run(rest, chunk).await?);
    }
    for failed in 0..REPEATS {
        let open: Vec<usize> = (0..replies.len()).filter(|at| is_open(&replies[*at])).collect();
        if open.is_empty() {
            break;
        }
        rest.pause(failed).await.map_err(|_| stopped())?;
        for chunk in open.chunks(MOST) {
            let again: Vec<Command> = chunk.iter().map(|at| commands[*at].clone()).collect();
            for (at, reply) in chunk.iter().zip(run(rest, &again).await?) {
                replies[*at] = reply;
            }
        }
    }
    Ok(replies)
}

fn is_open(reply: &Reply) -> bool {
    reply.as_ref().is_err_and(may_repeat)
}

fn stopped() -> PortalError {
    PortalError::new("batch", PortalFault::Local { cause: "stopped while waiting".into() })
}

fn reply(result: &Value, at: usize, rest: &Rest) -> Reply {
    // An empty map comes as `[]`, where `get` by name finds nothing, as it should.
    let part = |name: &str| result.get(name).and_then(|map| map.get(key(at)));
    if let Some(error) = part("result_error") {
        return Err(answer::command_fault(error, &rest.secrets()));
    }
    let Some(found) = part("result") else {
        return Err(PortalFault::Lost { cause: "the batch answered without this command".into() });
    };
    if let Some(fault) = answer::nested_error(found, &rest.secrets()) {
        return Err(fault);
    }
    Ok(Answer {
        result: found.clone(),
        total: part("result_total").and_then(Value::as_u64),
        timing: part("result_time").map(Timing::read).unwrap_or_default(),
    })
}

/// Keys sort as the commands stand: they run in the order of the JSON object, which is sorted.
fn key(at: usize) -> String {
    format!("c{at:02}")
}

fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// Spells parameters with PHP brackets. Everything arrives as text, and the text `false` would
/// count as true, so truth is spelled Y and N.
fn flatten(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    let inner = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") };
    match value {
        Value::Null => pairs.push((name.to_owned(), String::new())),
        Value::Bool(yes) => pairs.push((name.to_owned(), if *yes { "Y" } else { "N" }.to_owned())),
        Value::Number(number) => pairs.push((name.to_owned(), number.to_string())),
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| flatten(&inner(&at.to_string()), value, pairs));
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| flatten(&inner(key), value, pairs)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_commands_as_php_reads_them() {
        let params = json!({"FILTER": {">ID": reference(0, 49, "ID"), "ID": ["7", 8]}, "ADMIN_MODE": true,
            "ACTIVE": false, "start": -1});
        let text = Command::new("user.get", params).text();
        assert_eq!(
            text,
            "user.get?ACTIVE=N&ADMIN_MODE=Y&FILTER%5B%3EID%5D=%24result%5Bc00%5D%5B49%5D%5BID%5D\
             &FILTER%5BID%5D%5B0%5D=7&FILTER%5BID%5D%5B1%5D=8&start=-1"
        );
    }

    #[test]
    fn commands_run_in_the_order_in_which_they_stand() {
        let keys: Vec<String> = (0..MOST).map(key).collect();
        assert!(keys.is_sorted());
    }

    #[test]
    fn text_cannot_break_out_of_its_parameter() {
        let text = Command::new("user.get", json!({"FILTER": {"XML_ID": "a&ADMIN_MODE=N#?b=ж"}})).text();
        assert_eq!(text.matches('&').count(), 0);
        assert!(text.ends_with("a%26ADMIN_MODE%3DN%23%3Fb%3D%D0%B6"));
    }
}
