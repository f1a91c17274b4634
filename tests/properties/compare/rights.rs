//! The certificate of a right and the orders on it: what the registry and the model hold of them.

use greenlien::domain::order::Order;
use greenlien::domain::right::{BurdenId, Capacity, Right as LawRight};
use greenlien::primitives::id::RightId;
use greenlien::primitives::quantity::Quantity;

use super::number;
use crate::model::{Name, Right};
use crate::properties::stage::Stage;

/// The two hold the same certificate.
pub(super) fn same_right(stage: &Stage, law: &LawRight, model: &Right, id: RightId) {
    let parties = (law.holder, law.issuer);
    let of_model = (stage.party(model.holder), stage.party(model.issuer));
    assert_eq!(parties, of_model, "{id}");
    assert_eq!(law.acquired, model.acquired, "{id}");
    let days = (number(law.span.from()), number(law.span.to()));
    assert_eq!(days, (model.from, model.to), "{id}");
    assert_eq!(law.revoked_from.map(number), model.revoked, "{id}");
    assert_eq!(law.kind, model.rules, "{id}");
    let identities = law.identities.iter();
    let identities: Vec<(&str, String)> = identities
        .map(|it| (&*it.scheme, it.value.clone()))
        .collect();
    assert_eq!(identities, model.identities, "{id}");
    assert_eq!(law.class.as_deref(), model.class, "{id}");
    let attributes = law.attributes.iter();
    let attributes: Vec<(&str, &str)> = attributes.map(|(name, it)| (&**name, &**it)).collect();
    assert_eq!(attributes, model.attributes, "{id}");
    let succeeds: Vec<RightId> = model.succeeds.iter().map(|nth| stage.right(*nth)).collect();
    assert_eq!(law.succeeds, succeeds, "{id}");
    let by = model.succeeded_by.map(|nth| stage.right(nth));
    assert_eq!(law.succeeded_by, by, "{id}");
    let marks = (
        law.additional,
        law.adjudication.is_some(),
        law.resolution.is_some(),
    );
    let of_model = (model.additional, model.adjudicated, model.resolved);
    assert_eq!(marks, of_model, "{id}");
    let converted = law.converted.iter();
    let converted: Vec<_> = converted
        .map(|years| (number(years.from()), number(years.to())))
        .collect();
    assert_eq!(converted, model.converted, "{id}");
    let uses = law.uses.iter();
    let uses: Vec<_> = uses
        .map(|used| (used.quantity.raw(), used.ordered, used.entry))
        .collect();
    assert_eq!(uses, model.uses, "{id}");
    let verified = law.verifications.iter();
    let verified: Vec<_> = verified
        .map(|it| (it.guarantor, it.size, it.entry))
        .collect();
    let of_model = model.verified.iter();
    let of_model: Vec<_> = of_model
        .map(|(giver, size, entry)| (stage.party(*giver), *size, *entry))
        .collect();
    assert_eq!(verified, of_model, "{id}");
    match &law.capacity {
        Capacity::Stock(balance) => assert_eq!(balance.raw(), model.amount(), "{id}"),
        Capacity::Flow(steps) => {
            let steps: Vec<_> = steps
                .iter()
                .map(|(day, quantity)| (number(*day), quantity.raw()))
                .collect();
            assert_eq!(steps, model.levels, "{id}");
        }
        Capacity::Land {
            measure,
            tolerated_area2,
            ..
        } => {
            let of_model = (model.amount(), i128::from(model.tolerated));
            assert_eq!((measure.raw(), *tolerated_area2), of_model, "{id}");
        }
    }
    for burden in &law.burdens {
        same_freeze(stage, burden.id, burden.order.as_deref(), model);
    }
}

/// The two hold the same of the order behind a freeze that stands.
fn same_freeze(stage: &Stage, id: BurdenId, law: Option<&Order>, right: &Right) {
    let BurdenId::Freeze(freeze) = id else { return };
    let name = Name::Freeze(freeze.0);
    if right.takings.iter().all(|taking| taking.name != name) {
        return;
    }
    let mut freezes = stage.model.freezes.iter();
    let model = freezes.find(|model| model.id == freeze.0).unwrap();
    let law = law.cloned().unwrap_or_default();
    let raw = |quantity: Option<Quantity>| quantity.map(Quantity::raw);
    assert_eq!(
        (raw(law.limit_cny), raw(law.price_cny)),
        (model.limit, model.price),
        "{id}"
    );
    let sold = (raw(law.executed), raw(law.proceeds_cny));
    let of_model = (model.executed, model.proceeds);
    assert_eq!((sold.0.unwrap_or(0), sold.1.unwrap_or(0)), of_model, "{id}");
}
