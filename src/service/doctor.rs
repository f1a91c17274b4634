//! What `greenlien doctor` finds in a data folder: the comparisons of a start, all of them, with the way on for each.
//!
//! It reads, and writes only what it is told to: that a step of time is right, or the first high-water file.

use std::path::Path;

use crate::domain::genesis::Genesis;
use crate::ledger::policy_file::TrustPolicy;
use crate::primitives::time::Timestamp;
use crate::service::cosign::check_policy;
use crate::service::history::{Relation, could_be_a_quorum, forgotten, relate};
use crate::service::log_keys::LogKeys;
use crate::service::openings::sealing::OpeningsKey;
use crate::service::options::{Options, Seen};
use crate::service::start::{Edge, read_genesis, read_timing};
use crate::service::timing::{NEW_LOG_ENTRIES, TimeSteps};
use crate::service::{ServiceFault, openings};
use crate::store::{HighWater, Memory, Store, StoreFault};

/// How one comparison came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// As it should be.
    Good,
    /// Worth knowing; a start goes on.
    Notice,
    /// A start refuses.
    Refused,
}

impl Standing {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Notice => "notice",
            Self::Refused => "refused",
        }
    }
}

/// One comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnosis {
    /// What was looked at.
    pub name: String,
    /// How it came out.
    pub standing: Standing,
    /// What was found.
    pub found: String,
    /// What to do, where anything is to be done.
    pub advice: Option<&'static str>,
}

/// What to do with a folder that is not the newest.
const OLD_COPY: &str = "do not serve this folder: find the newer one (the old disk, a later backup); if it is lost, end this log and found a new one (docs/OPERATING.md, Restore)";
/// What to do when two histories are signed.
const FORKED: &str = "do not serve this folder; keep it and the other checkpoint as they are: together they prove that the log key signed two histories";
/// What to do where a file that this registry keeps is not its own.
const FOREIGN: &str =
    "somebody has written over it, or it is of another log: put the right one back from a copy";
const REBUILD: &str = "run `greenlien audit`, then `greenlien rebuild`";
/// What to do where the files of the database themselves cannot be read.
const DAMAGED: &str = "keep the folder as it is and work on a copy: if `greenlien audit` reads every entry of the copy, `greenlien rebuild` makes the rest again; if not, take the newest backup through the steps of docs/OPERATING.md, Restore";
/// What to do where the high-water file cannot be read.
const NO_MARK: &str = "somebody has written over it, or its disk is damaged: put the newest checkpoint in its place that a witness or a member shows; or move it away and run doctor with --begin-high-water, if the witnesses agree with this folder";
const WITNESS_FILE: &str = "correct the file of --witnesses; `greenlien show registry` prints the keys with which the log signs";
const ACCEPT_TIME: &str = "set the clock right if it is wrong; if it is right, run doctor with --accept-time-step and start within five minutes";
const BEGIN_MARK: &str = "if this is the newest folder and the file was never there, run doctor with --begin-high-water; if it was there, find out who removed it";
/// What a start does where the high-water file alone speaks for the folder.
const READ_ONLY: &str = "the server answers questions and takes no command until enough witnesses answer; if this folder is surely the newest, start with --go-on-unasked";
const TOO_FEW: &str = "bring enough witnesses back, or give --high-water, so that at least one memory outside the folder is asked";

const NAME_MARK: &str = "name it with --high-water FILE, for doctor and for `serve`; only if it is given up for good, and this folder is surely the newest, say --without-high-water";
const NAME_WITNESSES: &str = "name them with --witnesses FILE, for doctor and for `serve`; only if they are given up for good, and this folder is surely the newest, say --without-witnesses";
const OPENINGS_KEY: &str = "name the key file with --openings-key, for doctor and for `serve`; its backup is where docs/OPERATING.md says";
const OPENINGS_LOST: &str = "restore the column from a copy of the folder, or ask the parties of those pledges for their own openings";

