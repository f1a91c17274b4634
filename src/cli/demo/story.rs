//! A guarantor's story, told on the ledger that has just been played.
//!
//! It shows what a reader should see once with their own eyes: a refusal that explains itself, the same quantity accepted for
//! later days, evidence that verifies with the server gone, and a changed byte that does not pass. Every step is checked; the
//! story counts as told only if each went as it says.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::exit::Failure;
use crate::cli::files::write_new;
use crate::cli::trust::trust_text;
use crate::cli::verify::verdict_text;
use crate::client::{Reply, hide, question};
use crate::domain::command::{Body, ExtentRequest};
use crate::domain::envelope::Opening;
use crate::domain::facts::{Record, StateKey};
use crate::domain::flow::{Flow, least_free};
use crate::domain::party::Role;
use crate::domain::policy::{KindPolicy, Model};
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::wire::read_record;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::policy_file::TrustPolicy;
use crate::primitives::canonical::Json;
use crate::primitives::field::Fields;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Clock as _, Span};
use crate::verify::checks::{Trust, verify};
use crate::verify::verdict::Verdict;

use super::play::Play;
use super::requests::registration;
use super::stage::Stage;
use super::teller::Teller;

/// The oldest state that the guarantor accepts, in seconds.
const AGE_SECONDS_MAX: u64 = 3_600;
/// Rights that are looked at for a scene; a large ledger is not read whole for it.
const RIGHTS_SEEN_MAX: usize = 500;
/// The check at which a changed entry must be refused.
const RIGHT_CHECK: &str = "inclusion";
/// What stands before the signed payload in the text of an entry inside an evidence file.
const BEFORE_PAYLOAD: &[u8] = b"\\\"payload\\\":\\\"";
/// How far into the payload the changed byte lies.
const INTO_PAYLOAD: usize = 40;

/// How the story ended.
pub(super) struct Told {
    /// The last checkpoint, a signed note.
    pub(super) note: String,
    /// What it says.
    pub(super) head: Checkpoint,
    /// Every step went as told.
    pub(super) went_well: bool,
}

/// Where the story takes place: a flow right with a line that ends before the right does.
struct Scene<'a> {
    id: RightId,
    right: Right,
    policy: &'a KindPolicy,
    /// The line in the way.
    line: BurdenId,
    /// Its days that are left.
    early: Span,
    /// The days of the right after it.
    late: Span,
    /// What is free on the late days and not on the early ones.
    quantity: Quantity,
    guarantor: PartyId,
}

/// Tells the story; the server is stopped before the evidence is verified, unless it is to go on.
///
/// Returns the last checkpoint, as a signed note and as what it says, and whether all went as told.
pub(super) fn tell(
    play: &Play<'_>,
    stage: &mut Stage,
    keep: bool,
    mut teller: Teller<'_>,
) -> Result<Told, Failure> {
    (teller.say)("\nA guarantor's story (担保机构的故事)");
    let Some(scene) = choose(play)? else {
        teller.tell("The ledger has no flow right with days to come, so there is nothing to tell.");
        let (note, head) = play.checkpoint()?;
        return Ok(Told {
            note,
            head,
            went_well: true,
        });
    };
    let (older, older_head) = play.checkpoint()?;
    let older_path = stage.folder.join("checkpoint-older.txt");
    write_new(&older_path, older.as_bytes())?;
    ask(play, &scene, &mut teller)?;
    second_pledge(play, &scene, &mut teller)?;
    later_days(play, &scene, &mut teller)?;
    let path = evidence(play, stage, &scene, older_head.size, &mut teller)?;
    let (note, head) = play.checkpoint()?;
    let trust = Trust {
        policy: trust_policy(stage)?,
        old: Some(older),
        now: Some(play.clock.now()),
        age_seconds_max: Some(AGE_SECONDS_MAX),
    };
    if !keep {
        stage.close()?;
    }
    offline(&path, &trust, keep, &mut teller)?;
    changed_byte(&path, &trust, &mut teller)?;
    let went_well = teller.went_well;
    Ok(Told {
        note,
        head,
        went_well,
    })
}

