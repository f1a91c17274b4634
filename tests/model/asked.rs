//! The papers that commands are made of, in the words of the model.

use super::ground::Parcel;
use super::{Amount, DayNumber, Name, Reasons};

/// The part that a signature plays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    /// Prepared.
    Maker,
    /// Checked.
    Checker,
}

/// A signature for a party.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Signature {
    pub(crate) party: usize,
    /// The number of the key.
    pub(crate) key: u64,
    pub(crate) part: Part,
}

/// Which version a command names of the record that it changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Expects {
    /// The present one.
    Present,
    /// One that is not the present one.
    Stale,
    /// None.
    Nothing,
}

/// What is asked of a right; stocks and forests have no days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ask {
    pub(crate) right: usize,
    pub(crate) quantity: Amount,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
    /// What the line is to stand behind.
    pub(crate) behind: Vec<Name>,
}

/// A key that is offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Offer {
    pub(crate) key: u64,
    pub(crate) person: u64,
    pub(crate) proven: bool,
}

/// What a party may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Registrar,
    Authority,
    Bank,
    Guarantor,
    Court,
    Holder,
}

/// A party to be admitted; its name says its credit code, and a natural person has neither.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Admission {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) duties: Vec<&'static str>,
    pub(crate) keys: Vec<Offer>,
    pub(crate) threshold: usize,
    pub(crate) natural: bool,
}

/// Whether somebody may stand behind another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ranks {
    /// Never.
    Exclusive,
    /// Behind the lines that are named.
    Open,
    /// With the consent of their pledgees.
    WithConsent,
}

/// The rules of a kind, as far as they are ever changed here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rules {
    pub(crate) kind: &'static str,
    /// For pledges and for mortgages.
    pub(crate) ranks: [Ranks; 2],
    /// A text that cites no law for its ranks keeps them closed.
    pub(crate) cites: bool,
    /// Whether guarantors may take pledges, beside banks.
    pub(crate) guarantors: bool,
    /// Whether a term beyond the end of the right is refused.
    pub(crate) strict: bool,
    /// Whether a right with lines changes hands; by the consent of their creditors where the text does not say.
    pub(crate) transfer: Option<Handover>,
    /// By what a use may take pledged units; where the text does not say, the right is not used up.
    pub(crate) carve: Option<Carving>,
    /// Whether a conversion asks the holder; where the text does not say, the right does not turn into another.
    pub(crate) converts: Option<bool>,
    /// Whether consents on paper, and on video, may be attested.
    pub(crate) attested: [bool; 2],
    /// How many years a claim may run.
    pub(crate) longest: Option<i64>,
    /// Whether a line ends with its claim; where the text does not say, it does not.
    pub(crate) lapse: Option<bool>,
}

/// What becomes of a right with lines on it when it is transferred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Handover {
    Free,
    Consent,
    Blocked,
}

/// By what a use may take pledged units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Carving {
    /// By nothing; never asked for, only said by a text.
    Refuse,
    Consent,
    Order,
}

/// The ground that a certificate names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Ground {
    /// None.
    Unknown,
    /// Rectangles, as parts of one parcel.
    Parcels(Vec<Parcel>),
    /// A ring that crosses itself.
    Crossed,
    /// That of rights with these unit numbers.
    Units(Vec<String>),
    /// The same, with rectangles to compare it with.
    Both(Vec<String>, Vec<Parcel>),
}

/// A scheme and a value.
pub(crate) type Identity = (&'static str, String);

/// A right to be issued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Issue {
    pub(crate) kind: &'static str,
    pub(crate) holder: usize,
    pub(crate) identities: Vec<Identity>,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
    /// First days and quantities of a flow; the balance of a stock; the measure of land.
    pub(crate) levels: Vec<(DayNumber, Amount)>,
    pub(crate) class: Option<&'static str>,
    /// Names and values, in order of their names.
    pub(crate) attributes: Vec<(&'static str, &'static str)>,
    pub(crate) ground: Ground,
    pub(crate) succeeds: Vec<usize>,
    pub(crate) additional: bool,
    /// Whether it names an adjudication.
    pub(crate) adjudicated: bool,
}

/// A right, or a part of one, that changes hands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Transfer {
    pub(crate) right: usize,
    pub(crate) to: usize,
    pub(crate) succession: bool,
    pub(crate) part: Option<Portion>,
    pub(crate) consenting: Vec<usize>,
}

/// A part of a stock or a flow that becomes a right of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Portion {
    pub(crate) quantity: Amount,
    pub(crate) identities: Vec<Identity>,
    /// What of the lines goes along; without a quantity a line stays undivided.
    pub(crate) lines: Vec<(Name, Option<Amount>)>,
}

/// Which part of a right turns into another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turned {
    /// A quantity of a stock.
    Amount(Amount),
    /// Years of a sink, both included.
    Years(i64, i64),
}

/// What a part of a right turns into.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Conversion {
    pub(crate) right: usize,
    pub(crate) part: Turned,
    pub(crate) kind: &'static str,
    pub(crate) identities: Vec<Identity>,
    pub(crate) quantity: Amount,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
    pub(crate) class: Option<&'static str>,
    pub(crate) consenting: Vec<usize>,
}

/// What a correction sets right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Mistake {
    /// The class and attributes of the certificate; those that are not named stay.
    Particulars(Option<&'static str>, Vec<(&'static str, &'static str)>),
    /// The quantity of the certificate.
    Quantity(Amount),
    /// The dispute over its ground is decided.
    Dispute,
    /// A line that the registrar entered wrongly, and the sizes of the log at which others relied on it.
    Line(Name, Amount, Vec<u64>),
}

/// What an order to freeze says beyond its quantity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Terms {
    /// The first day without it.
    pub(crate) until: Option<DayNumber>,
    /// The sum of money, in millionths of a yuan.
    pub(crate) limit: Option<Amount>,
    /// The price of one unit.
    pub(crate) price: Option<Amount>,
}

/// The record that hides a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hiding {
    Party(usize),
    Pledge(usize),
}

/// What a guarantor asked, and what it was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Inquiry {
    /// The right of every line.
    pub(crate) right: usize,
    /// Who would be secured.
    pub(crate) bank: usize,
    pub(crate) asked: Registration,
    /// The size of the log when it was told.
    pub(crate) size: u64,
    /// The law that answered.
    pub(crate) law: u64,
    /// What the model said.
    pub(crate) told: Reasons,
    /// Which answer of the registry it was.
    pub(crate) number: usize,
}

/// A pledge to be registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Registration {
    pub(crate) pledgor: usize,
    pub(crate) debtor: Option<usize>,
    pub(crate) mortgage: bool,
    pub(crate) lines: Vec<Ask>,
    pub(crate) term: Option<(DayNumber, DayNumber)>,
    /// The reservation that it takes over.
    pub(crate) hold: Option<usize>,
    pub(crate) cap: Option<Amount>,
    /// The determination period of a maximum amount.
    pub(crate) maximum: Option<(DayNumber, DayNumber)>,
    /// Who else has a share of the claim, and how much of it, in the order of their entries.
    pub(crate) syndicate: Vec<(usize, u64)>,
    /// The category of a green loan.
    pub(crate) green: Option<&'static str>,
    /// Names of its hidden values, in order.
    pub(crate) hidden: Vec<&'static str>,
}