/// What doctor is given beside the folder.
#[derive(Debug, Default)]
pub struct Outside {
    /// The high-water file, if the server is run with one.
    pub high_water: Option<HighWater>,
    /// The witnesses, if the server is run with some.
    pub witnesses: Option<TrustPolicy>,
    /// What they showed.
    pub seen: Vec<Seen>,
    /// Those that gave no answer: name and why.
    pub unanswered: Vec<(String, String)>,
    /// The memories outside the folder without which `serve` refuses a folder that once had them.
    pub required: Vec<Memory>,
    /// The openings key, if the server is run with one.
    pub openings_key: Option<OpeningsKey>,
}

/// A folder under examination; the folder is open until this is dropped.
pub struct Doctor {
    store: Store,
    genesis: Genesis,
}

impl Doctor {
    /// Opens a folder, as far as it can be opened at all.
    pub fn open(folder: &Path) -> Result<Self, ServiceFault> {
        let store = Store::open(folder)?;
        let (genesis, _) = read_genesis(&store)?;
        Ok(Self { store, genesis })
    }

    /// Returns the name of the log.
    pub fn origin(&self) -> &str {
        &self.genesis.origin
    }

    /// Makes every comparison of a start, at the clock's `now`.
    pub fn examine(
        &self,
        now: Timestamp,
        outside: &Outside,
    ) -> Result<Vec<Diagnosis>, ServiceFault> {
        self.examine_showing(now, outside, &mut |_| {})
    }