/// Finds the first right for which the story can be told; issues a pledge of its own where the ledger has none that fits.
fn choose<'a>(play: &Play<'a>) -> Result<Option<Scene<'a>>, Failure> {
    let is_flow = |kind: &str| {
        let policy = play.script.policy(kind);
        policy.filter(|policy| policy.model == Model::Flow)
    };
    let mut unburdened = None;
    let flows = play
        .issued
        .iter()
        .filter_map(|issued| Some((issued, is_flow(&issued.kind)?)));
    for (issued, policy) in flows.take(RIGHTS_SEEN_MAX) {
        let Some(right) = read_right(play, issued.id)? else {
            continue;
        };
        if let Some(scene) = scene_of(play, issued.id, &right, policy) {
            return Ok(Some(scene));
        }
        unburdened = unburdened.or(Some((issued.id, right, policy)).filter(|(_, right, _)| {
            let left = right.span.since(play.clock.now().day());
            right.burdens.is_empty() && left.is_some_and(|left| halves(left).is_some())
        }));
    }
    let Some((id, right, policy)) = unburdened else {
        return Ok(None);
    };
    let (Some((early, _)), Some(bank)) = (
        right.span.since(play.clock.now().day()).and_then(halves),
        play.cast.of_role(Role::Bank).next(),
    ) else {
        return Ok(None);
    };
    let body = pledge_body(id, right.holder, policy, (right.most(), early), &[])?;
    let text = play.sign(body, &[bank.party, right.holder], |_| {}, &[])?;
    play.client.post("/v1/commands", &text)?;
    let right = read_right(play, id)?;
    Ok(right.and_then(|right| scene_of(play, id, &right, policy)))
}

fn halves(span: Span) -> Option<(Span, Span)> {
    let days = span.to().number().saturating_sub(span.from().number());
    let middle = span.from().plus(days / 2);
    Some((
        Span::new(span.from(), middle)?,
        Span::new(middle, span.to())?,
    ))
}

fn read_right(play: &Play<'_>, id: RightId) -> Result<Option<Right>, Failure> {
    let path = format!("/v1/rights/{id}");
    let reply = play.client.get(&path)?;
    let odd = |cause: String| Failure::from(play.client.no_answer(&path, cause));
    let json = Json::parse(reply.text.as_bytes()).map_err(|fault| odd(fault.to_string()))?;
    let record = Fields::open("", json).and_then(|mut fields| fields.required("record"))?;
    match read_record(&StateKey::Right(id), "record", record)? {
        Record::Right(right) if reply.is_success() => Ok(Some(right)),
        _ => Ok(None),
    }
}

fn scene_of<'a>(
    play: &Play<'a>,
    id: RightId,
    right: &Right,
    policy: &'a KindPolicy,
) -> Option<Scene<'a>> {
    let Capacity::Flow(steps) = &right.capacity else {
        return None;
    };
    let now = play.clock.now();
    let flow = Flow {
        steps,
        live: right.live_span(),
        burdens: &right.burdens,
        now,
    };
    let free = |span: Span| least_free(&flow.profile(span, &|_| false));
    let sum = right.burdens.iter().fold(Quantity::ZERO, |sum, burden| {
        sum.saturating_add(taken(burden))
    });
    let guarantor = play
        .cast
        .of_role(Role::Guarantor)
        .chain(play.cast.of_role(Role::Bank))
        .next()?;
    right.burdens.iter().find_map(|burden| {
        let (BurdenId::Line(..), Extent::Flow(_, span)) = (burden.id, burden.extent) else {
            return None;
        };
        let early = span.since(now.day())?;
        let late = Span::new(span.to(), right.span.to())?;
        let quantity = free(late);
        let is_fit = quantity > free(early) && sum.saturating_add(quantity) > right.most();
        is_fit.then(|| Scene {
            id,
            right: right.clone(),
            policy,
            line: burden.id,
            early,
            late,
            quantity,
            guarantor: guarantor.party,
        })
    })
}

