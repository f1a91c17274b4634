//! What the random sequences once found, as short stories that stay.

use greenlien::domain::command::{Body, Expected, OfferedKey};
use greenlien::domain::finding::Code;
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::domain::right::{BurdenId, Overhang};
use greenlien::primitives::id::{PledgeId, ReservationId, RightId};

use crate::support::papers::{self, line, quantity, span, stock, to_quantity};
use crate::support::{Actor, Answer, Play as _, World};

const UNIT: &str = "tCO2e";

/// 100 tonnes of one holder, and two banks.
struct Scene {
    world: World,
    bureau: Actor,
    holder: Actor,
    banks: [Actor; 2],
    right: RightId,
}

impl Scene {
    fn new() -> Self {
        let mut world = World::new();
        let bureau = world.admit("bureau", &[Role::Authority], &["carbon"]);
        let holder = world.admit("plant", &[Role::Holder], &[]);
        let banks = ["bank-a", "bank-b"].map(|name| world.admit(name, &[Role::Bank], &[]));
        let days = span("2026-01-01", "2031-01-01");
        let right = papers::carbon(&holder, "50011310785709", 2026, "100", days);
        let right = world.issue(&bureau, right);
        Self {
            world,
            bureau,
            holder,
            banks,
            right,
        }
    }

    fn pledge(&mut self, bank: usize, amounts: &[&str], takes: Option<ReservationId>) -> Answer {
        let lines = amounts
            .iter()
            .map(|amount| line(self.right, stock(amount, UNIT)));
        let mut paper = papers::register(&self.holder, lines.collect());
        paper.reservation = takes;
        let body = Body::RegisterPledge(Box::new(paper));
        self.world
            .submit(&self.banks[bank], body, &[&self.holder], &[])
    }

    fn amend(&mut self, pledge: PledgeId, amounts: &[(u16, &str)]) -> Answer {
        let change = |(line, amount): &(u16, &str)| to_quantity(*line, amount, UNIT);
        let body = papers::amend(pledge, amounts.iter().map(change).collect());
        let expect = [self.world.present(Expected::Pledge(pledge))];
        self.world
            .submit(&self.banks[0], body, &[&self.holder], &expect)
    }

    fn adjust(&mut self, amount: &str) -> Answer {
        let body = Body::AdjustRight {
            right: self.right,
            from: papers::day("2026-12-01"),
            amount: (quantity(amount), UNIT.to_owned()),
            document: papers::document(),
        };
        self.world.submit(&self.bureau, body, &[], &[])
    }

    fn revoke(&mut self, from: &str) -> Answer {
        let body = Body::RevokeRight {
            right: self.right,
            from: papers::day(from),
            document: papers::document(),
        };
        self.world.submit(&self.bureau, body, &[], &[])
    }
}

#[test]
fn one_line_may_grow_by_what_another_gives_back() {
    let mut scene = Scene::new();
    let pledge = scene.pledge(0, &["50", "50"], None).pledge();
    for amounts in [[(0, "60"), (1, "40")], [(0, "30"), (1, "60")]] {
        assert_eq!(scene.amend(pledge, &amounts).refusals(), [0; 0]);
    }
}

#[test]
fn lines_that_grow_together_are_offered_one_quantity_each() {
    let mut scene = Scene::new();
    let pledge = scene.pledge(0, &["10", "10"], None).pledge();
    let answer = scene.amend(pledge, &[(0, "70"), (1, "40")]);
    let [finding] = answer.findings() else {
        panic!("{answer:?}");
    };
    let alternative = finding.alternative.clone().unwrap();
    assert_eq!(
        (finding.line, alternative.quantity),
        (Some(1), Some(quantity("30")))
    );
}

#[test]
fn lines_that_hang_may_shrink_together() {
    let mut scene = Scene::new();
    let pledge = scene.pledge(0, &["50", "50"], None).pledge();
    scene.adjust("20").event();
    let answer = scene.amend(pledge, &[(0, "40"), (1, "40")]);
    assert_eq!(answer.refusals(), [0; 0]);
}

#[test]
fn the_reservation_of_another_bank_stands_in_the_way() {
    let mut scene = Scene::new();
    let lines = vec![line(scene.right, stock("60", UNIT))];
    let body = papers::reserve(&scene.holder, lines, 30);
    let reserved = scene
        .world
        .submit(&scene.banks[0], body, &[&scene.holder], &[]);
    let held = reserved.reservation();
    let answer = scene.pledge(1, &["70"], Some(held));
    assert_eq!(answer.refusals(), [3001, 6008]);
    let short = answer.finding(Code::DoublePledgeStock);
    let alternative = short.alternative.clone().unwrap();
    assert_eq!(alternative.quantity, Some(quantity("40")));
    assert_eq!(short.conflicts, [format!("{held}.0")]);
    // The bank that reserved may have all of it: what goes beyond its place is a line of its own.
    let answer = scene.pledge(0, &["100"], Some(held));
    assert_eq!(answer.refusals(), [6008]);
    let answer = scene.pledge(0, &["60", "40"], Some(held));
    assert_eq!(answer.refusals(), [0; 0]);
    assert!(scene.world.reservation(held).ended.is_some());
}

