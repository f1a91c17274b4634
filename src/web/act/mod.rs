//! The pages on which a command is prepared: a form, the answer of the law before anything is signed, and the way to the page
//! that signs. Nothing is written here.
//!
//! A form sends nothing but its own address, so a page can be kept, sent to a colleague and opened again.

mod against;
mod answered;
mod catalogue;
mod compound;
mod form;
mod gather;
mod has;
mod inputs;
mod of_kind;
mod persons;
mod placed;
mod subject;
pub(crate) mod suggest;
mod unfit;

use askama::Template;

use crate::domain::authority::matrix::Consent;
use crate::domain::command::Body;
use crate::domain::facts::StateKey;
use crate::domain::finding::Code;
use crate::domain::genesis::REGISTRAR;
use crate::domain::wire::parse_question;
use crate::primitives::canonical::Json;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{PartyId, RightId};
use crate::service::{Registry, ServiceFault};
use crate::web::act::catalogue::{Act, By, Desk, Many, On, Takes};
use crate::web::act::form::{Faults, Form, Row, id_json};
pub(crate) use crate::web::act::has::Has;
use crate::web::act::inputs::{Input, Inputs};
use crate::web::act::placed::{at_its_input, placed};
use crate::web::act::subject::{About, about};
use crate::web::ask::{Conclusion, conclude};
use crate::web::asked::{self, Choice};
use crate::web::instead::{self, Fields};
use crate::web::lang::Lang;
use crate::web::misnamed;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::signing::{self, VERIFICATION};

/// What a form says once it was sent, beside its fields.
const SENT: &str = "go";
/// The field of the party that gives the command.
const GIVER: &str = "org";
/// The field of the record that the command is about.
const RECORD: &str = "record";

/// Bytes of a posted form: the boundary of a parcel of as many vertices as a ground may have as GeoJSON, each about 33 bytes once
/// its brackets and commas are escaped, and the other fields; it is read as the query of an address, which ends at 65,534.
const FORM_BYTES_MAX: usize = 60 * 1024;

/// Reads the body of a form that was posted.
pub(crate) async fn posted(body: axum::body::Body) -> Option<String> {
    let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX).await.ok()?;
    String::from_utf8(bytes.to_vec()).ok()
}

/// A link to a form.
pub(crate) struct Door {
    pub(crate) address: String,
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
}

/// A group of links.
struct Group {
    title: &'static str,
    doors: Vec<Door>,
}

#[derive(Template)]
#[template(path = "acts.html")]
pub(crate) struct ActsPage {
    shell: Shell,
    groups: Vec<Group>,
}

/// Makes the index.
pub(crate) fn index(registry: &Registry, visit: &Visit) -> ActsPage {
    let words = visit.lang.words();
    let desks = [
        (Desk::Bank, words.acts_bank),
        (Desk::Bureau, words.acts_bureau),
        (Desk::Interested, words.acts_interested),
        (Desk::Parties, words.acts_parties),
        (Desk::Rules, words.acts_rules),
    ];
    let group = |(desk, title): (Desk, &'static str)| Group {
        title,
        doors: catalogue::all()
            .filter(|act| act.desk == desk)
            .map(|act| door(act, visit.lang, ""))
            .collect(),
    };
    let mut groups = desks.map(group);
    if let Some(interested) = groups
        .iter_mut()
        .find(|group| group.title == words.acts_interested)
    {
        interested.doors.push(verification(visit.lang, ""));
    }
    ActsPage {
        shell: Shell::new(registry, visit, words.acts_title),
        groups: groups.into(),
    }
}

/// The way to the page on which a guarantor records what it was told of a right; it reads the evidence file itself.
fn verification(lang: Lang, right: &str) -> Door {
    let about = if right.is_empty() {
        String::new()
    } else {
        format!("&right={right}")
    };
    Door {
        address: format!("/sign?act={VERIFICATION}{about}"),
        title: lang.pick("记载核验", "Record a verification"),
        lead: lang.pick(
            "担保机构把核验的问题与答复记入账簿; 取自所保存的证据包。",
            "A guarantor records what it asked and was told, from the evidence file that it keeps.",
        ),
    }
}

