//! The file of `serve --webhooks`: one table for each webhook, in TOML.
//!
//! The operator names the addresses and no member does: a server that calls whatever address it is given is a tool for looking
//! into its network.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::feed::{Decision, Watch};
use crate::service::webhooks::Webhook;
use crate::webhooks::address::{Address, Reach};

/// A webhook and how far its address may lead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Configured {
    /// The webhook; its address is in its one spelling.
    pub webhook: Webhook,
    /// Where the address may lead.
    pub reach: Reach,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    webhook: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    member: String,
    url: String,
    #[serde(default)]
    rights: Vec<String>,
    #[serde(default)]
    pledges: Vec<String>,
    #[serde(default)]
    parties: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
    decision: Option<String>,
    from: Option<u64>,
    #[serde(default)]
    private: bool,
}

/// Parses the file; the text names the webhook and the member at fault.
pub fn parse(text: &str) -> Result<Vec<Configured>, String> {
    let file: File = toml::from_str(text).map_err(|fault| fault.to_string())?;
    if file.webhook.is_empty() || file.webhook.len() > limits::WEBHOOKS_MAX {
        return Err(format!(
            "must have from 1 to {} tables [[webhook]]",
            limits::WEBHOOKS_MAX
        ));
    }
    let mut names = BTreeSet::new();
    let mut all = Vec::new();
    for table in file.webhook {
        let name = table.name.clone();
        if !names.insert(name.clone()) {
            return Err(format!("webhook {name:?} is there twice"));
        }
        all.push(configured(table).map_err(|fault| format!("webhook {name:?}: {fault}"))?);
    }
    Ok(all)
}

fn configured(table: Table) -> Result<Configured, String> {
    if !is_name(&table.name) {
        return Err(format!(
            "name must be 1 to {} of a-z, 0-9 and -",
            limits::WEBHOOK_NAME_CHARS_MAX
        ));
    }
    let member = PartyId::parse(&table.member).ok_or("member must be a party such as M12")?;
    let address = Address::parse(&table.url).map_err(|fault| format!("url {fault}"))?;
    let mut watch = Watch {
        records: several("rights", &table.rights, "a right such as R41", Watch::right)?,
        parties: several(
            "parties",
            &table.parties,
            "a party such as M12",
            PartyId::parse,
        )?,
        commands: several("types", &table.types, "a type of command", Watch::command)?,
        decision: None,
    };
    let what = "a pledge or reservation such as P57";
    watch
        .records
        .extend(several("pledges", &table.pledges, what, Watch::pledge)?);
    if let Some(decision) = table.decision {
        let decision = Decision::parse(&decision).ok_or("decision must be accepted or refused")?;
        watch.decision = Some(decision);
    }
    Ok(Configured {
        reach: address.reach(table.private),
        webhook: Webhook {
            name: table.name,
            member,
            url: address.as_str().to_owned(),
            watch,
            from: table.from,
        },
    })
}

fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=limits::WEBHOOK_NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(fits)
}

fn several<T: Ord>(
    member: &str,
    texts: &[String],
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>, String> {
    if texts.len() > limits::WATCHED_MAX {
        return Err(format!(
            "{member} has more than {} items",
            limits::WATCHED_MAX
        ));
    }
    let parse = |text: &String| parse(text).ok_or(format!("{member}: {text:?} must be {what}"));
    texts.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[webhook]]
        name = "bank-a"
        member = "M12"
        url = "https://Bank.example/hook"
        parties = ["M12"]
        rights = ["R41"]
        pledges = ["P57", "V58"]
        types = ["freeze", "adjust_right"]
        decision = "accepted"
        from = 0

        [[webhook]]
        name = "here"
        member = "M0"
        url = "http://127.0.0.1:9000"
    "#;

    #[test]
    fn a_file_names_webhooks_and_what_they_watch() {
        let all = parse(GOOD).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].webhook.url, "https://bank.example/hook");
        assert_eq!(all[0].webhook.watch.records.len(), 3);
        assert_eq!(all[0].webhook.watch.commands.len(), 2);
        assert_eq!(all[0].webhook.from, Some(0));
        assert_eq!(all[0].reach, Reach::Public);
        assert_eq!(all[1].reach, Reach::Loopback);
        assert_eq!(all[1].webhook.watch, Watch::default());
        let private = GOOD.replace("from = 0", "private = true");
        assert_eq!(parse(&private).unwrap()[0].reach, Reach::Private);
    }

    #[test]
    fn a_mistake_is_named_with_its_webhook() {
        for (from, to, says) in [
            ("bank-a", "Bank", "name must be"),
            ("M12\"\n        url", "R12\"\n        url", "member must be"),
            ("https://Bank", "http://Bank", "url must be https"),
            ("R41", "P41", "rights: \"P41\" must be a right"),
            ("V58", "R58", "pledges: \"R58\" must be a pledge"),
            ("[\"M12\"]", "[\"12\"]", "parties: \"12\" must be a party"),
            ("adjust_right", "adjust", "types: \"adjust\" must be a type"),
            ("accepted", "yes", "decision must be"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let fault = parse(&text).unwrap_err();
            assert!(
                fault.contains(says) && fault.contains("webhook \""),
                "{fault}"
            );
        }
        let twice = GOOD.replace("\"here\"", "\"bank-a\"");
        assert!(parse(&twice).unwrap_err().contains("twice"));
        let unknown = GOOD.replace("from = 0", "form = 0");
        assert!(parse(&unknown).unwrap_err().contains("form"));
        assert!(parse("").is_err());
        let tables = (0..=limits::WEBHOOKS_MAX).map(|n| {
            format!("[[webhook]]\nname = \"w{n}\"\nmember = \"M0\"\nurl = \"https://a.example\"\n")
        });
        let many = tables.collect::<Vec<_>>().concat();
        assert!(parse(&many).is_err());
    }
}
