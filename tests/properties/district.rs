//! The district of the random acts: a cast, and rights of all models.

use super::paper::number;
use super::stage::Stage;
use crate::model::{
    Admission, Carving, Deed, Expects, Ground, Handover, Issue, Key, Model, Offer, Order, Parcel,
    Part, Party, REGISTRAR, Ranks, Role, Rules, Signature, Version, first_day_of, refuses,
};
use crate::support::{Actor, World, papers};

/// The cast in the order of their numbers in the model, the registrar before them.
pub(crate) const BUREAU: usize = 1;
pub(crate) const COURT: usize = 3;
const BANK: usize = 4;
const CAST: [(&str, Role); 13] = [
    ("bureau", Role::Authority),
    ("stranger", Role::Authority),
    ("court", Role::Court),
    ("bank-a", Role::Bank),
    ("bank-b", Role::Bank),
    ("bank-c", Role::Bank),
    ("guarantor", Role::Guarantor),
    ("fund", Role::Guarantor),
    ("mill", Role::Holder),
    ("farm", Role::Holder),
    ("newco", Role::Holder),
    ("office", Role::Authority),
    ("farmer", Role::Holder),
];
pub(crate) const MILL: usize = 9;
pub(crate) const FARM: usize = 10;
/// A natural person without keys.
pub(crate) const FARMER: usize = 13;

/// What the bureau may issue, and the office that may take its place.
pub(crate) const DUTIES: [&str; 5] = ["carbon", "carbon_sink", "emission", "energy", "forest"];

/// The rules of a kind as genesis has them.
pub(crate) fn rules_at_first(kind: &str) -> Rules {
    let kind = DUTIES.into_iter().find(|duty| *duty == kind).unwrap();
    let is_forest = kind == "forest";
    Rules {
        kind,
        ranks: [Ranks::WithConsent; 2],
        cites: true,
        guarantors: true,
        strict: !matches!(kind, "carbon" | "forest"),
        transfer: match kind {
            "carbon" => Some(Handover::Consent),
            "emission" => Some(Handover::Blocked),
            _ => None,
        },
        carve: match kind {
            "carbon" | "carbon_sink" | "forest" => Some(Carving::Order),
            _ => None,
        },
        converts: match kind {
            "carbon" => Some(false),
            "carbon_sink" => Some(true),
            _ => None,
        },
        attested: [is_forest; 2],
        longest: None,
        lapse: None,
    }
}

/// The same of the kind with this number.
pub(crate) fn first_rules(kind: usize) -> Rules {
    rules_at_first(DUTIES[kind % DUTIES.len()])
}

impl Stage {
    /// Admits the cast and issues rights of all models to its holders, a few days before the leap day of 2028.
    pub(crate) fn new() -> Self {
        let mut stage = Self {
            world: World::new(),
            model: Model::default(),
            next_key: 3,
            inquiries: Vec::new(),
            answers: Vec::new(),
        };
        stage.model.taken_keys = vec![0, 1, 2];
        for kind in 0..DUTIES.len() {
            stage.model.versions.push(Version {
                rules: first_rules(kind),
                from: 0,
                entry: 0,
            });
        }
        stage.model.parties.push(registrar());
        stage.world.at(papers::instant("2028-02-20T02:00:00Z"));
        for (name, role) in CAST {
            stage.admit_first(name, role);
        }
        // From the next day on, lines on rights of two kinds lapse with the term of their claim.
        for kind in ["carbon", "emission"] {
            let lapse = Some(true);
            let rules = Rules {
                lapse,
                ..rules_at_first(kind)
            };
            stage.play_signed(BUREAU, &[BUREAU, BANK], Deed::Adopt(rules, true));
        }
        for issue in stage.first_rights() {
            stage.issue_first(issue);
        }
        stage
    }

    /// A party with the keys of two persons; a court and a natural person have none. A person has the number of its first
    /// key.
    fn admit_first(&mut self, name: &str, role: Role) {
        let natural = name == "farmer";
        let mut keys = Vec::new();
        for _ in 0..if role == Role::Court || natural { 0 } else { 2 } {
            keys.push(Offer {
                key: self.next_key,
                person: self.next_key,
                proven: true,
            });
            self.next_key += 1;
        }
        // One bank signs with two persons, of whom one has two keys.
        let is_careful = name == "bank-b";
        if is_careful {
            keys.push(Offer {
                key: self.next_key,
                ..keys[1]
            });
            self.next_key += 1;
        }
        let duties: &[&'static str] = match name {
            "bureau" | "office" => &DUTIES,
            "stranger" => &["carbon"],
            _ => &[],
        };
        self.play_first(
            REGISTRAR,
            Deed::Admit(Admission {
                name: name.to_owned(),
                role,
                duties: duties.to_vec(),
                keys,
                threshold: if role == Role::Authority || is_careful {
                    2
                } else {
                    1
                },
                natural,
            }),
        );
    }

    /// The rights that are there from the beginning; all of them are the bureau's.
    fn first_rights(&self) -> Vec<Issue> {
        let days = ("2028-02-01", "2028-04-01");
        let steps = [
            ("2028-02-01", "120"),
            ("2028-02-29", "90"),
            ("2028-03-12", "150.5"),
        ];
        let mut cod = self.emission(MILL, "COD", days, &steps);
        cod.attributes = vec![("fee", "已缴")];
        let short = ("2028-02-10", "2028-03-12");
        let coal = energy(MILL, "渝用能(2027)E1号", short, "60.52");
        let ammonia = self.emission(FARM, "NH3-N", days, &[("2028-02-01", "9.6")]);
        let allowances = carbon(MILL, "50011310785709", "2029-01-01", "100000");
        let few = carbon(FARM, "50011313423133", "2028-03-05", "41");
        vec![
            cod,
            coal,
            ammonia,
            allowances,
            few,
            forest(MILL, 1, "商品林", 0),
            forest(FARM, 2, "商品林", 90_000),
            forest(FARM, 3, "公益林", 180_000),
            sink(MILL, "K1", 1, (2027, 2030)),
            sink(FARM, "K2", 2, (2028, 2029)),
            forest(FARMER, 4, "商品林", 270_000),
            Issue {
                ground: Ground::Unknown,
                ..forest(FARM, 5, "商品林", 0)
            },
            sink(FARM, "K3", 5, (2028, 2029)),
        ]
    }

