//! "May I pledge?": a form whose answer is yes, no, or at most how much and until when. Nothing is written.

use askama::Template;

use crate::domain::command::{Body, ExtentRequest, LineRequest, RegisterPledge};
use crate::domain::entry::Outcome;
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::pledge::{Form, Line};
use crate::domain::policy::{ExtentRule, KindPolicy, Model};
use crate::domain::right::{Extent, Right};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::quantity::QuantityFault;
use crate::primitives::time::{Span, Timestamp};
use crate::service::Registry;
use crate::service::query::Considered;
use crate::web::asked::{self, Choice, Meant};
use crate::web::barred;
use crate::web::capacity;
use crate::web::door_words;
use crate::web::finding::{self, Shown};
use crate::web::instead::{self, Fields, Instead};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::misnamed::{self, Misnamed};
use crate::web::mistyped::mistyped;
use crate::web::periods::{Faults, days, years};
use crate::web::reached;
use crate::web::right::Fact;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;
use crate::web::signing::VERIFICATION;
use crate::web::typed;
pub(crate) use crate::web::typed::input_type;

/// What the visitor typed, put back into the form.
pub(crate) struct Typed {
    right: String,
    pledgee: String,
    quantity: String,
    from: String,
    through: String,
    first: String,
    last: String,
    term_from: String,
    term: String,
}

/// The right that the question is about.
pub(crate) struct About {
    id: String,
    heading: String,
    holder: String,
    unit: String,
    answer: Vec<String>,
    asks_quantity: bool,
    asks_days: bool,
    asks_years: bool,
}

/// The conclusion.
pub(crate) struct Conclusion {
    /// What was asked, where a form that print leaves out says it.
    pub(crate) asked: Vec<Fact>,
    /// What else the answer rests on.
    pub(crate) notes: Vec<String>,
    pub(crate) tag: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) sentence: String,
    pub(crate) findings: Vec<Shown>,
    pub(crate) warnings: Vec<Shown>,
    /// What it leaves without a right beneath it, or what a freeze reaches: burden and how much.
    pub(crate) hanging: Vec<String>,
    /// What is said of them.
    pub(crate) hanging_head: &'static str,
    /// What could be had instead.
    pub(crate) instead: Vec<Instead>,
    /// What stands against the pledge that the command is about.
    pub(crate) against: Vec<String>,
    pub(crate) as_of: String,
    /// Where the same command is signed, where the answer is yes.
    pub(crate) sign_at: Option<String>,
    /// Where a guarantor records what it was told.
    pub(crate) record_at: Option<String>,
}

impl Conclusion {
    /// Says whether the command would be accepted.
    pub(crate) fn is_yes(&self) -> bool {
        self.tag == "yes"
    }
}

#[derive(Template)]
#[template(path = "ask.html")]
pub(crate) struct AskPage {
    shell: Shell,
    typed: Typed,
    about: Option<About>,
    /// Rights that the number names, where it names several.
    choices: Vec<Choice>,
    /// Whether there are more of them.
    has_more: bool,
    /// What was named instead of a right.
    misnamed: Option<Misnamed>,
    conclusion: Option<Conclusion>,
    faults: Vec<(&'static str, String)>,
}

/// Makes the page: the form alone, the form with a fault, or the answer.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<AskPage, Fault> {
    let words = visit.lang.words();
    let mut page = AskPage {
        shell: Shell::new(registry, visit, words.check_title),
        typed: Typed {
            right: visit.typed("right"),
            pledgee: pledgee(visit),
            quantity: visit.typed("quantity"),
            from: typed::iso(visit.param("from")),
            through: typed::iso(visit.param("through")),
            first: visit.typed("first"),
            last: visit.typed("last"),
            term_from: typed::iso(visit.param("term_from")),
            term: typed::iso(visit.param("term")),
        },
        about: None,
        choices: Vec::new(),
        has_more: false,
        misnamed: None,
        conclusion: None,
        faults: Vec::new(),
    };
    let Some(typed) = visit.param("right") else {
        return Ok(page);
    };
    let field = ("/check", "right");
    page.misnamed = misnamed::not_a_right(registry, visit, field, typed)?;
    let id = match asked::meant(registry, typed)? {
        Meant::Right(id) => id,
        Meant::OneOf(rights, has_more) => {
            if rights.is_empty() && page.misnamed.is_none() {
                page.faults
                    .push(("right", no_right(registry, visit, typed)?));
            }
            page.choices = asked::choices(registry, visit, field, &rights)?;
            page.has_more = has_more;
            return Ok(page);
        }
    };
    let found = registry
        .record(&StateKey::Right(id))?
        .ok_or(Fault::NotFound)?;
    let Record::Right(right) = found.value.record else {
        return Err(Fault::NotFound);
    };
    let now = registry.now().max(registry.published().time);
    let policy = look::policy(registry, &right.kind, now)?;
    page.about = Some(about(registry, id, &right, &policy, visit.lang)?);
    // Nothing was asked yet; the form of the question marks that it was sent, be it empty.
    let is_sent = visit.param(SENT).is_some();
    if !is_sent && QUESTION.iter().all(|field| visit.param(field).is_none()) {
        // What is asked most often: from now on, as long as the right lasts.
        if let Some(rest) = Span::new(now.day().max(right.span.from()), right.span.to()) {
            page.typed.from = rest.from().to_string();
            page.typed.through = rest.to().previous().to_string();
        }
        return Ok(page);
    }
    match question(registry, visit, id, &right, &policy)? {
        Ok((org, body)) => page.judge(registry, visit, (org, body), (&right, &policy))?,
        Err(faults) => page.faults = faults,
    }
    Ok(page)
}