fn taken(burden: &Burden) -> Quantity {
    match burden.extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => quantity,
        Extent::Whole | Extent::Years(_) => Quantity::ZERO,
    }
}

fn pledge_body(
    right: RightId,
    pledgor: PartyId,
    policy: &KindPolicy,
    (quantity, span): (Quantity, Span),
    openings: &[Opening],
) -> Result<Body, Failure> {
    let extent = ExtentRequest {
        amount: Some((quantity, policy.unit.clone())),
        span: Some(span),
        years: None,
    };
    registration(right, pledgor, policy, extent, openings)
}

fn wish(scene: &Scene<'_>, span: Span, openings: &[Opening]) -> Result<Body, Failure> {
    let amount = (scene.quantity, span);
    pledge_body(scene.id, scene.right.holder, scene.policy, amount, openings)
}

/// Writes a span as people do, with its last day inclusive.
fn days(span: Span) -> String {
    format!("{} through {}", span.from(), span.to().previous())
}

fn ask(play: &Play<'_>, scene: &Scene<'_>, teller: &mut Teller<'_>) -> Result<(), Failure> {
    let Scene {
        id,
        right,
        policy,
        quantity,
        early,
        ..
    } = scene;
    let unit = &policy.unit;
    teller.step("\"May this be pledged?\" A question writes nothing.");
    let identity = right
        .identities
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    teller.tell(&format!(
        "{} offers {id}, {} ({}), {identity}: {} {unit}, {}.",
        play.cast.name(right.holder),
        policy.title_zh,
        policy.title_en,
        right.most(),
        days(right.span),
    ));
    let guarantor = play.cast.name(scene.guarantor);
    teller.tell(&format!(
        "{guarantor} asks for {quantity} {unit} of it, {}.",
        days(*early)
    ));
    let text = question(scene.guarantor, &wish(scene, *early, &[])?);
    let before = play.checkpoint()?.1;
    let reply = play.client.post("/v1/check", &text)?;
    let admissible = reply.json.get("admissible").and_then(Value::as_bool);
    teller.tell(if admissible == Some(true) {
        "Answer: yes."
    } else {
        "Answer: no."
    });
    tell_finding(&reply, unit, teller);
    teller.check(admissible == Some(false), "the answer must be no");
    teller.check(
        play.checkpoint()?.1.size == before.size,
        "a question must write nothing",
    );
    Ok(())
}

