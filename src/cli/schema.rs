//! `shtat schema`.

use clap::ValueEnum;

use super::{Context, Failure};
use crate::{rules, ui::Exit};

/// Print the JSON Schema of the rules or of shtat.yaml, for editors
///
/// Editors with a YAML language server complete and check rule files that open with
/// `# yaml-language-server: $schema=FILE`.
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// Which files
    #[arg(default_value = "rules")]
    of: Of,
}

/// What a schema is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// Files in rules/
    Rules,
    /// shtat.yaml
    Config,
    /// Files in rules/tests/
    Tests,
}

/// Prints a schema.
pub fn run(context: &Context, args: &SchemaArgs) -> Result<Exit, Failure> {
    let schema = match args.of {
        Of::Rules => rules::json_schema(),
        Of::Config => crate::project::json_schema(),
        Of::Tests => rules::tests::json_schema(),
    };
    context.ui.result(&format!("{schema:#}\n"))?;
    Ok(Exit::Done)
}
