//! The district of the random acts: a cast, and rights of all models.

use greenlien::domain::command::IssueRight;
use greenlien::primitives::id::PartyId;

use super::paper::number;
use super::stage::{Plot, Stage};
use crate::model::{
    Admission, Deed, Expects, Key, Kind, Model, Offer, Order, Part, Party, REGISTRAR, Ranks, Right,
    Role, Rules, Signature, Version, first_day_of, refuses,
};
use crate::support::{Actor, Play as _, World, papers};

/// The cast in the order of their numbers in the model, the registrar before them.
pub(crate) const BUREAU: usize = 1;
pub(crate) const COURT: usize = 3;
const CAST: [(&str, Role); 12] = [
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
];
const MILL: usize = 9;
const FARM: usize = 10;

/// What the bureau may issue, and the office that may take its place.
const DUTIES: [&str; 5] = ["carbon", "carbon_sink", "emission", "energy", "forest"];

/// The kinds, and whether a term beyond the end of a right is refused.
const KINDS: [(&str, bool); 5] = [
    ("carbon", false),
    ("carbon_sink", true),
    ("emission", true),
    ("energy", true),
    ("forest", false),
];

/// The rules of a kind as genesis has them.
pub(crate) fn first_rules(kind: usize) -> Rules {
    let (kind, strict) = KINDS[kind % KINDS.len()];
    Rules {
        kind,
        ranks: [Ranks::WithConsent; 2],
        cites: true,
        guarantors: true,
        strict,
    }
}

/// What a right is like when it is issued.
struct Deal<'a> {
    kind: Kind,
    rules: &'static str,
    holder: usize,
    levels: &'a [(i64, i64)],
    unit: &'static str,
    grain: i64,
    has_neighbors: bool,
    land: Option<usize>,
}

impl Stage {
    /// Admits the cast and issues rights of all models to two holders, a few days before the leap day of 2028.
    pub(crate) fn new() -> Self {
        let mut stage = Self {
            world: World::new(),
            model: Model::default(),
            plots: Vec::new(),
            next_key: 3,
        };
        stage.model.taken_keys = vec![0, 1, 2];
        for kind in 0..KINDS.len() {
            stage.model.versions.push(Version {
                rules: first_rules(kind),
                from: 0,
            });
        }
        stage.model.parties.push(registrar());
        stage.world.at(papers::instant("2028-02-20T02:00:00Z"));
        for (name, role) in CAST {
            stage.admit_first(name, role);
        }
        stage.issue_flows();
        stage.issue_stocks();
        stage.issue_land();
        stage
    }