/// Returns what a command is called before it is decided.
pub(crate) fn title(command: &str, lang: Lang) -> Option<&'static str> {
    let (zh, en) = match catalogue::find(command) {
        Some(act) => act.title,
        // It has a form of its own, beside the answer that it records.
        None if command == "record_verification" => ("记载核验", "Record a verification"),
        None => return None,
    };
    Some(lang.pick(zh, en))
}

fn door(act: &Act, lang: Lang, record: &str) -> Door {
    let query = if record.is_empty() {
        String::new()
    } else {
        format!("?{RECORD}={record}")
    };
    Door {
        address: format!("/acts/{}{query}", act.name),
        title: lang.pick(act.title.0, act.title.1),
        lead: lang.pick(act.lead.0, act.lead.1),
    }
}

/// Returns the kind and the first identity of a right, for lists that name one.
pub(crate) fn text_of(registry: &Registry, visit: &Visit, id: RightId) -> Result<String, Fault> {
    let found = subject::subject(registry, visit, id)?;
    Ok(found.map(|on| on.text).unwrap_or_default())
}

/// Returns the forms for a record, for its own page.
/// `has` says what there is that an act may choose among.
pub(crate) fn doors(key: &StateKey, has: &Has, lang: Lang) -> Vec<Door> {
    let is_on = |on: On| match key {
        StateKey::Pledge(_) => matches!(on, On::Pledge | On::Hiding),
        StateKey::Reservation(_) => on == On::Reservation,
        StateKey::Right(_) => on == On::Right,
        StateKey::Party(_) => matches!(on, On::Party(_) | On::Hiding),
        StateKey::Identity(_) | StateKey::Source(_) | StateKey::Cell(_) | StateKey::Policy(_) => {
            false
        }
    };
    let acts = catalogue::all().filter(|act| is_on(act.on) && has.suffices(act));
    let mut doors: Vec<Door> = acts.map(|act| door(act, lang, &key.name())).collect();
    if let (StateKey::Right(id), Some(act)) = (key, catalogue::find("reserve")) {
        let mut first = door(act, lang, "");
        first.address = format!("{}?right0={id}", first.address);
        doors.insert(0, first);
    }
    if let StateKey::Right(id) = key {
        doors.push(verification(lang, &id.to_string()));
    }
    doors
}

/// Returns the forms of the desk that keeps parties and rules, for the registrar's own page: those that begin with no record.
pub(crate) fn registrar_doors(lang: Lang) -> Vec<Door> {
    let of_desk = |act: &&Act| match act.desk {
        Desk::Parties | Desk::Rules => act.on == On::Nothing,
        Desk::Bank | Desk::Bureau | Desk::Interested => false,
    };
    let acts = catalogue::all().filter(of_desk);
    acts.map(|act| door(act, lang, "")).collect()
}

#[derive(Template)]
#[template(path = "act.html")]
pub(crate) struct ActPage {
    shell: Shell,
    /// Where the form goes, and how: what is too long for an address is posted.
    action: String,
    method: &'static str,
    /// What the page that signs is posted, where the form was.
    sign: Option<Vec<(String, String)>>,
    name: &'static str,
    lead: &'static str,
    /// The record: id, address of its page, what it is.
    record: Option<(String, String, String)>,
    /// What to type where there is no record yet.
    asks_record: Option<&'static str>,
    typed: String,
    inputs: Vec<Input>,
    /// Whether sending the form asks the law, or only goes on to further fields.
    asks: bool,
    conclusion: Option<Conclusion>,
    faults: Faults,
    /// Rights that were meant by what names something else.
    meant: Vec<Choice>,
    /// The audience that a command for this register names.
    aud: String,
    /// SHA-256 of the script that makes digests of documents.
    script: &'static str,
}

