//! Reads a workbook, or a CSV file that was uploaded, in a process of its own, with limits of memory, time and output.
//!
//! A workbook of five kilobytes can ask a reader for half a terabyte, and a failed allocation ends the process. So the process
//! that reads is another one than the one that imports: this program, called again with the word [`WORKER`]. It gets the bytes on
//! its standard input and writes lines of texts; it opens no file and no socket.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use clap::Args;
use rlimit::Resource;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{files, output};
use crate::documents::books::RowFault;
use crate::documents::workbook::grid::{Line, fault_from_json, fault_to_json, from_json, to_json};
use crate::documents::workbook::table::read;
use crate::documents::workbook::{FILE_BYTES_MAX, TableFault};
use crate::web::import::ReadTable;

/// The word by which the program calls itself.
pub const WORKER: &str = "read-workbook";
/// Bytes of memory that the reading process may address: the program itself, the largest workbook unpacked, and its texts.
const MEMORY_BYTES_MAX: u64 = 1 << 31;
/// Seconds of processor time, and of waiting, that reading may take.
const CPU_SECONDS_MAX: u64 = 20;
const WAIT: Duration = Duration::from_secs(60);
/// Bytes of what it writes.
const ANSWER_BYTES_MAX: u64 = 128 * 1024 * 1024;

const SAVE: (&str, &str) = (
    "请另存为 .xlsx (不带图片与公式), 或 CSV",
    "save the table as .xlsx again, without pictures and formulas, or as CSV",
);

/// Read a workbook from standard input (for the program itself)
///
/// `import` calls this in a process of its own, with limits of memory and time, because a workbook may ask for any amount of
/// both.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct WorkerArgs {}

/// Limits this process, reads, and writes lines or the fault.
pub fn run_worker(_args: &WorkerArgs) -> Result<Exit, Failure> {
    let limits = [
        (Resource::AS, MEMORY_BYTES_MAX),
        (Resource::CPU, CPU_SECONDS_MAX),
        (Resource::CORE, 0),
        (Resource::FSIZE, 0),
    ];
    for (resource, limit) in limits {
        resource
            .set(limit, limit)
            .map_err(|fault| Failure::internal(format!("no limit {resource:?}: {fault}")))?;
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(FILE_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    io::stdin()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|fault| Failure::internal(format!("standard input: {fault}")))?;
    match read(&bytes) {
        Ok(lines) => output::json(&to_json(&lines)).map(|()| Exit::Done),
        Err(fault) => output::json(&fault_to_json(&fault)).map(|()| Exit::Refused),
    }
}

/// Reads the first sheet of a workbook.
pub fn read_workbook(path: &Path, file: &str) -> Result<Vec<Line>, RowFault> {
    let told = |TableFault { reason, fix, zh }: TableFault| {
        let (reason_zh, fix_zh) = *zh;
        RowFault::of_file(file, (reason_zh, reason), (fix_zh, fix))
    };
    let failed = |reason: String| told(unreadable(reason));
    let bytes = files::read(path, FILE_BYTES_MAX).map_err(|failure| failed(failure.to_string()))?;
    let program = std::env::current_exe().map_err(|cause| failed(cause.to_string()))?;
    read_apart(&program, bytes).map_err(told)
}

/// Makes the reader that the pages read uploads with: `program` is this program.
pub fn reader(program: PathBuf) -> ReadTable {
    Arc::new(move |bytes| read_apart(&program, bytes))
}

/// Reads a workbook or a CSV file in a process of its own.
fn read_apart(program: &Path, bytes: Vec<u8>) -> Result<Vec<Line>, TableFault> {
    let mut child = Command::new(program)
        .arg(WORKER)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|cause| unreadable(format!("found no process to be read with: {cause}")))?;
    let (Some(mut input), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(unreadable("is read by a process without pipes".to_owned()));
    };
    // One that ends early does not read to the end; why is then its answer.
    let _writer = spawn(move || drop(input.write_all(&bytes)));
    let (sender, answer) = channel();
    let _reader = spawn(move || drop(sender.send(gathered(out, ANSWER_BYTES_MAX))));
    let begun = Instant::now();
    let text: Vec<u8> = answer.recv_timeout(WAIT).unwrap_or_default();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if begun.elapsed() < WAIT => sleep(Duration::from_millis(10)),
            Ok(None) | Err(_) => {
                // Nothing is left to do about a process that cannot be ended.
                drop(child.kill());
                drop(child.wait());
                break None;
            }
        }
    };
    if status.is_some_and(|status| status.success()) {
        return from_json(&text).map_err(|cause| unreadable(format!("was not read: {cause}")));
    }
    Err(refused(status, &text))
}

fn gathered(from: impl io::Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read until a pipe broke is looked at like any other answer.
    drop(from.take(most).read_to_end(&mut bytes));
    bytes
}

/// The fault of a file that could not be read for a reason that is not the file's.
fn unreadable(reason: String) -> TableFault {
    TableFault::new(("读取时出错".to_owned(), reason), SAVE)
}

/// What the process said, or why it could say nothing.
fn refused(status: Option<ExitStatus>, said: &[u8]) -> TableFault {
    let told = status.is_some_and(|status| status.code() == Some(i32::from(Exit::Refused.code())));
    let told = told.then(|| fault_from_json(said).ok()).flatten();
    told.unwrap_or_else(|| {
        let reason = (
            "读取这一表格所需的内存或时间超过上限",
            "asks for more memory or time than reading a table may take",
        );
        TableFault::new(reason, SAVE)
    })
}
