//! The examples of failures to which no story comes by itself: bodies that are none, quotas that are used up, ids that were used.

use greenlien::domain::command::{Command, SignerRole};
use greenlien::domain::envelope::Draft;
use greenlien::primitives::id::CommandId;
use greenlien::primitives::limits;
use serde_json::json;

use super::examples::{Town, example};
use super::showroom::{Asked, Named, Showroom};
use crate::http::JSON;
use crate::support::Play as _;
use crate::support::house::submission;
use crate::support::play::seal;

/// Shows them last: the address has no sign-ins left afterwards. `decided` is the id of a command of the first bank.
pub(super) fn show_failures(room: &mut Showroom, town: &Town, decided: CommandId) {
    show_bodies(room);
    show_used_ids(room, town, decided);
    show_sign_ins(room, town);
}

fn show_bodies(room: &mut Showroom) {
    let json = [("content-type", JSON)];
    let sent = |body: &str| Asked::default().sending_unshown(&json, body);
    room.show(
        example!(submit_command member_twice "同一成员出现两次" "A member that is there twice"),
        sent("{\"command\":{},\"command\":{}}"),
    );
    let large = " ".repeat(limits::COMMAND_BYTES_MAX + 1);
    room.show(
        example!(submit_command body_too_large "请求体超过 65,536 字节" "A body of more than 65,536 bytes"),
        sent(&large),
    );
    room.show(
        example!(check_command not_announced_as_json "以 text/plain 发送" "Sent as text/plain"),
        Asked::default().sending_unshown(&[("content-type", "text/plain")], "{}"),
    );
}

/// Another command under an id that was used, signed and as a draft.
fn show_used_ids(room: &mut Showroom, town: &Town, decided: CommandId) {
    let actors = [&town.bank_a, &town.mill];
    let keys: Vec<_> = actors.iter().flat_map(|actor| actor.signers()).collect();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let body = town.pledge("6", &[]);
    let command = Command {
        cmd: decided,
        ..room.house.draft(town.bank_a.party, body, &signers, &[])
    };
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    let text = submission(&seal(&command, &keys), &[]);
    room.show(
        example!(submit_command id_used "编号已属于另一指令" "The id belongs to another command"),
        Asked::default().text(&text),
    );
    let client = room.house.client();
    let session = client.open_session(town.bank_a.party, &town.bank_a.maker, None);
    let token = session.unwrap().value.token.unwrap();
    let mut draft = Draft::new(&command, Vec::new()).unwrap();
    draft.sign(SignerRole::Maker, &town.bank_a.maker).unwrap();
    room.show(
        example!(add_draft draft_decided "该编号的指令已决定" "A command of this id has been decided"),
        Asked::default().text(&draft.to_text()).signed_in(&token),
    );
}

fn show_sign_ins(room: &mut Showroom, town: &Town) {
    let headers = [("content-type", JSON), ("sec-fetch-site", "cross-site")];
    room.show(
        example!(open_session from_another_site "浏览器从别的网站发来" "A browser that another site made send it"),
        Asked::default().sending_unshown(&headers, "{}"),
    );
    let kid = town.bank_a.maker.public().id().to_string();
    let who = json!({"org": town.bank_a.party.to_string(), "kid": kid});
    // An address may begin so many sign-ins; some were begun above.
    for _ in 0..limits::SIGN_INS_PER_ADDRESS {
        let path = "/v1/sessions/challenge";
        room.house.client().post(path, &who.to_string()).unwrap();
    }
    room.show(
        example!(make_challenge sign_ins_used_up "登录过于频繁" "Too many sign-ins"),
        Asked::default().body(who),
    );
}
