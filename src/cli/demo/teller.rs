//! The voice of the demo's story: numbered steps, and whether each went as told.

/// The teller: where lines go, and whether all went as told.
pub(super) struct Teller<'t> {
    pub(super) say: &'t dyn Fn(&str),
    pub(super) went_well: bool,
    step: u32,
}

impl<'t> Teller<'t> {
    /// Makes a teller who says lines through `say`.
    pub(super) fn new(say: &'t dyn Fn(&str)) -> Self {
        Self {
            say,
            went_well: true,
            step: 0,
        }
    }

    /// Begins the next numbered step.
    pub(super) fn step(&mut self, text: &str) {
        self.step += 1;
        (self.say)(&format!("\n{}. {text}", self.step));
    }

    /// Says lines within the step.
    pub(super) fn tell(&self, text: &str) {
        for line in text.lines() {
            (self.say)(format!("   {line}").trim_end());
        }
    }

    /// Notes whether a step went as told.
    pub(super) fn check(&mut self, holds: bool, what: &str) {
        if !holds {
            self.went_well = false;
            self.tell(&format!("THIS IS NOT AS IT SHOULD BE: {what}"));
        }
    }
}