    /// Makes every comparison as [`Doctor::examine`]; `progress` is told of the records read.
    pub fn examine_showing(
        &self,
        now: Timestamp,
        outside: &Outside,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Vec<Diagnosis>, ServiceFault> {
        let entries = self.entries(progress);
        let is_whole = entries.standing == Standing::Good;
        let mut all = vec![entries];
        if is_whole {
            all.extend(self.witness_file(outside)?);
            self.compare_memories(outside, &mut all)?;
        } else {
            // Hashes that are not those of the entries would look like a second history.
            let why = "are compared when the hashes and records fit the entries again";
            all.push(notice("checkpoints".to_owned(), why.to_owned(), None));
        }
        all.extend(self.unanswered(outside));
        all.push(self.openings(outside.openings_key.as_ref())?);
        all.push(self.time(now)?);
        Ok(all)
    }

    /// Compares the log with every checkpoint that is remembered anywhere.
    fn compare_memories(
        &self,
        outside: &Outside,
        all: &mut Vec<Diagnosis>,
    ) -> Result<(), ServiceFault> {
        all.push(self.kept("checkpoint in the folder", self.store.latest_checkpoint()?)?);
        if let Some(cosigned) = self.store.latest_cosigned()? {
            all.push(self.kept("cosigned checkpoint in the folder", Some(cosigned))?);
        }
        if let Some(mark) = &outside.high_water {
            all.push(self.high_water(mark)?);
        }
        let high_water = outside.high_water.as_ref().map(|_| Memory::HighWater);
        let witnesses = outside.witnesses.as_ref().map(|_| Memory::Witnesses);
        let given: Vec<Memory> = high_water.into_iter().chain(witnesses).collect();
        for memory in forgotten(&self.store, &outside.required, &given)? {
            let (name, advice) = match memory {
                Memory::HighWater => ("high-water file", NAME_MARK),
                Memory::Witnesses => ("witnesses", NAME_WITNESSES),
            };
            all.push(Diagnosis {
                name: name.to_owned(),
                standing: Standing::Refused,
                found: ServiceFault::Forgotten(memory).to_string(),
                advice: Some(advice),
            });
        }
        for seen in &outside.seen {
            let name = format!("witness {}", seen.by);
            all.push(match &seen.note {
                Some(note) => self.remembered(name, note)?,
                None => notice(name, "has never cosigned this log".to_owned(), None),
            });
        }
        Ok(())
    }

    /// Lets registry time step forward to `now`.
    pub fn accept_time_step(&self, now: Timestamp) -> Result<(), ServiceFault> {
        Ok(self.store.accept_time(&now.to_string())?)
    }

    /// Writes the first high-water file: the newest checkpoint in the folder.
    pub fn begin_high_water(&self, mark: &HighWater) -> Result<(), ServiceFault> {
        match self.store.latest_checkpoint()? {
            Some((_, note)) => Ok(mark.write(&note)?),
            None => Err(ServiceFault::Doubt("no checkpoint".to_owned())),
        }
    }

    fn entries(&self, progress: &mut dyn FnMut(u64)) -> Diagnosis {
        let name = "entries and records".to_owned();
        match Edge::read(&self.store, None, progress) {
            Ok(edge) => {
                let found = format!(
                    "{} entries, root {}, last entry of {}; earlier entries are read by `greenlien audit`",
                    edge.frontier.size(),
                    edge.frontier.root(),
                    edge.last.time
                );
                Diagnosis {
                    name,
                    standing: Standing::Good,
                    found,
                    advice: None,
                }
            }
            Err(fault) => {
                let unread = StoreFault::is_of_the_disk;
                let is_unread = matches!(&fault, ServiceFault::Store(fault) if unread(fault));
                Diagnosis {
                    name,
                    standing: Standing::Refused,
                    found: fault.to_string(),
                    advice: Some(if is_unread { DAMAGED } else { REBUILD }),
                }
            }
        }
    }

    /// Looks at the file of the witnesses as a start does.
    fn witness_file(&self, outside: &Outside) -> Result<Option<Diagnosis>, ServiceFault> {
        let Some(policy) = &outside.witnesses else {
            return Ok(None);
        };
        let last = Edge::last_time(&self.store)?;
        let keys = LogKeys::read(&self.store, &self.genesis)?;
        let name = "file of the witnesses".to_owned();
        Ok(Some(
            match check_policy(policy, &keys.at(self.store.size(), last)) {
                Ok(()) => Diagnosis {
                    name,
                    standing: Standing::Good,
                    found: "names this log, and witnesses that can make its quorum".to_owned(),
                    advice: None,
                },
                Err(fault) => Diagnosis {
                    name,
                    standing: Standing::Refused,
                    found: fault.to_string(),
                    advice: Some(WITNESS_FILE),
                },
            },
        ))
    }

    fn kept(&self, name: &str, newest: Option<(u64, String)>) -> Result<Diagnosis, ServiceFault> {
        match newest {
            Some((_, note)) => self.compared(name.to_owned(), &note, Standing::Refused),
            None => Ok(Diagnosis {
                name: name.to_owned(),
                standing: Standing::Refused,
                found: "there is none".to_owned(),
                advice: Some("the folder was not created completely; restore it from a copy"),
            }),
        }
    }

    /// Compares what a witness showed; what our log did not sign is the witness's fault, and stops nothing.
    fn remembered(&self, name: String, note: &str) -> Result<Diagnosis, ServiceFault> {
        self.compared(name, note, Standing::Notice)
    }

    fn high_water(&self, mark: &HighWater) -> Result<Diagnosis, ServiceFault> {
        let name = format!("high-water file {}", mark.path().display());
        let kept = match mark.read() {
            Err(fault @ StoreFault::HighWater(_)) => {
                return Ok(Diagnosis {
                    name,
                    standing: Standing::Refused,
                    found: fault.to_string(),
                    advice: Some(NO_MARK),
                });
            }
            other => other?,
        };
        match kept {
            Some(note) => self.compared(name, &note, Standing::Refused),
            None if self.store.size() <= NEW_LOG_ENTRIES => Ok(notice(
                name,
                "is not there; the first start makes it".to_owned(),
                None,
            )),
            None => Ok(Diagnosis {
                name,
                standing: Standing::Refused,
                found: "is not there".to_owned(),
                advice: Some(BEGIN_MARK),
            }),
        }
    }

    fn compared(
        &self,
        name: String,
        note: &str,
        foreign: Standing,
    ) -> Result<Diagnosis, ServiceFault> {
        let relation = relate(&self.store, &self.genesis, self.store.size(), note)?;
        let (standing, advice) = match relation {
            Relation::Agrees(_) => (Standing::Good, None),
            Relation::Foreign(_) => {
                let advice = (foreign == Standing::Refused).then_some(FOREIGN);
                (foreign, advice)
            }
            Relation::Ahead(_) => (Standing::Refused, Some(OLD_COPY)),
            Relation::Forked(_) => (Standing::Refused, Some(FORKED)),
        };
        Ok(Diagnosis {
            name,
            standing,
            found: relation.to_string(),
            advice,
        })
    }

    fn unanswered(&self, outside: &Outside) -> Vec<Diagnosis> {
        let names: Vec<&str> = outside.unanswered.iter().map(|(name, _)| &**name).collect();
        let policy = outside.witnesses.as_ref();
        let too_few = policy.is_some_and(|policy| could_be_a_quorum(policy, &names))
            && self.store.size() > NEW_LOG_ENTRIES;
        let (standing, advice) = match (too_few, outside.high_water.is_some()) {
            (true, false) => (Standing::Refused, Some(TOO_FEW)),
            (true, true) => (Standing::Notice, Some(READ_ONLY)),
            (false, _) => (Standing::Notice, None),
        };
        let silent = |(name, why): &(String, String)| Diagnosis {
            name: format!("witness {name}"),
            standing,
            found: format!("gives no answer: {why}"),
            advice,
        };
        outside.unanswered.iter().map(silent).collect()
    }

    fn openings(&self, key: Option<&OpeningsKey>) -> Result<Diagnosis, ServiceFault> {
        let name = "openings of hidden values".to_owned();
        let kept = openings::start::look(&self.store, key)?;
        let id = key.map(OpeningsKey::id);
        let refusal = openings::start::refusal(kept.key.as_deref(), kept.clear > 0, id);
        let refused = |found, advice| {
            Ok(Diagnosis {
                name: name.clone(),
                standing: Standing::Refused,
                found,
                advice: Some(advice),
            })
        };
        if let Some(why) = refusal {
            return refused(why, OPENINGS_KEY);
        }
        if kept.unreadable > 0 {
            let found = format!(
                "{} of {} do not open with the openings key",
                kept.unreadable, kept.sealed
            );
            // A start goes on: what is lost is lost, and whoever holds the opening elsewhere still has it.
            return Ok(notice(name, found, Some(OPENINGS_LOST)));
        }
        if kept.clear > 0 {
            let found = format!("{} lie in clear; the next start seals them", kept.clear);
            return Ok(notice(name, found, None));
        }
        let under = kept.key.map(|id| format!(", under the openings key {id}"));
        Ok(Diagnosis {
            name,
            standing: Standing::Good,
            found: format!("{} are sealed{}", kept.sealed, under.unwrap_or_default()),
            advice: None,
        })
    }

    fn time(&self, now: Timestamp) -> Result<Diagnosis, ServiceFault> {
        let name = "time".to_owned();
        let options = Options {
            time_steps: TimeSteps::Limited,
            ..Options::TEST
        };
        let timing = read_timing(&self.store, &options)?;
        let last = Edge::last_time(&self.store)?;
        if let Err(step) = timing.check_step(self.store.size(), last, now) {
            return Ok(Diagnosis {
                name,
                standing: Standing::Refused,
                found: step.to_string(),
                advice: Some(ACCEPT_TIME),
            });
        }
        if now < last {
            let found = format!("the clock shows {now}, and the last entry is of {last}");
            let advice = "registry time does not go back: set the clock right, or wait";
            return Ok(notice(name, found, Some(advice)));
        }
        Ok(Diagnosis {
            name,
            standing: Standing::Good,
            found: format!("the clock shows {now}"),
            advice: None,
        })
    }
}

fn notice(name: String, found: String, advice: Option<&'static str>) -> Diagnosis {
    Diagnosis {
        name,
        standing: Standing::Notice,
        found,
        advice,
    }
}