fn tell_finding(reply: &Reply, unit: &str, teller: &Teller<'_>) {
    let Some(finding) = reply.first_finding() else {
        return;
    };
    let word = |name: &str| {
        finding
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let code = finding
        .get("code")
        .map(Value::to_string)
        .unwrap_or_default();
    teller.tell(&format!(
        "Finding {code}: {} ({})",
        word("title_zh"),
        word("title_en")
    ));
    let list = |pointer: &str| {
        let values = finding.pointer(pointer).and_then(Value::as_array);
        values.cloned().unwrap_or_default()
    };
    let conflicts: Vec<String> = list("/conflicts")
        .iter()
        .filter_map(|record| record.as_str().map(str::to_owned))
        .collect();
    if !conflicts.is_empty() {
        teller.tell(&format!("In the way: {}", conflicts.join(", ")));
    }
    if let Some(quantity) = finding
        .pointer("/alternative/quantity")
        .and_then(Value::as_str)
    {
        teller.tell(&format!(
            "At most {quantity} {unit} over all of these days:"
        ));
    }
    for segment in list("/alternative/segments") {
        let part = |name: &str| {
            segment
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        teller.tell(&format!(
            "  {} {unit} on [{}, {})",
            part("quantity"),
            part("from"),
            part("to")
        ));
    }
}

/// Registers the guarantor's pledge; returns the answer.
fn register(play: &Play<'_>, scene: &Scene<'_>, span: Span) -> Result<Reply, Failure> {
    let openings = [
        hide("contract_no", "示例担保字2026第0001号")?,
        hide("principal_cny", "5000000")?,
    ];
    let body = wish(scene, span, &openings)?;
    let parties = [scene.guarantor, scene.right.holder];
    let text = play.sign(body, &parties, |_| {}, &openings)?;
    Ok(play.client.post("/v1/commands", &text)?)
}

fn second_pledge(
    play: &Play<'_>,
    scene: &Scene<'_>,
    teller: &mut Teller<'_>,
) -> Result<(), Failure> {
    teller.step("It is registered all the same, signed by both sides. The registry refuses, and logs the refusal.");
    let reply = register(play, scene, scene.early)?;
    let index = reply
        .json
        .get("index")
        .map(Value::to_string)
        .unwrap_or_default();
    teller.tell(&format!(
        "Status {}, entry {index}: {}",
        reply.status,
        reply.outcome()
    ));
    tell_finding(&reply, &scene.policy.unit, teller);
    let conflicts = reply
        .first_finding()
        .and_then(|finding| finding.get("conflicts"));
    let conflicts = conflicts
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let named = conflicts
        .iter()
        .any(|record| record.as_str() == Some(&scene.line.to_string()));
    teller.check(reply.status == 409, "the second pledge must be refused");
    teller.check(
        reply.outcome() == "double_pledge",
        "it must be a double pledge",
    );
    teller.check(named, "the conflicting registration must be named");
    let BurdenId::Line(pledge, _) = scene.line else {
        return Ok(());
    };
    let path = format!("/v1/pledges/{pledge}");
    let found = play.client.get(&path)?;
    let pledgee = found
        .json
        .pointer("/record/pledgee")
        .and_then(Value::as_str);
    let pledgee = pledgee
        .and_then(PartyId::parse)
        .map(|party| play.cast.name(party));
    let burden = scene.right.burden(scene.line);
    let quantity = burden.map(taken).unwrap_or_default();
    teller.tell(&format!(
        "{pledge} is the pledge of {}: {quantity} {}, {}.",
        pledgee.unwrap_or_default(),
        scene.policy.unit,
        days(scene.early),
    ));
    Ok(())
}

fn later_days(play: &Play<'_>, scene: &Scene<'_>, teller: &mut Teller<'_>) -> Result<(), Failure> {
    let Scene {
        right,
        quantity,
        late,
        ..
    } = scene;
    let unit = &scene.policy.unit;
    teller.step(&format!(
        "The same {quantity} {unit}, for later days: {}.",
        days(*late)
    ));
    let asked = play.client.post(
        "/v1/check",
        &question(scene.guarantor, &wish(scene, *late, &[])?),
    )?;
    let admissible = asked.json.get("admissible").and_then(Value::as_bool);
    teller.check(
        admissible == Some(true),
        "the later days must be admissible",
    );
    let reply = register(play, scene, *late)?;
    let id = reply.text_member("created").unwrap_or("nothing");
    teller.tell(&format!(
        "Status {}: {}, registered as {id}.",
        reply.status,
        reply.outcome()
    ));
    let burdens = right.burdens.iter().map(taken);
    let sum = burdens.fold(*quantity, Quantity::saturating_add);
    teller.tell(&format!(
        "A plain sum of all lines would be {sum} {unit}, more than the {} {unit} of the right, and would refuse it.",
        right.most(),
    ));
    teller.tell("The registry counts day by day, and on no day is more pledged than there is.");
    teller.check(reply.status == 201, "the later days must be accepted");
    teller.check(sum > right.most(), "a plain sum must exceed the right");
    Ok(())
}

fn trust_policy(stage: &Stage) -> Result<TrustPolicy, Failure> {
    let text = trust_text(&stage.log_vkey, &[], &[]);
    TrustPolicy::parse(&text).map_err(|fault| Failure::internal(format!("trust policy: {fault}")))
}

fn evidence(
    play: &Play<'_>,
    stage: &Stage,
    scene: &Scene<'_>,
    old: u64,
    teller: &mut Teller<'_>,
) -> Result<PathBuf, Failure> {
    teller.step("The guarantor carries the evidence away: one file.");
    let path = format!("/v1/evidence/rights/{}?old={old}", scene.id);
    let reply = play.client.get(&path)?;
    if !reply.is_success() {
        return Err(Failure::refused(reply.complaint()).of(path));
    }
    let file = stage.folder.join(format!("evidence-{}.json", scene.id));
    write_new(&file, reply.text.as_bytes())?;
    teller.tell(&format!("{} ({} bytes)", file.display(), reply.text.len()));
    Ok(file)
}

fn offline(path: &Path, trust: &Trust, keep: bool, teller: &mut Teller<'_>) -> Result<(), Failure> {
    teller.step(if keep {
        "It is verified offline: no line of this asks the server."
    } else {
        "The server is stopped. The file is verified with public keys alone."
    });
    teller.tell(&format!(
        "$ greenlien verify {} --policy trust.policy --old checkpoint-older.txt",
        name_of(path),
    ));
    let verdict = verify(&read(path)?, trust);
    teller.tell(&verdict_text(&verdict));
    teller.check(verdict.holds(), "the evidence must verify");
    Ok(())
}

fn changed_byte(path: &Path, trust: &Trust, teller: &mut Teller<'_>) -> Result<(), Failure> {
    teller.step("The same file with one byte of a signed entry changed.");
    let mut bytes = read(path)?;
    let changed = change(&mut bytes);
    let name = name_of(path).replace(".json", "-changed.json");
    let other = path.with_file_name(&name);
    write_new(&other, &bytes)?;
    teller.tell(&format!("$ greenlien verify {name} --policy trust.policy"));
    let verdict: Verdict = verify(&bytes, trust);
    let failed = verdict.failure();
    if let Some(check) = failed {
        teller.tell(&check.to_string());
    }
    teller.check(changed, "the file must hold an entry");
    let is_right = failed.is_some_and(|check| check.name == RIGHT_CHECK);
    teller.check(is_right, "it must fail at the inclusion of the entry");
    Ok(())
}

/// Changes one byte inside the last signed payload of the file.
fn change(bytes: &mut [u8]) -> bool {
    let width = BEFORE_PAYLOAD.len();
    let found = bytes
        .windows(width)
        .rposition(|window| window == BEFORE_PAYLOAD);
    let Some(byte) = found.and_then(|at| bytes.get_mut(at + width + INTO_PAYLOAD)) else {
        return false;
    };
    *byte = if *byte == b'A' { b'B' } else { b'A' };
    true
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|cause| Failure::refused(cause.to_string()).of(path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::time::Day;

    #[test]
    fn one_byte_of_the_last_payload_is_changed() {
        let text = format!(
            "{{\"entry\":\"{{\\\"payload\\\":\\\"{}\\\"}}\"}}",
            "x".repeat(60)
        );
        let mut bytes = text.clone().into_bytes();
        assert!(change(&mut bytes));
        let differing = text.bytes().zip(&bytes).filter(|(a, b)| a != *b).count();
        assert_eq!(differing, 1);
        assert!(!change(&mut b"no entry".to_vec()));
    }

    #[test]
    fn a_span_of_one_day_has_no_halves() {
        let day = Day::parse("2026-12-01").unwrap();
        assert_eq!(halves(Span::new(day, day.next()).unwrap()), None);
        let (early, late) = halves(Span::new(day, day.plus(3)).unwrap()).unwrap();
        assert_eq!((early.to(), late.to()), (day.next(), day.plus(3)));
    }
}
