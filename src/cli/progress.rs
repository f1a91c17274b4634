//! How far long work has come: a bar with rate and remaining time on a terminal, a line every few seconds anywhere else.
//!
//! Always on standard error, so that results can be piped; `--quiet` shows none. What ends within a few seconds says nothing
//! where nobody watches. The rate is that of the last few seconds, because work that goes on after an interruption begins with
//! what is quickly found to be done.

use std::fmt::Write;
use std::io::{IsTerminal as _, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

use crate::cli::output;
use crate::client::{Client, Watch};

/// Milliseconds between two lines.
const LINE_MILLIS: u64 = 5_000;
/// How often a bar that waits is drawn again.
const TICK: Duration = Duration::from_millis(500);

/// How the bar of counted work looks.
const COUNTED: &str = "{prefix} {bar:30} {amounts} {msg}{pace}";
/// How the bar of an answer looks whose size is known.
const SIZED: &str = "{prefix} {bar:30} {amounts}{pace}";
/// How it looks for work whose end is not known.
const OPEN: &str = "{prefix} {spinner} {amount} {msg}, {rate}, {passed}";
/// How it looks for an answer whose size is not known.
const OPEN_BYTES: &str = "{prefix} {spinner} {amount}, {rate}, {passed}";

/// Whether progress is shown.
#[derive(Args, Clone, Copy, Default, Debug)]
pub struct ProgressArgs {
    /// Show no progress on standard error
    #[arg(long)]
    quiet: bool,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    Entries,
    Records,
    Requests,
    Rows,
    Bytes,
}

impl Unit {
    /// Returns the word, in the plural; bytes have their own way of being written.
    fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Records => "records",
            Self::Requests => "requests",
            Self::Rows => "rows",
            Self::Bytes => "bytes",
        }
    }

    fn amount(self, count: u64) -> String {
        match self {
            Self::Entries | Self::Records | Self::Requests | Self::Rows => grouped(count),
            Self::Bytes if count < 1_000 => format!("{count} B"),
            Self::Bytes if count < 1_000_000 => format!("{} kB", count / 1_000),
            Self::Bytes => format!("{}.{} MB", grouped(count / 1_000_000), count / 100_000 % 10),
        }
    }

    /// Writes a rate in whole numbers: by the minute where less than one comes in a second.
    fn rate(self, step: u64, millis: u64) -> String {
        let per = |span: u64| {
            let whole = step.saturating_mul(span).saturating_add(millis / 2);
            whole.checked_div(millis).unwrap_or_default()
        };
        match per(1_000) {
            0 => format!("{}/min", self.amount(per(60_000))),
            per_second => format!("{}/s", self.amount(per_second)),
        }
    }
}

/// Writes a whole number in groups of three digits.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Where it is shown.
#[derive(Debug)]
enum Place {
    Terminal(ProgressBar),
    Lines,
    Nowhere,
}

/// The progress of one piece of work; what is dropped before its end leaves no bar behind.
#[derive(Debug)]
pub(super) struct Progress {
    label: String,
    unit: Unit,
    place: Place,
    begun: Instant,
    /// What was done before it began.
    before: u64,
    done: AtomicU64,
    pace: Mutex<Pace>,
}

impl Progress {
    /// Begins a piece of work; `all` is absent if nobody knows its size before the end, and zero if it is told later.
    pub(super) fn begin(label: &str, unit: Unit, all: Option<u64>, args: ProgressArgs) -> Self {
        let place = if args.quiet {
            Place::Nowhere
        } else if stderr().is_terminal() {
            Place::Terminal(bar(label, unit, all))
        } else {
            Place::Lines
        };
        Self {
            label: label.to_owned(),
            unit,
            place,
            begun: Instant::now(),
            before: 0,
            done: AtomicU64::new(0),
            pace: Mutex::new(Pace {
                all,
                ..Pace::default()
            }),
        }
    }

    /// Begins behind what an earlier run has done, which says nothing about the pace of this one.
    pub(super) fn behind(mut self, before: u64) -> Self {
        self.before = before;
        self.done.store(before, Ordering::Relaxed);
        self.pace().done = before;
        if let Place::Terminal(bar) = &self.place {
            bar.set_position(before);
            bar.reset_eta();
        }
        self
    }

