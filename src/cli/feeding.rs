//! Puts a registry behind the feeder of witnesses, and reads the file that names them.
//!
//! The only place where `service` and `witness` meet: the one knows no network, the other no registry.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::cli::exit::Failure;
use crate::cli::files;
use crate::ledger::note::NoteKey;
use crate::ledger::policy_file::{TRUST_FILE_BYTES_MAX, TrustPolicy};
use crate::primitives::crypto::{Hash, SecretKey};
use crate::service::Registry;
use crate::service::cosign::Counted;
use crate::service::history::Relation;
use crate::service::options::Seen;
use crate::store::Memory;
use crate::witness::client::WitnessClient;
use crate::witness::feeder::{Feeder, Head, Judgment, Log, Offered, Pace};

/// Reads the file that names the witnesses and their quorum (C2SP tlog-policy).
pub fn read_policy(path: &Path) -> Result<TrustPolicy, Failure> {
    let octets = files::read(path, TRUST_FILE_BYTES_MAX)?;
    TrustPolicy::parse_octets(&octets).map_err(|fault| {
        Failure::refused(fault.to_string())
            .of(path.display())
            .hint("the file is a C2SP tlog-policy: log, witness, group and quorum lines")
    })
}

/// Which memories outside the folder are given up.
#[derive(Args, Clone, Copy, Debug)]
pub struct WithoutArgs {
    /// Go on without the high-water file that the folder was served with before: it is given up for good
    #[arg(long, conflicts_with = "high_water")]
    without_high_water: bool,
    /// Go on without the witnesses that the folder was served with before: they are given up for good
    #[arg(long, conflicts_with = "witnesses")]
    without_witnesses: bool,
}

impl WithoutArgs {
    /// Returns the memories without which a folder that once had them is refused.
    pub fn required(self) -> Vec<Memory> {
        let high_water = (!self.without_high_water).then_some(Memory::HighWater);
        let witnesses = (!self.without_witnesses).then_some(Memory::Witnesses);
        high_water.into_iter().chain(witnesses).collect()
    }
}

/// Returns the flag that names a memory, and the one that goes on without it.
pub fn flags_of(memory: Memory) -> (&'static str, &'static str) {
    match memory {
        Memory::HighWater => ("--high-water", "--without-high-water"),
        Memory::Witnesses => ("--witnesses", "--without-witnesses"),
    }
}

/// Makes a client of every witness that has an address.
pub fn clients(
    policy: &TrustPolicy,
    time: Duration,
) -> Result<Vec<(String, WitnessClient)>, Failure> {
    let mut clients = Vec::new();
    for witness in &policy.witnesses {
        if let Some(url) = &witness.url {
            let client = WitnessClient::new(url, time)
                .map_err(|fault| Failure::refused(fault).of(format!("witness {}", witness.name)))?;
            clients.push((witness.name.clone(), client));
        }
    }
    Ok(clients)
}

/// Returns the origin of the log that these keys sign, as the policy names it under one of them.
pub fn own_origin<'a>(policy: &'a TrustPolicy, log_keys: &[SecretKey]) -> Result<&'a str, Failure> {
    let is_own = |key: &NoteKey| log_keys.iter().any(|own| own.public() == *key.key());
    let log = policy.logs.iter().find(|log| is_own(&log.key));
    log.map(|log| log.key.name()).ok_or_else(|| {
        Failure::refused("the file of --witnesses does not name this log under a key of --log-key")
            .hint("put the line `log VKEY` into it; `greenlien show registry` prints the key")
    })
}

/// The name of a witness that gave no answer, and the reason.
pub type Unanswered = (String, String);

/// Asks every witness that has an address what it has seen of a log, all at once; the second list are those that gave no
/// answer, with the reason.
pub fn ask(policy: &TrustPolicy, origin: &str) -> Result<(Vec<Seen>, Vec<Unanswered>), Failure> {
    let clients = clients(policy, Pace::default().request)?;
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = clients
            .iter()
            .map(|(_, client)| scope.spawn(move || client.last_seen(origin)))
            .collect();
        let none = || Err("the question ended in a panic".to_owned());
        asked
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| none()))
            .collect()
    });
    let (mut seen, mut unanswered) = (Vec::new(), Vec::new());
    for ((name, _), answer) in clients.into_iter().zip(answers) {
        match answer {
            Ok(note) => seen.push(Seen { by: name, note }),
            Err(why) => unanswered.push((name, why)),
        }
    }
    Ok((seen, unanswered))
}

/// Starts to feed the witnesses of a policy; the registry must have been opened with it.
pub fn start(
    registry: &Arc<Registry>,
    policy: &TrustPolicy,
    pace: Pace,
) -> Result<Feeder, Failure> {
    let mut clients = clients(policy, pace.request)?;
    let verified = |name: &str| {
        let mut witnesses = policy.witnesses.iter();
        witnesses.any(|one| one.name == name && one.key.is_verified())
    };
    // Asked what it has seen at a start, and nothing more: no cosignature of it could count here.
    clients.retain(|(name, _)| verified(name));
    let log = Arc::new(Fed(Arc::clone(registry)));
    Ok(Feeder::start(log, clients, pace))
}

/// A registry as the feeder sees it.
struct Fed(Arc<Registry>);

impl Log for Fed {
    fn origin(&self) -> &str {
        self.0.origin()
    }

    fn size(&self) -> u64 {
        self.0.signed_size()
    }

    fn begin_round(&self) -> Head {
        let head = self.0.begin_round();
        Head {
            size: head.size,
            note: head.checkpoint,
        }
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, String> {
        self.0
            .consistency(old, new)
            .map_err(|fault| fault.to_string())
    }

    fn offer(&self, witness: &str, size: u64, body: &str) -> Offered {
        match self.0.offer(witness, size, body) {
            Counted::Nothing => Offered::Useless,
            Counted::Late => Offered::Late,
            Counted::Some => Offered::Counted,
            Counted::Quorum => Offered::QuorumMet,
        }
    }

    fn judge(&self, witness: &str, note: &str) -> Judgment {
        match self.0.judge(witness, note) {
            Ok(Relation::Agrees(_)) => Judgment::Agrees,
            Ok(Relation::Ahead(_) | Relation::Forked(_)) => Judgment::Contradicts,
            Ok(Relation::Foreign(_)) => Judgment::Unsigned,
            Err(fault) => {
                tracing::error!(
                    error.kind = "storage",
                    "a checkpoint was not compared: {fault}"
                );
                Judgment::Unsigned
            }
        }
    }

    fn blame(&self, witness: &str, why: &str) {
        self.0.blame(witness, why);
    }
}
