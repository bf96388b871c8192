//! tmp
use super::{Context, Failure};
use crate::ui::Exit;
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {}
pub fn run(_c: &Context, _a: &ExplainArgs) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