/// Makes the page of one command.
pub(crate) fn page(registry: &Registry, visit: &Visit, name: &str) -> Result<ActPage, Fault> {
    let act = catalogue::find(name).ok_or(Fault::NotFound)?;
    let lang = visit.lang;
    let words = lang.words();
    let shell = Shell::new(registry, visit, lang.pick(act.title.0, act.title.1));
    let action = format!("/acts/{}", act.name);
    let method = if act.is_long() { "post" } else { "get" };
    let mut page = ActPage {
        shell,
        action,
        method,
        sign: None,
        name: act.name,
        lead: lang.pick(act.lead.0, act.lead.1),
        record: None,
        asks_record: None,
        typed: visit.typed(RECORD),
        inputs: Vec::new(),
        asks: true,
        conclusion: None,
        faults: Faults::new(),
        meant: Vec::new(),
        aud: registry.aud().to_owned(),
        script: signing::hash(),
    };
    let Some(about) = about(registry, visit, act)? else {
        page.asks_record = Some(match act.on {
            On::Right | On::Rights | On::Nothing => words.check_right,
            On::Party(_) => words.acts_which_party,
            On::Hiding => words.acts_which_hiding,
            On::Pledge => words.acts_which_pledge,
            On::Reservation => words.acts_which_reservation,
        });
        page.asks = false;
        if !page.typed.is_empty() {
            let (told, meant) = unnamed(registry, visit, act)?;
            page.faults.push((RECORD.to_owned(), told));
            page.meant = meant;
        }
        return Ok(page);
    };
    page.record = about.record.as_ref().map(|(_, id)| {
        let text = about.text.clone();
        (id.clone(), about.link.clone(), text)
    });
    let mut form = Form::new(registry, visit, &about, act)?;
    page.asks = match (act.on, act.kind()) {
        (On::Rights, _) => form.rows.iter().any(|row| row.on.is_some()),
        (_, Some(_)) => form.kind.is_some(),
        (_, None) => true,
    };
    page.inputs = inputs(registry, visit, act, &about, &form, page.asks);
    let has_lines = act.fields.iter().any(|field| field.takes == Takes::Lines);
    // A line whose fields were not there yet is not held against who typed it.
    let is_new = |at: usize| has_lines && visit.param(&format!("seen{at}")).is_none();
    let is_whole = !form.rows.iter().any(|row| is_new(row.at));
    if visit.param(SENT).is_some() && is_whole {
        match body(registry, act, &about, &mut form)? {
            Some(Prepared { org, body, .. }) => page.judge(registry, visit, &form, (org, &body))?,
            None => page.faults = form.faults,
        }
    } else {
        page.faults = form.faults;
    }
    page.meant = form.meant;
    for fault in &mut page.faults {
        *fault = at_its_input(std::mem::take(fault), &page.inputs);
    }
    Ok(page)
}

/// Says why what was typed names nothing that a command can be about, and which rights may have been meant.
fn unnamed(registry: &Registry, visit: &Visit, act: &Act) -> Result<(String, Vec<Choice>), Fault> {
    let (typed, lang) = (visit.typed(RECORD), visit.lang);
    let none = || lang.words().search_none.to_owned();
    let wanted = match act.on {
        On::Right | On::Rights | On::Nothing => {
            let path = format!("/acts/{}", act.name);
            let other = misnamed::not_a_right(registry, visit, (&path, RECORD), &typed)?;
            return Ok(other.map_or_else(|| (none(), Vec::new()), |one| (one.told, one.rights)));
        }
        On::Party(_) => ("主体", "a party"),
        On::Hiding => ("担保登记或主体", "a pledge or a party"),
        On::Pledge => ("担保登记", "a pledge"),
        On::Reservation => ("预登记", "a reservation"),
    };
    let told = misnamed::other(registry, &typed, wanted, lang)?;
    Ok((told.unwrap_or_else(none), Vec::new()))
}