impl AskPage {
    /// Has the law decide, and says what was asked and how much more it would allow.
    fn judge(
        &mut self,
        registry: &Registry,
        visit: &Visit,
        (org, body): (PartyId, Body),
        (right, policy): (&Right, &KindPolicy),
    ) -> Result<(), Fault> {
        let question = asked::question(registry, org, &body, policy, visit.lang)?;
        let considered = match registry.consider(org, body.clone()) {
            Ok(considered) => considered,
            Err(crate::service::ServiceFault::Input(fault)) => {
                let told = door_words::told(&fault.field, &fault.reason, visit.lang);
                self.faults.push(("quantity", told));
                return Ok(());
            }
            Err(fault) => return Err(fault.into()),
        };
        let mut conclusion = conclude(registry, &considered, policy, visit.lang)?;
        conclusion.asked = question;
        asked::told_same(&mut conclusion, (org, &body), visit.lang);
        instead::offer(
            &mut conclusion,
            registry,
            visit,
            &Fields::of_check(),
            (org, &body, &considered),
            (right, policy),
        )?;
        if let Some(extent) = accepted_extent(&considered) {
            let now = considered.time;
            for more in asked::most(right, policy, extent, now, visit.lang) {
                conclusion.sentence.push_str("; ");
                conclusion.sentence.push_str(&more);
            }
            conclusion
                .notes
                .extend(asked::begun(extent, now.day(), visit.lang));
            conclusion.sign_at = Some(visit.again("/sign", "register"));
        }
        conclusion.record_at = Some(visit.again("/sign", VERIFICATION));
        self.conclusion = Some(conclusion);
        Ok(())
    }
}

/// What the first line of a pledge would take, where it would be registered.
fn accepted_extent(considered: &Considered) -> Option<Extent> {
    match &considered.outcome {
        Outcome::Accepted {
            event: Event::PledgeRegistered { lines, .. },
            warnings: _,
        } => Some(lines.first()?.extent),
        Outcome::Accepted { .. } | Outcome::Refused(_) => None,
    }
}

/// Makes the command that the form of the page stands for, for the page that signs it; nothing where a field is wrong.
pub(crate) fn prepared(
    registry: &Registry,
    visit: &Visit,
) -> Result<Option<(PartyId, Body)>, Fault> {
    let typed = visit.typed("right");
    let Meant::Right(id) = asked::meant(registry, &typed)? else {
        return Ok(None);
    };
    let found = registry.record(&StateKey::Right(id))?;
    let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
        return Ok(None);
    };
    let now = registry.now().max(registry.published().time);
    let policy = look::policy(registry, &right.kind, now)?;
    Ok(question(registry, visit, id, &right, &policy)?.ok())
}