    /// The number of a discharge permit: sites have the credit code of their holder.
    pub(crate) fn permit(&self, holder: usize, site: &str) -> String {
        let code = Actor::new(&self.model.parties[holder].code, &[]).credit_code;
        format!("{code}{site}")
    }

    fn emission(
        &self,
        holder: usize,
        pollutant: &str,
        days: (&str, &str),
        steps: &[(&str, &str)],
    ) -> Issue {
        let value = format!("{}|{pollutant}", self.permit(holder, "001W"));
        let step = |(day, quantity): &(&str, &str)| (number(day), raw(quantity));
        Issue {
            levels: steps.iter().map(step).collect(),
            ..paper("emission", holder, ("discharge-permit", value), days)
        }
    }

    fn issue_first(&mut self, issue: Issue) {
        self.play_first(BUREAU, Deed::Issue(Box::new(issue)));
    }

    /// Plays a deed that must be accepted.
    fn play_first(&mut self, giver: usize, deed: Deed) {
        self.play_signed(giver, &[giver], deed);
    }

    fn play_signed(&mut self, giver: usize, signers: &[usize], deed: Deed) {
        let mut signatures = Vec::new();
        for party in signers {
            let keys = &self.model.parties[*party].keys;
            for (key, part) in keys.iter().zip([Part::Maker, Part::Checker]) {
                let (party, key) = (*party, key.number);
                signatures.push(Signature { party, key, part });
            }
        }
        let order = Order {
            giver,
            signatures,
            attested: Vec::new(),
            expects: Expects::Nothing,
            deed,
        };
        let played = self.decide(order);
        assert!(played.answer.is_accepted(), "{played:?}");
        assert!(!refuses(&played.reasons), "{played:?}");
    }
}

/// A certificate without the members of its kind.
pub(crate) fn paper(
    kind: &'static str,
    holder: usize,
    identity: (&'static str, String),
    (from, to): (&str, &str),
) -> Issue {
    Issue {
        kind,
        holder,
        identities: vec![identity],
        from: number(from),
        to: number(to),
        levels: Vec::new(),
        class: None,
        attributes: Vec::new(),
        ground: Ground::Unknown,
        succeeds: Vec::new(),
        additional: false,
        adjudicated: false,
    }
}

fn energy(holder: usize, certificate: &str, days: (&str, &str), amount: &str) -> Issue {
    let identity = ("energy-certificate", certificate.to_owned());
    Issue {
        levels: vec![(number(days.0), raw(amount))],
        attributes: vec![("year", "2027")],
        ..paper("energy", holder, identity, days)
    }
}

fn carbon(holder: usize, account: &str, to: &str, amount: &str) -> Issue {
    let identity = ("allowance-account", format!("CEA|{account}|2027"));
    Issue {
        levels: vec![(number("2027-01-01"), raw(amount))],
        ..paper("carbon", holder, identity, ("2027-01-01", to))
    }
}

fn forest(holder: usize, unit: u32, class: &'static str, east: i64) -> Issue {
    let identity = ("real-estate-unit", papers::unit_number(unit));
    Issue {
        levels: vec![(0, raw("312.4"))],
        class: Some(class),
        ground: Ground::Parcels(vec![rectangle(east, 0, 50_000, 40_000)]),
        ..paper("forest", holder, identity, ("2027-01-01", "2031-01-01"))
    }
}

fn sink(holder: usize, project: &str, unit: u32, (first, last): (i64, i64)) -> Issue {
    let identity = ("sink-project", project.to_owned());
    Issue {
        from: first_day_of(first),
        to: first_day_of(last + 1),
        levels: vec![(0, raw("6317"))],
        ground: Ground::Units(vec![papers::unit_number(unit)]),
        ..paper(
            "carbon_sink",
            holder,
            identity,
            ("2027-01-01", "2031-01-01"),
        )
    }
}

/// A rectangle whose south-western corner lies so far from 106.5 E, 29.3 N.
pub(crate) fn rectangle(east: i64, north: i64, width: i64, height: i64) -> Parcel {
    let (west, south) = (1_065_000_000 + east, 293_000_000 + north);
    Parcel {
        west,
        south,
        east: west + width,
        north: south + height,
    }
}

fn registrar() -> Party {
    let key = |number| Key {
        number,
        person: number,
        added: 0,
        ended: None,
    };
    Party {
        id: 0,
        code: "registrar".to_owned(),
        name: "registrar".to_owned(),
        natural: false,
        erased: Vec::new(),
        role: Role::Registrar,
        duties: Vec::new(),
        threshold: 2,
        keys: vec![key(0), key(1)],
        rules: Vec::new(),
        parts: Vec::new(),
        recoveries: Vec::new(),
        disputes: Vec::new(),
        ended: None,
        ended_at: 0,
        handed: Vec::new(),
        predecessors: Vec::new(),
        successors: Vec::new(),
    }
}

pub(crate) fn raw(text: &str) -> i64 {
    papers::quantity(text).raw()
}

/// The first day of a year, for sinks.
pub(crate) fn year(year: usize) -> i64 {
    first_day_of(i64::try_from(year).unwrap())
}
