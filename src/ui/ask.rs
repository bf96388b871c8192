//! One question, answered on stdin.

use std::io::{self, BufRead};

use super::Ui;

/// Asks a question that only a typed `yes` agrees to.
pub fn confirm(ui: Ui, question: &str) -> io::Result<bool> {
    ui.say(&format!("{question} Only `yes` is taken as agreement:"));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "yes" | "да")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_whole_yes_agrees() {
        assert!(is_yes("yes\n") && is_yes(" Да \r\n"));
        assert!(!is_yes("y\n") && !is_yes("\n") && !is_yes("yes please\n"));
    }
}