impl ActPage {
    fn judge(
        &mut self,
        registry: &Registry,
        visit: &Visit,
        form: &Form<'_>,
        (org, body): (PartyId, &Body),
    ) -> Result<(), Fault> {
        // A reservation alone has no right at hand, and no quantity to be told of.
        let policy = match form.policy() {
            Some(policy) => Some(policy.clone()),
            None => registry.active_policies(registry.now())?.into_iter().next(),
        };
        let policy = policy.ok_or_else(|| Fault::Internal("there are no rules".to_owned()))?;
        let own_share = match body {
            Body::RegisterPledge(register) => {
                let mut shares = register.syndicate.iter();
                shares.any(|share| share.party == org)
            }
            _ => false,
        };
        let rules = match body {
            Body::AdoptPolicy { kind, text } => Some((kind.clone(), text.clone())),
            _ => None,
        };
        let told = answered::told(registry, &self.shell.title, body, visit.lang)?;
        match registry.consider(org, body.clone()) {
            Ok(considered) => {
                let mut conclusion = conclude(registry, &considered, &policy, visit.lang)?;
                // What is posted has no address that an offer could be put into.
                if let [Row { at, on: Some(on) }] = form.rows.as_slice()
                    && self.method == "get"
                {
                    let asked = (org, body, &considered);
                    let of = (&on.right, &on.policy);
                    let fields = Fields::of_act(*at);
                    instead::offer(&mut conclusion, registry, visit, &fields, asked, of)?;
                }
                if let Some(told) = told.filter(|_| conclusion.is_yes()) {
                    let yes = visit.lang.words().check_yes;
                    conclusion.sentence = conclusion.sentence.replacen(yes, &told, 1);
                }
                if let Some((kind, text)) = rules {
                    let unfit = unfit::unfit(registry, &kind, &text, visit.lang)?;
                    let of = Code::PolicyInvalid.number();
                    let mut findings = conclusion.findings.iter_mut();
                    if let Some(finding) = findings.find(|finding| finding.code == of) {
                        finding.why = unfit;
                    }
                }
                asked::told_same(&mut conclusion, (org, body), visit.lang);
                if own_share {
                    answered::told_own_share(&mut conclusion, visit.lang);
                }
                if conclusion.is_yes() {
                    let noted = answered::noted(registry, body, &policy, visit.lang);
                    conclusion.notes.extend(noted);
                }
                conclusion.against = against::against(registry, form.about, visit.lang)?;
                if conclusion.is_yes() {
                    if self.method == "post" {
                        self.sign = Some(visit.carried(self.name));
                    } else {
                        conclusion.sign_at = Some(visit.again("/sign", self.name));
                    }
                }
                self.conclusion = Some(conclusion);
            }
            Err(ServiceFault::Input(fault)) => self.faults.push(placed(&fault, visit.lang)),
            Err(fault) => return Err(fault.into()),
        }
        Ok(())
    }
}

fn inputs(
    registry: &Registry,
    visit: &Visit,
    act: &Act,
    about: &About,
    form: &Form<'_>,
    asks: bool,
) -> Vec<Input> {
    let mut inputs = Inputs::new(registry, visit, about);
    if let By::Typed((zh, en)) = act.by
        && asks
    {
        let own = visit.signed_in.as_ref();
        let own = own.map(|signed_in| signed_in.session.org.to_string());
        let mut input = inputs.input("text", GIVER, visit.lang.pick(zh, en));
        input.required = true;
        if input.value.is_empty() {
            input.value = own.unwrap_or_default();
        }
        inputs.all.push(input);
    }
    for field in act.fields {
        let decides = matches!(field.takes, Takes::Lines | Takes::Many(Many::Kind(_)));
        let is_meant = form.policy().is_none_or(|it| of_kind::is_meant(field, it));
        if (asks && is_meant) || decides {
            inputs.add(field, form);
        }
    }
    if asks && gather::needs(act, Consent::Quorum) {
        let lang = visit.lang;
        let seats = gather::seats(&registry.genesis().quorum, lang);
        let label = lang.pick("共同签署的各方", "Who signs with it");
        let hint = lang.pick(
            "信用代码或编号, 以逗号分开; 连同发起方须满足法定人数",
            "Credit codes or ids, separated by commas; with the giver they make up the quorum",
        );
        let input = Input {
            hint: format!("{hint}: {seats}"),
            ..inputs.input("text", gather::BESIDE, label)
        };
        inputs.all.push(input);
    }
    if asks {
        let seen = form.rows.iter().filter(|row| row.on.is_some());
        let seen = seen.map(|row| format!("seen{}", row.at));
        for name in std::iter::once(SENT.to_owned()).chain(seen) {
            let mark = Input {
                value: "1".to_owned(),
                ..inputs.input("hidden", name, "")
            };
            inputs.all.push(mark);
        }
    }
    inputs.all
}

/// A command that a form has made.
pub(crate) struct Prepared {
    pub(crate) org: PartyId,
    pub(crate) body: Body,
    /// Who signs beside the giver and those whose consent the law names.
    pub(crate) beside: Vec<PartyId>,
}

impl Prepared {
    /// Returns a command that needs no further signer.
    pub(crate) fn alone(org: PartyId, body: Body) -> Self {
        Self {
            org,
            body,
            beside: Vec::new(),
        }
    }
}