    /// A party with the keys of two persons; a court has none. A person has the number of its first key.
    fn admit_first(&mut self, name: &str, role: Role) {
        let mut keys = Vec::new();
        for _ in 0..if role == Role::Court { 0 } else { 2 } {
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
        let order = Order {
            giver: REGISTRAR,
            signatures: of_registrar(),
            expects: Expects::Nothing,
            deed: Deed::Admit(Admission {
                name: name.to_owned(),
                role,
                duties: duties.to_vec(),
                keys,
                threshold: if role == Role::Authority || is_careful {
                    2
                } else {
                    1
                },
            }),
        };
        let played = self.decide(order);
        assert!(played.answer.is_accepted(), "{played:?}");
        assert!(!refuses(&played.reasons), "{played:?}");
    }

    fn issue_flows(&mut self) {
        let days = papers::span("2028-02-01", "2028-04-01");
        let steps = [
            ("2028-02-01", "120"),
            ("2028-02-29", "90"),
            ("2028-03-12", "150.5"),
        ];
        let mill = self.actor(MILL);
        let farm = self.actor(FARM);
        let cod = papers::emission(&mill, "COD", "120", days);
        let cod = papers::with_steps(cod, &steps);
        let levels = steps.map(|(day, quantity)| (number(day), raw(quantity)));
        let deal = |rules, holder, levels, unit, grain| Deal {
            kind: Kind::Flow,
            rules,
            holder,
            levels,
            unit,
            grain,
            has_neighbors: false,
            land: None,
        };
        self.issue(cod, &deal("emission", MILL, &levels, "t/a", 1));
        let short = papers::span("2028-02-10", "2028-03-12");
        let mut coal = papers::energy(&mill, "E-1", "60.52", short);
        let year = ("year".to_owned(), "2027".to_owned());
        coal.attributes.insert(year.0, year.1);
        let level = [(number("2028-02-10"), raw("60.52"))];
        self.issue(coal, &deal("energy", MILL, &level, "tce/a", 10_000));
        let ammonia = papers::emission(&farm, "NH3-N", "9.6", days);
        let level = [(number("2028-02-01"), raw("9.6"))];
        self.issue(ammonia, &deal("emission", FARM, &level, "t/a", 1));
    }

    fn issue_stocks(&mut self) {
        let stocks = [
            (MILL, "50011310785709", "100000", "2029-01-01"),
            (FARM, "50011313423133", "41", "2028-03-05"),
        ];
        for (holder, account, amount, to) in stocks {
            let days = papers::span("2027-01-01", to);
            let right = papers::carbon(&self.actor(holder), account, 2027, amount, days);
            let level = [(number("2027-01-01"), raw(amount))];
            let deal = Deal {
                kind: Kind::Stock,
                rules: "carbon",
                holder,
                levels: &level,
                unit: "tCO2e",
                grain: 1_000_000,
                has_neighbors: false,
                land: None,
            };
            self.issue(right, &deal);
        }
    }

    fn issue_land(&mut self) {
        let first = self.model.rights.len();
        let days = papers::span("2027-01-01", "2031-01-01");
        let parcels = [
            (MILL, "商品林", 0, true),
            (FARM, "商品林", 90_000, true),
            (FARM, "公益林", 180_000, false),
        ];
        for ((holder, class, east, has_neighbors), unit) in parcels.into_iter().zip(1..) {
            let unit = papers::unit_number(unit);
            let ground = papers::rectangle(east, 0, 50_000, 40_000);
            let right = papers::forest(&self.actor(holder), &unit, class, ground, days);
            let deal = Deal {
                kind: Kind::Forest,
                rules: "forest",
                holder,
                levels: &[(0, 1)],
                unit: "mu",
                grain: 10_000,
                has_neighbors,
                land: None,
            };
            self.issue(right, &deal);
        }
        let sinks = [(MILL, "K1", (2027, 2030)), (FARM, "K2", (2028, 2029))];
        for ((holder, project, years), unit) in sinks.into_iter().zip(1..) {
            let units = [papers::unit_number(unit)];
            let right = papers::sink(&self.actor(holder), project, &[&units[0]], years);
            let deal = Deal {
                kind: Kind::Sink,
                rules: "carbon_sink",
                holder,
                levels: &[(0, 1)],
                unit: "tCO2e/a",
                grain: 1_000_000,
                has_neighbors: true,
                land: Some(first + usize::try_from(unit).unwrap() - 1),
            };
            self.issue(right, &deal);
        }
    }

    fn issue(&mut self, right: IssueRight, deal: &Deal<'_>) {
        let (from, to) = (right.span.from().number(), right.span.to().number());
        let year = right
            .attributes
            .get("year")
            .map(|year| year.parse().unwrap());
        let right_of_model = Right {
            kind: deal.kind,
            rules: deal.rules,
            holder: deal.holder,
            issuer: BUREAU,
            from: from.into(),
            to: to.into(),
            levels: deal.levels.to_vec(),
            barred: right.class.as_deref() == Some("公益林"),
            has_neighbors: deal.has_neighbors,
            land: deal.land,
            year,
            revoked: None,
            takings: Vec::new(),
        };
        // The measure of a land right, in mu or tonnes a year, says nothing of what is free.
        let size = right_of_model.most().max(8 * deal.grain);
        let keys = self.model.parties[BUREAU].keys.clone();
        let keys = [keys[0].number, keys[1].number].map(super::stage::secret);
        let mut bureau = Actor::new("bureau", &[greenlien::domain::party::Role::Authority]);
        bureau.party = self.party(BUREAU);
        [bureau.maker, bureau.checker] = keys;
        let id = self.world.issue(&bureau, right);
        self.model.rights.push(right_of_model);
        self.plots.push(Plot {
            id,
            unit: deal.unit,
            grain: deal.grain,
            size,
        });
    }

    /// A holder as the papers of rights name it.
    fn actor(&self, nth: usize) -> Actor {
        let party = &self.model.parties[nth];
        let mut actor = Actor::new(&party.name, &[greenlien::domain::party::Role::Holder]);
        actor.party = PartyId(party.id);
        actor
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
        role: Role::Registrar,
        duties: Vec::new(),
        threshold: 2,
        keys: vec![key(0), key(1)],
        rules: Vec::new(),
        parts: Vec::new(),
        recoveries: Vec::new(),
        disputes: Vec::new(),
        ended: None,
        predecessors: Vec::new(),
        successors: Vec::new(),
    }
}

fn of_registrar() -> Vec<Signature> {
    let signature = |key, part| Signature {
        party: REGISTRAR,
        key,
        part,
    };
    vec![signature(0, Part::Maker), signature(1, Part::Checker)]
}

fn raw(text: &str) -> i64 {
    papers::quantity(text).raw()
}

/// The first day of a year, for sinks.
pub(crate) fn year(year: usize) -> i64 {
    first_day_of(i64::try_from(year).unwrap())
}
