//! The district of the random acts: a cast, and ten rights of all models.

use greenlien::domain::command::IssueRight;
use greenlien::domain::party::Role;
use greenlien::primitives::id::RightId;

use super::stage::{Stage, number};
use crate::model::{DayNumber, Kind, Model, Right};
use crate::support::{Play as _, World, papers};

/// A right of the district: where it stands in the registry, its unit and the smallest quantity of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    pub(super) id: RightId,
    pub(super) unit: &'static str,
    pub(super) grain: i64,
    /// What it had when it was issued.
    pub(super) size: i64,
}

impl Plot {
    /// So many eighths of what it had, in whole grains.
    pub(super) fn eighths(&self, eighths: i64) -> i64 {
        self.size * eighths / 8 / self.grain * self.grain
    }
}

impl Stage {
    /// Admits the cast and issues ten rights of all models to two holders.
    pub(crate) fn new() -> Self {
        let mut world = World::new();
        let duties = ["carbon", "carbon_sink", "emission", "energy", "forest"];
        let bureau = world.admit("bureau", &[Role::Authority], &duties);
        let stranger = world.admit("stranger", &[Role::Authority], &["carbon"]);
        let court = world.admit("court", &[Role::Court], &[]);
        let role = |name: &str| match name {
            "guarantor" => Role::Guarantor,
            _ => Role::Bank,
        };
        let banks = ["bank-a", "bank-b", "guarantor"];
        let banks = banks.map(|name| world.admit(name, &[role(name)], &[]));
        let holders = ["mill", "farm"].map(|name| world.admit(name, &[Role::Holder], &[]));
        let mut stage = Self {
            world,
            model: Model::default(),
            plots: Vec::new(),
            registrar: crate::support::cast::registrar(),
            bureau,
            stranger,
            court,
            banks: banks.to_vec(),
            holders: holders.to_vec(),
        };
        stage.issue_flows();
        stage.issue_stocks();
        stage.issue_land();
        stage
    }

    fn issue_flows(&mut self) {
        let [mill, farm] = [0, 1];
        let five = papers::span("2026-01-01", "2031-01-01");
        let steps = [
            ("2026-01-01", "120"),
            ("2028-02-29", "90"),
            ("2029-01-01", "150.5"),
        ];
        let cod = papers::emission(&self.holders[mill], "COD", "120", five);
        let cod = papers::with_steps(cod, &steps);
        let levels = steps.map(|(day, quantity)| (number(day), raw(quantity)));
        self.issue(cod, Kind::Flow, mill, &levels, ("t/a", 1));
        let three = papers::span("2026-01-01", "2029-01-01");
        let coal = papers::energy(&self.holders[mill], "E-1", "60.52", three);
        let level = [(number("2026-01-01"), raw("60.52"))];
        self.issue(coal, Kind::Flow, mill, &level, ("tce/a", 10_000));
        let ammonia = papers::emission(&self.holders[farm], "NH3-N", "9.6", five);
        let level = [(number("2026-01-01"), raw("9.6"))];
        self.issue(ammonia, Kind::Flow, farm, &level, ("t/a", 1));
    }

    fn issue_stocks(&mut self) {
        let stocks = [
            (0, "50011310785709", "100000", "2029-01-01"),
            (1, "50011313423133", "41", "2027-02-01"),
        ];
        for (holder, account, amount, to) in stocks {
            let days = papers::span("2025-01-01", to);
            let right = papers::carbon(&self.holders[holder], account, 2025, amount, days);
            let level = [(number("2025-01-01"), raw(amount))];
            self.issue(right, Kind::Stock, holder, &level, ("tCO2e", 1_000_000));
        }
    }

    fn issue_land(&mut self) {
        let days = papers::span("2015-01-01", "2040-01-01");
        let parcels = [
            (0, "商品林", 0),
            (1, "商品林", 90_000),
            (1, "公益林", 180_000),
        ];
        for ((holder, class, east), unit) in parcels.into_iter().zip(1..) {
            let (unit, ground) = (
                papers::unit_number(unit),
                papers::rectangle(east, 0, 50_000, 40_000),
            );
            let right = papers::forest(&self.holders[holder], &unit, class, ground, days);
            self.issue(right, Kind::Forest, holder, &[(0, 1)], ("mu", 10_000));
        }
        let sinks = [(0, "K1", (2025, 2034)), (1, "K2", (2026, 2029))];
        for ((holder, project, years), unit) in sinks.into_iter().zip(1..) {
            let units = [papers::unit_number(unit)];
            let right = papers::sink(&self.holders[holder], project, &[&units[0]], years);
            self.issue(right, Kind::Sink, holder, &[(0, 1)], ("tCO2e/a", 1_000_000));
        }
    }

    fn issue(
        &mut self,
        right: IssueRight,
        kind: Kind,
        holder: usize,
        levels: &[(DayNumber, i64)],
        (unit, grain): (&'static str, i64),
    ) {
        let (from, to) = (right.span.from().number(), right.span.to().number());
        let right_of_model = Right {
            kind,
            holder,
            from: from.into(),
            to: to.into(),
            levels: levels.to_vec(),
            barred: right.class.as_deref() == Some("公益林"),
            revoked: None,
            takings: Vec::new(),
        };
        // The measure of a land right, in mu or tonnes a year, says nothing of what is free.
        let size = right_of_model.most().max(8 * grain);
        let bureau = self.bureau.clone();
        let id = self.world.issue(&bureau, right);
        self.model.rights.push(right_of_model);
        self.plots.push(Plot {
            id,
            unit,
            grain,
            size,
        });
    }
}

fn raw(text: &str) -> i64 {
    papers::quantity(text).raw()
}
