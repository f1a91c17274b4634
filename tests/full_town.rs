//! A town with rights of every model, a freeze, a reservation and a court: what the town of `pages` is too small for.
//!
//! Its pages are read here, and looked at in a browser (`browser`).

use greenlien::domain::command::Body;
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId};
use ureq::http::Method;

use crate::http::Wire;
use crate::pages::{Town, check_pages, town};
use crate::support::cast;
use crate::support::papers;
use crate::support::play::Play as _;

/// Forms of acts on a pledge.
const OF_PLEDGES: [&str; 11] = [
    "extend_pledge",
    "release_pledge",
    "release_pledge-court",
    "determine_claim",
    "record_disposal",
    "record_external_registration",
    "object",
    "withdraw_objection-court",
    "assign_pledge-court",
    "register_guarantee",
    "register_buyout_commitment",
];
/// Forms of acts on the permit, which is frozen.
const OF_RIGHTS: [&str; 9] = [
    "adjust_right",
    "extend_right",
    "revoke_right",
    "correct_right-quantity",
    "correct_right-line",
    "transfer_right-part",
    "unfreeze",
    "change_freeze",
    "execute_freeze",
];
/// Forms of acts of and on parties.
const OF_PARTIES: [&str; 11] = [
    "admit_party-person",
    "change_party",
    "merge_parties",
    "split_party",
    "add_key",
    "revoke_key",
    "set_signing_policy",
    "dispute_entries",
    "resolve_dispute",
    "recover_party",
    "veto_recovery",
];

pub(crate) struct FullTown {
    pub(crate) town: Town,
    court: PartyId,
    stocks: [RightId; 2],
    sink: RightId,
    parcel: RightId,
    pledge: PledgeId,
    reservation: ReservationId,
    freeze: FreezeId,
}

/// The town, with allowances of two years, a parcel that reaches into another, a sink on it, and a court that has frozen the permit.
pub(crate) fn full_town() -> FullTown {
    let mut town = town();
    let court = town.house.admit("court", &[Role::Court], &[]);
    let (bureau, mill, bank) = (town.bureau.clone(), town.mill.clone(), town.bank.clone());
    let days = papers::span("2026-12-01", "2041-01-01");
    let stocks = [2025, 2026].map(|vintage| {
        let allowances = papers::carbon(&mill, "50011313423133", vintage, "1000", days);
        town.house.issue(&bureau, allowances)
    });
    let unit = papers::unit_number(2);
    let ground = papers::rectangle(3_990, 0, 4_000, 3_000);
    let parcel = papers::forest(&mill, &unit, "商品林", ground, days);
    let parcel = town.house.issue(&bureau, parcel);
    let sink = papers::sink(&mill, "500113-LYTH-2022-001", &[&unit], (2027, 2036));
    let forestry = town
        .house
        .admit("forestry", &[Role::Authority], &["carbon_sink"]);
    let sink = town.house.issue(&forestry, sink);
    let taken = papers::line(stocks[1], papers::stock("400", "tCO2e"));
    let body = papers::pledge(&mill, vec![taken]);
    let pledge = town.house.submit(&bank, body, &[&mill], &[]).pledge();
    let held = papers::line(stocks[0], papers::stock("100", "tCO2e"));
    let body = papers::reserve(&mill, vec![held], 10);
    let reservation = town.house.submit(&bank, body, &[&mill], &[]).reservation();
    let freeze = Body::Freeze {
        right: town.permit,
        authority: court.party,
        extent: papers::flow("20", "t/a", papers::span("2027-01-01", "2031-01-01")),
        document: papers::document(),
        terms: Terms {
            number: Some("(2026)渝0113执保12号".to_owned()),
            ..Terms::default()
        },
    };
    let freeze = town
        .house
        .submit(&cast::registrar(), freeze, &[], &[])
        .freeze();
    FullTown {
        court: court.party,
        town,
        stocks,
        sink,
        parcel,
        pledge,
        reservation,
        freeze,
    }
}

impl FullTown {
    /// The addresses that the town alone has not.
    pub(crate) fn paths(&self) -> Vec<String> {
        let act = |name: &&str, record: &dyn ToString| {
            format!("/acts/{name}?record={}", record.to_string())
        };
        let [older, newer] = &self.stocks;
        let mut paths = vec![
            format!("/rights/{older}"),
            format!("/rights/{newer}"),
            format!("/rights/{}", self.sink),
            format!("/rights/{}", self.parcel),
            format!("/pledges/{}", self.pledge),
            format!("/pledges/{}", self.reservation),
            format!("/parties/{}", self.court),
            format!("/freezes/{}", self.freeze),
            "/log?decision=refused".to_owned(),
            "/statistics/lines".to_owned(),
            format!("/check?right={}", self.sink),
            format!("/check?right={newer}"),
            format!("/acts/register_pledge?right0={}", self.sink),
            act(&"cancel_reservation", &self.reservation),
            act(&"surrender_right", older),
            act(&"convert_right", &self.sink),
            "/rights?kind=carbon".to_owned(),
            "/findings/2010".to_owned(),
            "/findings/4012".to_owned(),
            "/findings/7010".to_owned(),
        ];
        paths.extend(OF_PLEDGES.iter().map(|name| act(name, &self.town.pledge)));
        paths.extend(OF_RIGHTS.iter().map(|name| act(name, &self.town.permit)));
        paths.extend(OF_PARTIES.iter().map(|name| act(name, &self.court)));
        paths
    }
}

#[test]
fn an_address_that_leads_elsewhere_keeps_its_language() {
    let full = full_town();
    let wire = Wire::new(full.town.house.client().base());
    let (right, freeze) = (full.town.permit, full.freeze);
    for (path, page) in [
        ("/docs".to_owned(), "/reference".to_owned()),
        (format!("/search?q={right}"), format!("/rights/{right}")),
        (format!("/search?q={freeze}"), format!("/freezes/{freeze}")),
    ] {
        let join = if path.contains('?') { '&' } else { '?' };
        for (chosen, kept) in [
            (String::new(), String::new()),
            (format!("{join}lang=en"), "?lang=en".to_owned()),
            (format!("{join}lang=zh"), "?lang=zh".to_owned()),
            (format!("{join}lang=fr"), String::new()),
        ] {
            let raw = wire.send(Method::GET, &format!("{path}{chosen}"), &[], &[]);
            assert_eq!(raw.status, 303, "{path}{chosen}");
            assert_eq!(
                raw.header("location"),
                format!("{page}{kept}"),
                "{path}{chosen}"
            );
        }
    }
    full.town.house.close();
}

#[test]
fn pages_of_rights_of_every_model_and_forms_of_every_desk_are_there_in_both_languages() {
    let full = full_town();
    check_pages(&full.town, full.paths());
    full.town.house.close();
}