fn about(
    registry: &Registry,
    id: RightId,
    right: &Right,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<About, Fault> {
    let now = registry.now().max(registry.published().time);
    let mut view = capacity::view(registry, right, policy, now, lang)?;
    // What bars it counts before what is free of it.
    let barred = barred::why(right, policy, lang);
    view.answer.splice(0..0, barred);
    let identity = right.identities.first().map(show::identity);
    Ok(About {
        id: id.to_string(),
        heading: format!(
            "{} {}",
            look::kind_title(policy, lang),
            identity.unwrap_or_default()
        ),
        holder: look::party(registry, right.holder, lang.words())?.name,
        unit: policy.unit.clone(),
        answer: view.answer,
        asks_quantity: policy.extent == ExtentRule::Amount,
        asks_days: policy.model == Model::Flow,
        asks_years: policy.extent == ExtentRule::Years,
    })
}

/// The field that says that the form of the question was sent.
const SENT: &str = "asked";

/// The fields beside the right: with one of them filled in, a question is asked.
const QUESTION: [&str; 8] = [
    "pledgee",
    "quantity",
    "from",
    "through",
    "first",
    "last",
    "term_from",
    "term",
];

/// Reads the form; every fault names its field.
fn question(
    registry: &Registry,
    visit: &Visit,
    id: RightId,
    right: &Right,
    policy: &KindPolicy,
) -> Result<Result<(PartyId, Body), Faults>, Fault> {
    let mut faults = Faults::new();
    let pledgee = look::find_party(registry, &visit.typed("pledgee"))?;
    if pledgee.is_none() {
        faults.push(("pledgee", no_pledgee(registry, visit)?));
    }
    let mut extent = ExtentRequest::default();
    if policy.extent == ExtentRule::Amount {
        match typed::quantity(&visit.typed("quantity"), policy.scale) {
            Ok(quantity) => extent.amount = Some((quantity, policy.unit.clone())),
            Err(fault) => faults.push(("quantity", not_a_quantity(visit, policy, fault))),
        }
    }
    if policy.model == Model::Flow {
        extent.span = days(visit, "from", "through", &mut faults);
    }
    if policy.extent == ExtentRule::Years {
        extent.years = years(visit, &mut faults);
    }
    let has_term = visit.param("term_from").or(visit.param("term")).is_some();
    // Both days are those of the contract: what is signed has no day that nobody typed.
    let term = has_term.then(|| days(visit, "term_from", "term", &mut faults));
    let term = term.flatten();
    let Some(pledgee) = pledgee.filter(|_| faults.is_empty()) else {
        return Ok(Err(faults));
    };
    let body = Body::RegisterPledge(Box::new(register(id, right, policy, extent, term)));
    Ok(Ok((pledgee, body)))
}

/// Who would be secured: what was typed, or the party that is signed in.
fn pledgee(visit: &Visit) -> String {
    let own = || {
        let signed_in = visit.signed_in.as_ref()?;
        Some(signed_in.session.org.to_string())
    };
    let typed = visit.param("pledgee").map(str::to_owned);
    typed.or_else(own).unwrap_or_default()
}

fn no_right(registry: &Registry, visit: &Visit, typed: &str) -> Result<String, Fault> {
    let lang = visit.lang;
    let none = || mistyped(typed, lang).unwrap_or(lang.words().search_none);
    let (named, has_more) = look::namesakes(registry, typed)?;
    let why = if named.is_empty() || look::is_id(typed) {
        none().to_owned()
    } else {
        look::several(&named, has_more, lang)
    };
    Ok(match lang {
        Lang::Zh => format!("权益「{typed}」: {why}"),
        Lang::En => format!("right “{typed}”: {why}"),
    })
}

fn no_pledgee(registry: &Registry, visit: &Visit) -> Result<String, Fault> {
    let typed = visit.typed("pledgee");
    let (named, has_more) = look::namesakes(registry, &typed)?;
    let what = match (typed.is_empty(), visit.lang) {
        (true, Lang::Zh) => return Ok("请填写担保权人".to_owned()),
        (true, Lang::En) => return Ok("fill in the pledgee".to_owned()),
        (false, Lang::Zh) => format!("担保权人「{typed}」"),
        (false, Lang::En) => format!("pledgee “{typed}”"),
    };
    let why = if named.is_empty() {
        let none = (
            "本登记系统内未见此主体",
            "no such party is found in this register",
        );
        visit.lang.pick(none.0, none.1).to_owned()
    } else {
        look::several(&named, has_more, visit.lang)
    };
    Ok(format!("{what}: {why}"))
}

fn not_a_quantity(visit: &Visit, policy: &KindPolicy, fault: QuantityFault) -> String {
    let why = typed::not_a_quantity(fault, policy.scale, visit.lang);
    match (visit.param("quantity"), visit.lang) {
        (None, Lang::Zh) => "请填写数量".to_owned(),
        (None, Lang::En) => "fill in the quantity".to_owned(),
        (Some(typed), Lang::Zh) => format!("数量「{typed}」: {why}"),
        (Some(typed), Lang::En) => format!("quantity “{typed}”: {why}"),
    }
}

fn register(
    id: RightId,
    right: &Right,
    policy: &KindPolicy,
    extent: ExtentRequest,
    term: Option<Span>,
) -> RegisterPledge {
    RegisterPledge {
        pledgor: right.holder,
        debtor: None,
        form: Form::parse(&policy.form).unwrap_or(Form::Pledge),
        lines: vec![LineRequest {
            right: id,
            extent,
            behind: Vec::new(),
        }],
        term,
        reservation: None,
        cap_cny: None,
        maximum: None,
        syndicate: Vec::new(),
        green: None,
        hidden: Vec::new(),
    }
}

/// When a line that would be registered lapses with the term of its claim, where the policy of its kind says so.
fn event_ends(event: &Event) -> Option<Timestamp> {
    let Event::PledgeRegistered { lines, .. } = event else {
        return None;
    };
    lines.iter().find_map(|line| line.expires)
}

/// What would be registered: which form of security, how much, for which days, and for whom.
fn said_yes(
    registry: &Registry,
    event: &Event,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<String, Fault> {
    let words = lang.words();
    let Event::PledgeRegistered {
        lines,
        form,
        pledgee,
        ..
    } = event
    else {
        return Ok(words.check_yes.to_owned());
    };
    let unit = show::unit(&policy.unit, lang);
    let extent = |line: &Line| show::extent(line.extent, policy.scale, unit, words);
    let extents: Vec<String> = lines.iter().map(extent).collect();
    let (form, much) = (show::form(form.name(), lang), extents.join("; "));
    let whom = look::party(registry, *pledgee, words)?.name;
    Ok(match lang {
        Lang::Zh => format!("{}{form}: {much}; 担保权人 {whom}", words.check_yes),
        Lang::En => format!("{}, {form}: {much}; for {whom}", words.check_yes),
    })
}

/// Says what the law would decide.
pub(crate) fn conclude(
    registry: &Registry,
    considered: &Considered,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<Conclusion, Fault> {
    let words = lang.words();
    let show_all = |findings: &[crate::domain::finding::Finding]| {
        let shown = findings
            .iter()
            .map(|finding| finding::shown(registry, finding, policy, lang));
        shown.collect::<Result<Vec<Shown>, Fault>>()
    };
    let (mut hanging, mut hanging_head) = (Vec::new(), "");
    let (tag, sign, sentence, findings, warnings) = match &considered.outcome {
        Outcome::Accepted { event, warnings } => {
            let at = Stamp {
                index: considered.size,
                time: considered.time,
            };
            (hanging, hanging_head) = reached::changed(registry, (event, at), policy, lang)?;
            let yes = said_yes(registry, event, policy, lang)?;
            let ends = event_ends(event).map(|at| super::pledge::lapses_note(at, lang));
            let said = [Some(yes), ends].into_iter().flatten();
            let sentence = said.collect::<Vec<_>>().join("; ");
            ("yes", "✓", sentence, Vec::new(), show_all(warnings)?)
        }
        Outcome::Refused(findings) => {
            let mut findings = show_all(findings)?;
            finding::offer_once(&mut findings);
            // The parts of the span follow below; the sentence is what a person reads aloud.
            let of = |finding: &Shown| {
                let most = finding.at_most.first()?;
                let stop = lang.pick("。", ". ");
                Some(format!("{}{stop}{}: {most}", words.check_no, finding.most))
            };
            let most = findings.iter().find_map(of);
            let sentence = most.unwrap_or_else(|| words.check_no.to_owned());
            ("no", "✕", sentence, findings, Vec::new())
        }
    };
    Ok(Conclusion {
        asked: Vec::new(),
        notes: Vec::new(),
        tag,
        sign,
        sentence,
        findings,
        warnings,
        hanging,
        hanging_head,
        instead: Vec::new(),
        against: Vec::new(),
        as_of: format!(
            "{} {} · {} {}",
            words.as_of,
            show::local_time(considered.time),
            words.position,
            considered.size
        ),
        sign_at: None,
        record_at: None,
    })
}
