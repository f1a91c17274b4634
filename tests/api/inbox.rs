//! The examples of the inbox of drafts: what waits for a signature, who sees it, and how it goes.

use greenlien::domain::command::SignerRole;
use greenlien::domain::envelope::Draft;
use serde_json::{Value, json};

use super::examples::{Town, example, openings};
use super::showroom::{Asked, Named, Showroom};
use crate::support::{Actor, Play as _};

/// Shows a pledge that waits in the inbox for its pledgor.
pub(super) fn show_drafts(room: &mut Showroom, town: &Town) {
    let openings = openings();
    let actors = [&town.bank_a, &town.mill];
    let keys: Vec<_> = actors.iter().flat_map(|actor| actor.signers()).collect();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let body = town.pledge("5", &openings);
    let command = room.house.draft(town.bank_a.party, body, &signers, &[]);
    let plain = Draft::new(&command, openings).unwrap();
    let json = |draft: &Draft| -> Value { serde_json::from_str(&draft.to_text()).unwrap() };
    let token = |room: &Showroom, actor: &Actor| {
        let client = room.house.client();
        let session = client.open_session(actor.party, &actor.maker, None);
        session.unwrap().value.token.unwrap()
    };
    let (bank, mill) = (token(room, &town.bank_a), token(room, &town.mill));
    let mut signed = plain.clone();
    signed.sign(SignerRole::Maker, &town.bank_a.maker).unwrap();
    let asked = Asked::default;
    room.show(
        example!(add_draft draft_put "放入, 已由担保权人签署" "Signed by the pledgee, for the pledgor"),
        asked().body(json(&signed)).signed_in(&bank),
    );
    let mut other = plain.clone();
    other.sign(SignerRole::Maker, &town.mill.maker).unwrap();
    let mut forged = json(&other);
    forged["signatures"][0]["signature"] = json!("A".repeat(86));
    room.show(
        example!(add_draft draft_forged "签名无效" "A signature that is not valid"),
        asked().body(forged).signed_in(&mill),
    );
    room.show(
        example!(list_drafts drafts "待出质人签署" "What waits for the pledgor"),
        asked().signed_in(&mill),
    );
    let hash = plain.payload_hash();
    let one = |token: &str| asked().with("draft", hash).signed_in(token);
    room.show(
        example!(get_draft draft "出质人看到将要签署的全部内容" "The pledgor sees all that it will sign"),
        one(&mill),
    );
    room.show(
        example!(list_draft_reads draft_reads "谁看过" "Who has seen it"),
        one(&bank),
    );
    room.show(
        example!(add_draft_decline draft_declined "出质人不签" "The pledgor will not sign"),
        one(&mill).body(json!({"reason": "数量与合同不符"})),
    );
    room.show(
        example!(add_draft draft_joined "仍予签署: 两份合为一份" "It signs after all: the copies come together"),
        asked().body(json(&other)).signed_in(&mill),
    );
    room.show(
        example!(end_draft draft_of_others "只有放入者可以撤回" "Only its depositor takes it back"),
        one(&mill),
    );
    room.show(
        example!(end_draft draft_withdrawn "撤回" "It is taken back"),
        one(&bank),
    );
    room.show(
        example!(get_draft draft_gone "已不在箱中" "It is in the inbox no more"),
        one(&bank),
    );
}