    /// Shows how much of how much is done.
    pub(super) fn set(&self, done: u64, all: Option<u64>) {
        self.done.store(done, Ordering::Relaxed);
        self.pace().all = all;
        if let Place::Terminal(bar) = &self.place
            && let Some(all) = all
        {
            if bar.length().is_none() {
                dress(bar, self.unit, true);
            }
            bar.set_length(all);
        }
        self.show(done);
    }

    /// Counts what was done since.
    pub(super) fn add(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let before = self.done.fetch_add(count, Ordering::Relaxed);
        self.show(before.saturating_add(count));
    }

    /// Prints something while the bar is not in its way.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.place {
            Place::Terminal(bar) => bar.suspend(print),
            Place::Lines | Place::Nowhere => print(),
        }
    }

    /// Ends the work; where lines were printed, one says how long it took.
    pub(super) fn end(&self) {
        let was_told = self.pace().lines > 0;
        self.clear();
        if was_told {
            self.sum_up();
        }
    }

    /// Ends a step of something longer: a line says how long it took in any case.
    pub(super) fn end_step(&self) {
        self.clear();
        match &self.place {
            Place::Terminal(_) | Place::Lines => self.sum_up(),
            Place::Nowhere => {}
        }
    }

    fn clear(&self) {
        match &self.place {
            Place::Terminal(bar) => bar.finish_and_clear(),
            Place::Lines | Place::Nowhere => {}
        }
    }

    fn sum_up(&self) {
        let done = self.done.load(Ordering::Relaxed);
        let done = self.unit.amount(done.saturating_sub(self.before));
        let time = duration(self.begun.elapsed().as_secs());
        output::note(&format!("{}: {done} in {time}", self.label));
    }

    fn show(&self, done: u64) {
        match &self.place {
            Place::Terminal(bar) => bar.set_position(done),
            Place::Lines => {
                let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                let line = self.pace().line(self.unit, done, now);
                if let Some(line) = line {
                    output::note(&format!("{}: {line}", self.label));
                }
            }
            Place::Nowhere => {}
        }
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        // A count that a panic left behind is still a count.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins a step of so many requests.
pub(super) fn begin_step(label: &str, count: usize) -> Progress {
    let all = u64::try_from(count).unwrap_or(u64::MAX);
    Progress::begin(label, Unit::Requests, Some(all), ProgressArgs::default())
}

/// Makes a client that shows how an answer comes in.
pub(super) fn watched(client: Client, label: &str, args: ProgressArgs) -> (Client, Arc<Progress>) {
    let progress = Arc::new(Progress::begin(label, Unit::Bytes, None, args));
    let watching = Arc::clone(&progress);
    let watch = Watch::new(move |done, all| watching.set(done, all));
    (client.with_watch(watch), progress)
}

fn bar(label: &str, unit: Unit, all: Option<u64>) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(all, target).with_finish(ProgressFinish::AndClear);
    dress(&bar, unit, all.is_some());
    bar.set_prefix(label.to_owned());
    bar.set_message(unit.name());
    if all.is_none() {
        bar.enable_steady_tick(TICK);
    }
    bar
}

fn dress(bar: &ProgressBar, unit: Unit, has_end: bool) {
    let template = match (unit, has_end) {
        (Unit::Bytes, true) => SIZED,
        (Unit::Bytes, false) => OPEN_BYTES,
        (Unit::Entries | Unit::Records | Unit::Requests | Unit::Rows, true) => COUNTED,
        (Unit::Entries | Unit::Records | Unit::Requests | Unit::Rows, false) => OPEN,
    };
    // The templates are constants; one that could not be read would only look plain.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(told(style, unit));
    }
}

