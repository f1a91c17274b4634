//! Bars on a terminal, one plain line for each step anywhere else; always on standard error.

use std::io::{IsTerminal as _, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::output;

/// How a bar looks: words, bar, count, pace.
const TEMPLATE: &str = "{prefix:<28} {bar:40} {pos:>7}/{len} {per_sec}";

/// The progress of one step.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    label: String,
    is_terminal: bool,
}

impl Progress {
    /// Begins a step of `count` items.
    pub(super) fn begin(label: &str, count: usize) -> Self {
        let is_terminal = stderr().is_terminal();
        let target = if is_terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(count), target);
        // The template is a constant; one that could not be read would only look plain.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        bar.set_prefix(label.to_owned());
        Self {
            bar,
            label: label.to_owned(),
            is_terminal,
        }
    }

    /// Counts items that are done.
    pub(super) fn add(&self, count: usize) {
        self.bar.inc(u64::try_from(count).unwrap_or_default());
    }

    /// Ends the step.
    pub(super) fn end(self) {
        self.bar.finish();
        if !self.is_terminal {
            let seconds = self.bar.elapsed().as_secs();
            let done = self.bar.position();
            output::note(&format!("{}: {done} in {seconds} s", self.label));
        }
    }
}