#[test]
fn the_lines_of_a_refused_reservation_have_no_names() {
    let mut scene = Scene::new();
    let lines = ["60", "60"].map(|amount| line(scene.right, stock(amount, UNIT)));
    let body = papers::reserve(&scene.holder, lines.to_vec(), 30);
    let answer = scene
        .world
        .submit(&scene.banks[0], body, &[&scene.holder], &[]);
    let short = answer.finding(Code::DoublePledgeStock);
    assert_eq!((short.line, short.conflicts.len()), (Some(1), 0));
}

#[test]
fn a_revocation_that_is_announced_leaves_lines_hanging_at_once() {
    let mut scene = Scene::new();
    let pledge = scene.pledge(0, &["30"], None).pledge();
    scene.revoke("2027-04-01").event();
    let burden = scene
        .world
        .right(scene.right)
        .burden(BurdenId::Line(pledge, 0));
    let overhang = burden.and_then(|burden| burden.overhang);
    assert_eq!(overhang, Some(Overhang::Amount(quantity("30"))));
}

#[test]
fn a_pledge_of_a_revoked_right_is_no_double_pledge() {
    let mut scene = Scene::new();
    let days = span("2026-01-01", "2031-01-01");
    let duties = ["emission"];
    let bureau = scene.world.admit("ecology", &[Role::Authority], &duties);
    let flow = papers::emission(&scene.holder, "COD", "120", days);
    scene.right = scene.world.issue(&bureau, flow);
    scene.bureau = bureau;
    scene.revoke("2027-04-01").event();
    let lines = vec![line(scene.right, papers::flow("10", "t/a", days))];
    let body = papers::pledge(&scene.holder, lines);
    let answer = scene
        .world
        .submit(&scene.banks[0], body, &[&scene.holder], &[]);
    assert_eq!(answer.refusals(), [2003]);
}

#[test]
fn a_line_whose_days_are_over_hangs_no_more() {
    let mut scene = Scene::new();
    let bureau = scene
        .world
        .admit("ecology", &[Role::Authority], &["emission"]);
    let days = span("2026-01-01", "2031-01-01");
    let flow = papers::emission(&scene.holder, "COD", "120", days);
    let right = scene.world.issue(&bureau, flow);
    let ask = papers::flow("80", "t/a", span("2026-01-01", "2027-03-01"));
    let body = papers::pledge(&scene.holder, vec![line(right, ask)]);
    let answer = scene
        .world
        .submit(&scene.banks[0], body, &[&scene.holder], &[]);
    let pledge = answer.pledge();
    (scene.right, scene.bureau) = (right, bureau);
    scene.revoke("2027-01-01").event();
    let overhang = |scene: &Scene| {
        let burden = scene.world.right(right).burden(BurdenId::Line(pledge, 0));
        burden.and_then(|burden| burden.overhang)
    };
    assert_eq!(overhang(&scene), Some(Overhang::Amount(quantity("80"))));
    scene.world.at(papers::instant("2027-03-01T02:00:00Z"));
    let expect = [scene.world.present(Expected::Pledge(pledge))];
    let body = papers::release(pledge, vec![to_quantity(0, "70", "t/a")]);
    let answer = scene.world.submit(&scene.banks[0], body, &[], &expect);
    assert_eq!(answer.refusals(), [0; 0]);
    assert_eq!(overhang(&scene), None);
}

/// Not found by a sequence, but the shortest story of a freeze that alone stands in the way.
#[test]
fn an_extension_waits_for_the_end_of_a_freeze() {
    let mut scene = Scene::new();
    let bureau = scene
        .world
        .admit("ecology", &[Role::Authority], &["emission"]);
    let days = span("2026-01-01", "2031-01-01");
    let flow = papers::emission(&scene.holder, "COD", "120", days);
    let right = scene.world.issue(&bureau, flow);
    let ask = papers::flow("80", "t/a", span("2026-01-01", "2027-03-01"));
    let body = papers::pledge(&scene.holder, vec![line(right, ask)]);
    let answer = scene
        .world
        .submit(&scene.banks[0], body, &[&scene.holder], &[]);
    let pledge = answer.pledge();
    let order = Body::Freeze {
        right,
        authority: bureau.party,
        extent: papers::flow("60", "t/a", span("2027-03-01", "2028-01-01")),
        document: papers::document(),
        terms: Terms::default(),
    };
    let freeze = scene.world.submit(&bureau, order, &[], &[]).freeze();
    let extend = |scene: &mut Scene| {
        let body = papers::extend(pledge, vec![papers::to_day(0, papers::day("2029-01-01"))]);
        let expect = [scene.world.present(Expected::Pledge(pledge))];
        let consents = [&scene.holder];
        scene
            .world
            .submit(&scene.banks[0], body, &consents, &expect)
            .refusals()
    };
    assert_eq!(extend(&mut scene), [3002, 9001]);
    let lift = Body::Unfreeze {
        right,
        freeze,
        document: papers::document(),
    };
    scene.world.submit(&bureau, lift, &[], &[]).event();
    assert_eq!(extend(&mut scene), [0; 0]);
}

#[test]
fn nobody_signs_with_the_first_key_of_the_log() {
    let mut scene = Scene::new();
    let key = crate::support::cast::log_key();
    let message = OfferedKey::proof_message(&scene.world.audience(), &key.public(), "b-9");
    let offered = OfferedKey {
        key: key.public(),
        person: "b-9".to_owned(),
        proof: key.sign(&message),
    };
    let body = Body::AddKey(offered);
    let answer = scene.world.submit(&scene.banks[0], body, &[], &[]);
    assert_eq!(answer.refusals(), [5012]);
}