/// What the templates name, as the lines write it: the bar's own numbers have fractions, and times without a space.
fn told(style: ProgressStyle, unit: Unit) -> ProgressStyle {
    let write = |w: &mut dyn Write, text: &str| {
        // A terminal that takes nothing shows nothing.
        let _ = w.write_str(text);
    };
    style
        .with_key("amount", move |state: &ProgressState, w: &mut dyn Write| {
            write(w, &unit.amount(state.pos()));
        })
        .with_key(
            "amounts",
            move |state: &ProgressState, w: &mut dyn Write| {
                let all = state.len().map(|all| unit.amount(all));
                write(
                    w,
                    &format!("{}/{}", unit.amount(state.pos()), all.unwrap_or_default()),
                );
            },
        )
        .with_key("rate", move |state: &ProgressState, w: &mut dyn Write| {
            write(w, &unit.rate(thousandths(state.per_sec()), 1_000_000));
        })
        .with_key("pace", move |state: &ProgressState, w: &mut dyn Write| {
            let rate = unit.rate(thousandths(state.per_sec()), 1_000_000);
            write(w, &going(state.pos(), &rate, state.eta().as_secs()));
        })
        .with_key("passed", move |state: &ProgressState, w: &mut dyn Write| {
            write(w, &duration(state.elapsed().as_secs()));
        })
}

/// How fast it goes and how long the rest takes: nothing as long as nothing is done.
fn going(done: u64, rate: &str, left: u64) -> String {
    match done {
        0 => String::new(),
        _ => format!(", {rate}, {} left", duration(left)),
    }
}

/// A rate of the bar in thousandths, which are whole.
fn thousandths(per_second: f64) -> u64 {
    let whole = Duration::try_from_secs_f64(per_second).map(|rate| rate.as_millis());
    whole.map_or(0, |thousandths| {
        u64::try_from(thousandths).unwrap_or(u64::MAX)
    })
}

/// What was said last, and when, in milliseconds from the beginning.
#[derive(Clone, Copy, Default, Debug)]
struct Pace {
    all: Option<u64>,
    millis: u64,
    done: u64,
    lines: u64,
}

impl Pace {
    /// Returns the line that is due: how much is done, how fast it went since the last line, and how long the rest takes so.
    fn line(&mut self, unit: Unit, done: u64, now: u64) -> Option<String> {
        let passed = now.saturating_sub(self.millis);
        if passed < LINE_MILLIS {
            return None;
        }
        let step = done.saturating_sub(self.done);
        let amount = match self.all {
            Some(all) => format!("{} of {}", unit.amount(done), unit.amount(all)),
            None => unit.amount(done),
        };
        let amount = match unit {
            Unit::Bytes => amount,
            Unit::Entries | Unit::Records | Unit::Requests | Unit::Rows => {
                format!("{amount} {}", unit.name())
            }
        };
        let rate = unit.rate(step, passed);
        let left = self.all.map(|all| all.saturating_sub(done));
        let millis = left.and_then(|left| left.saturating_mul(passed).checked_div(step));
        let left = millis.map(|millis| format!(", {} left", duration(millis.div_ceil(1_000))));
        (self.millis, self.done) = (now, done);
        self.lines = self.lines.saturating_add(1);
        Some(format!("{amount}, {rate}{}", left.unwrap_or_default()))
    }
}

