//! A parcel without polygon that took the place of many: a sink on it stands on all of them, up to a limit.

use greenlien::domain::command::{Body, GroundRequest};
use greenlien::domain::event::cells_of;
use greenlien::domain::party::Role;
use greenlien::primitives::id::RightId;
use greenlien::primitives::limits::{LINEAGE_MAX, SUCCEEDS_MAX};

use crate::support::papers::{self, span};
use crate::support::{Actor, Answer, Play as _, World};

struct Scene {
    world: World,
    bureau: Actor,
    holder: Actor,
    parcels: u32,
}

impl Scene {
    /// A parcel of which only the number is known; its number here.
    fn parcel(&mut self, succeeds: &[RightId]) -> RightId {
        self.parcels += 1;
        let unit = papers::unit_number(self.parcels);
        let days = span("2026-01-01", "2050-01-01");
        let mut parcel = papers::forest(&self.holder, &unit, "商品林", GroundRequest::Absent, days);
        parcel.succeeds = succeeds.to_vec();
        self.world.issue(&self.bureau, parcel)
    }

    /// A sink on the parcel that was registered last.
    fn sink(&mut self, project: &str) -> Answer {
        let unit = papers::unit_number(self.parcels);
        let sink = papers::sink(&self.holder, project, &[&unit], (2027, 2030));
        let body = Body::IssueRight(Box::new(sink));
        self.world.submit(&self.bureau, body, &[], &[])
    }
}

#[test]
fn a_sink_stands_on_all_that_its_parcel_was_up_to_the_limit() {
    let mut world = World::new();
    let bureau = world.admit("bureau", &[Role::Authority], &["carbon_sink", "forest"]);
    let holder = world.admit("mill", &[Role::Holder], &[]);
    let mut scene = Scene {
        world,
        bureau,
        holder,
        parcels: 0,
    };
    let (mut tip, mut all) = (scene.parcel(&[]), 1);
    while all < LINEAGE_MAX {
        let others = (SUCCEEDS_MAX - 1).min(LINEAGE_MAX - all - 1);
        let mut before = vec![tip];
        before.extend((0..others).map(|_| scene.parcel(&[])));
        tip = scene.parcel(&before);
        all += others + 1;
    }
    let sink = scene.sink("K-1").right();
    assert_eq!(cells_of(scene.world.right(sink)).len(), LINEAGE_MAX);
    scene.parcel(&[tip]);
    assert_eq!(scene.sink("K-2").refusals(), [7007, 7011]);
    scene.world.check_fold();
}
