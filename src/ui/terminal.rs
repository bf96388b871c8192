//! The two streams and their colours.

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::problems::problem_text;
use crate::model::Problem;

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The way to the user. Cheap to copy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ui {
    color: ColorChoice,
    quiet: bool,
}

impl Ui {
    /// Sets up the streams; `quiet` silences notes, not results and problems.
    pub fn new(color: ColorChoice, quiet: bool) -> Ui {
        Ui { color, quiet }
    }

    /// Prints a result on stdout. A reader that went away (a closed pipe) is not an error.
    pub fn result(&self, text: &str) -> io::Result<()> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.choice());
        match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// Prints a note on stderr; `--quiet` leaves it out.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Prints a line on stderr in any case.
    pub fn say(&self, text: &str) {
        // Stderr is the last resort: where it is closed there is nobody left to tell.
        let _ = writeln!(AutoStream::new(io::stderr().lock(), self.choice()), "{text}");
    }

    /// Prints problems on stderr, in the order given.
    pub fn problems(&self, problems: &[Problem]) {
        for problem in problems {
            self.say(&problem_text(problem));
        }
    }

    /// Tells whether results are coloured.
    pub fn colored(&self) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        }
    }

    /// Tells whether somebody can be asked: stdin and stderr are terminals.
    pub fn interactive(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Tells whether notes are silenced.
    pub fn quiet(&self) -> bool {
        self.quiet
    }

    fn choice(&self) -> anstream::ColorChoice {
        match self.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
    }
}

/// Colours of the words that open a line.
pub(super) fn label(color: AnsiColor) -> Style {
    Style::new().bold().fg_color(Some(color.into()))
}