/// Writes seconds as people say them.
fn duration(seconds: u64) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {:02} s", seconds % 60),
        (_, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use indicatif::TermLike;

    use super::*;

    fn pace(all: Option<u64>) -> Pace {
        Pace {
            all,
            ..Pace::default()
        }
    }

    #[test]
    fn a_line_comes_every_few_seconds_with_rate_and_remaining_time() {
        let mut pace = pace(Some(100_000));
        assert_eq!(pace.line(Unit::Entries, 4_000, 4_999), None);
        let first = pace.line(Unit::Entries, 40_000, 5_000).unwrap();
        assert_eq!(first, "40,000 of 100,000 entries, 8,000/s, 8 s left");
        assert_eq!(pace.line(Unit::Entries, 50_000, 9_000), None);
        // The rate is that since the last line, not that of the whole.
        let second = pace.line(Unit::Entries, 50_000, 15_000).unwrap();
        assert_eq!(second, "50,000 of 100,000 entries, 1,000/s, 50 s left");
        assert_eq!(pace.lines, 2);
    }

    #[test]
    fn what_an_earlier_run_has_done_is_not_of_this_pace() {
        let progress = Progress::begin("rebuild", Unit::Entries, Some(0), ProgressArgs::default());
        let progress = progress.behind(90_000);
        let line = progress.pace().line(Unit::Entries, 95_000, 5_000);
        assert_eq!(line.unwrap(), "95,000 of 0 entries, 1,000/s, 0 s left");
    }

    #[test]
    fn slow_work_and_work_without_an_end_say_what_is_known() {
        let mut slow = pace(Some(10));
        let line = slow.line(Unit::Rows, 2, 60_000).unwrap();
        assert_eq!(line, "2 of 10 rows, 2/min, 4 min 00 s left");
        let line = slow.line(Unit::Rows, 2, 70_000).unwrap();
        assert_eq!(line, "2 of 10 rows, 0/min");
        let line = pace(None).line(Unit::Bytes, 12_560_000, 5_000).unwrap();
        assert_eq!(line, "12.5 MB, 2.5 MB/s");
    }

    #[test]
    fn amounts_and_times_are_written_for_people() {
        assert_eq!(Unit::Bytes.amount(999), "999 B");
        assert_eq!(Unit::Bytes.amount(999_999), "999 kB");
        assert_eq!(Unit::Rows.amount(1_000_000), "1,000,000");
        assert_eq!(Unit::Rows.amount(755), "755");
        assert_eq!(Unit::Bytes.amount(12_345_678_901), "12,345.6 MB");
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(61), "1 min 01 s");
        assert_eq!(duration(7_500), "2 h 05 min");
    }

    #[test]
    fn rates_are_whole_numbers_also_where_the_bar_counts_in_fractions() {
        let rate = |unit: Unit, per_second| unit.rate(thousandths(per_second), 1_000_000);
        assert_eq!(rate(Unit::Entries, 755.939), "756/s");
        assert_eq!(rate(Unit::Entries, 13_456.5), "13,457/s");
        assert_eq!(rate(Unit::Rows, 0.05), "3/min");
        assert_eq!(rate(Unit::Rows, f64::NAN), "0/min");
        assert_eq!(rate(Unit::Bytes, 2_512_345.67), "2.5 MB/s");
    }

    /// A terminal that keeps what is drawn on it.
    #[derive(Clone, Default, Debug)]
    struct Paper(Arc<Mutex<String>>);

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            120
        }
        fn move_cursor_up(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> std::io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> std::io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> std::io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_bar_draws_what_the_lines_write() {
        let cases = [
            (Unit::Entries, "12,345/1,000,000 entries, "),
            (Unit::Bytes, "12 kB/1.0 MB, "),
        ];
        for (unit, amounts) in cases {
            let paper = Paper::default();
            let target = ProgressDrawTarget::term_like(Box::new(paper.clone()));
            let bar = ProgressBar::with_draw_target(Some(1_000_000), target);
            dress(&bar, unit, true);
            bar.set_message(unit.name());
            bar.set_position(12_345);
            bar.force_draw();
            let drawn = paper.0.lock().unwrap().clone();
            let (_, rest) = drawn.rsplit_once(amounts).expect("what the paper has");
            let has_point = unit == Unit::Bytes;
            let is_plain =
                |c: char| c.is_ascii_alphanumeric() || " ,/".contains(c) || (has_point && c == '.');
            assert!(rest.trim().chars().all(is_plain), "{drawn}");
            assert!(rest.contains(" left"), "{drawn}");
        }
    }

    #[test]
    fn a_bar_says_no_pace_before_anything_is_done() {
        assert_eq!(going(0, "0/min", 0), "");
        assert_eq!(going(5, "2/s", 90), ", 2/s, 1 min 30 s left");
    }

    #[test]
    fn quiet_work_counts_and_says_nothing() {
        let progress = Progress::begin("audit", Unit::Entries, None, ProgressArgs { quiet: true });
        progress.set(5, Some(9));
        progress.add(2);
        assert_eq!(progress.done.load(Ordering::Relaxed), 7);
        assert!(matches!(progress.place, Place::Nowhere));
        assert_eq!(progress.pace().lines, 0);
    }
}