/// Reads the form as a command; nothing where a field is at fault.
fn body(
    registry: &Registry,
    act: &Act,
    about: &About,
    form: &mut Form<'_>,
) -> Result<Option<Prepared>, Fault> {
    let mut body = Json::object([]);
    if let Some((member, id)) = &about.record
        && !member.is_empty()
    {
        body = body.with(member, Some(Json::Text(id.clone())));
    }
    let org = match act.by {
        By::Typed(_) => form.party(GIVER, true)?,
        By::Pledgee | By::Issuer | By::Itself => about.keeper,
        By::Registrar => Some(REGISTRAR),
        By::Court => None,
    };
    let mut authority = None;
    for field in act.fields {
        if field.name == "authority" {
            authority = form.party(field.name, true)?;
            body = body.with("authority", authority.map(id_json));
            continue;
        }
        for (member, value) in form.read(field)? {
            if let (Takes::Choice(_), Json::Text(id)) = (field.takes, &value) {
                let chosen = about.freezes.iter().find(|freeze| freeze.id == *id);
                authority = chosen.and_then(|freeze| freeze.authority).or(authority);
            }
            put(&mut body, &member, value);
        }
    }
    if act.on == On::Rights
        && let Some((holder, security)) = form.of_first_line()
    {
        body = body.with("pledgor", Some(id_json(holder)));
        let form = (act.name == "register_pledge").then(|| Json::text(security.name()));
        body = body.with("form", form);
    }
    let org = match act.by {
        // An issuer gives its own order; for everybody else the registrar enters it.
        By::Court if authority.is_some() && authority == about.keeper => authority,
        By::Court => Some(REGISTRAR),
        By::Typed(_) | By::Pledgee | By::Issuer | By::Itself | By::Registrar => org,
    };
    let Some(org) = org.filter(|_| form.faults.is_empty()) else {
        return Ok(None);
    };
    let (org, _) = signing::acting(registry, org)?;
    let mut beside = Vec::new();
    if gather::needs(act, Consent::Quorum) {
        beside = gather::beside(registry, form, org)?;
        if !form.faults.is_empty() {
            return Ok(None);
        }
    }
    let question = question(registry, act, org, body)?;
    match question {
        Ok((org, body)) => Ok(Some(Prepared { org, body, beside })),
        Err(fault) => {
            form.faults.push(placed(&fault, form.visit.lang));
            Ok(None)
        }
    }
}

/// Makes the command of a body, with whoever must be named in it as consenting.
fn question(
    registry: &Registry,
    act: &Act,
    org: PartyId,
    body: Json,
) -> Result<Result<(PartyId, Body), FieldFault>, Fault> {
    let asked = |body: Json| {
        parse_question(Json::object([
            ("body", body),
            ("org", id_json(org)),
            ("type", Json::text(act.command())),
        ]))
    };
    let mut question = asked(body.clone());
    if gather::needs(act, Consent::Named)
        && let Ok((org, so_far)) = &question
    {
        let consenting = gather::left_out(registry, *org, so_far.clone())?;
        if !consenting.is_empty() {
            let ids = consenting.into_iter().map(id_json);
            question = asked(body.with("consenting", Some(Json::list(ids))));
        }
    }
    Ok(question)
}

/// Puts a member into a body; the one of an object within it, whose name has a point, into that.
fn put(body: &mut Json, member: &str, value: Json) {
    let Json::Object(members) = body else { return };
    match member.split_once('.') {
        None => {
            members.insert(member.to_owned(), value);
        }
        Some((object, rest)) => {
            let inner = members.entry(object.to_owned());
            put(inner.or_insert_with(|| Json::object([])), rest, value);
        }
    }
}

/// Makes the command that the address stands for, for the page that signs it; nothing where a field is wrong.
pub(crate) fn prepared(
    registry: &Registry,
    visit: &Visit,
    name: &str,
) -> Result<Option<Prepared>, Fault> {
    let Some(act) = catalogue::find(name) else {
        return Ok(None);
    };
    let Some(about) = about(registry, visit, act)? else {
        return Ok(None);
    };
    let mut form = Form::new(registry, visit, &about, act)?;
    body(registry, act, &about, &mut form)
}
