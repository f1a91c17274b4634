//! The proof of what a page shows, one step away: the file of this record or this entry, and where to verify it.
//!
//! Never the general page of the log, which proves nothing about one record.

use crate::primitives::id::EntryIndex;
use crate::service::Registry;
use crate::web::lang::Lang;

/// A file that proves something.
pub(crate) struct File {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) tells: &'static str,
}

/// What a page shows of its proof.
pub(crate) struct Proof {
    /// The checkpoint, its age and who has cosigned it, in one quiet line.
    pub(crate) line: String,
    pub(crate) files: Vec<File>,
}

/// The evidence of a record and the proof of its latest entry.
pub(crate) fn of_record(
    registry: &Registry,
    space: &str,
    id: &str,
    last: EntryIndex,
    lang: Lang,
) -> Proof {
    let evidence = File {
        address: format!("/v1/evidence/{space}/{id}"),
        name: format!("{id}.json"),
        what: lang.pick("本记录的证据包", "Evidence of this record").to_owned(),
        tells: lang.pick(
            "全部经过、签名与现状, 证明截至检查点没有遗漏和改写",
            "Its whole history, the signatures and its state: nothing is left out or rewritten as of the checkpoint",
        ),
    };
    Proof {
        line: line(registry, lang),
        files: vec![evidence, inclusion(last, lang)],
    }
}

/// The proof of one entry, with its bytes.
pub(crate) fn of_entry(registry: &Registry, index: EntryIndex, lang: Lang) -> Proof {
    let bytes = File {
        address: format!("/v1/entries/{index}"),
        name: format!("entry-{index}.json"),
        what: match lang {
            Lang::Zh => format!("账页 {index} 原文"),
            Lang::En => format!("The bytes of entry {index}"),
        },
        tells: lang.pick(
            "核验包含证明时一并选择",
            "Chosen beside the proof when it is verified",
        ),
    };
    Proof {
        line: line(registry, lang),
        files: vec![inclusion(index, lang), bytes],
    }
}

fn inclusion(index: EntryIndex, lang: Lang) -> File {
    File {
        address: format!("/v1/entries/{index}/proof"),
        name: format!("entry-{index}.tlog-proof"),
        what: match lang {
            Lang::Zh => format!("账页 {index} 的包含证明"),
            Lang::En => format!("Inclusion proof of entry {index}"),
        },
        tells: lang.pick(
            "证明该账页在检查点所签的账簿之内",
            "The entry is in the log that the checkpoint signs",
        ),
    }
}

fn line(registry: &Registry, lang: Lang) -> String {
    let words = lang.words();
    let (size, age) = (registry.published().size, age(registry, lang));
    let witnesses = witnesses(registry, lang);
    let of = lang.pick("见证", "witnesses");
    format!(
        "{} {size} · {of} {witnesses} · {age}",
        words.vital_checkpoint
    )
}

/// The age of the published checkpoint as people say it.
pub(crate) fn age(registry: &Registry, lang: Lang) -> String {
    let then = registry.published().time.seconds();
    let seconds = registry.now().seconds().saturating_sub(then);
    let (count, zh, en) = match seconds {
        0..120 => (seconds, "秒前", "seconds ago"),
        120..7_200 => (seconds / 60, "分钟前", "minutes ago"),
        _ => (seconds / 3_600, "小时前", "hours ago"),
    };
    format!("{count} {}", lang.pick(zh, en))
}

/// How many witnesses have cosigned the published checkpoint, of how many.
pub(crate) fn witnesses(registry: &Registry, lang: Lang) -> String {
    let all = registry.witnesses();
    if all.is_empty() {
        return lang.pick("未配置", "none").to_owned();
    }
    let size = registry.published().size;
    let present = all.iter().filter(|(_, state)| {
        let seen = state.cosigned.map_or(0, |(seen, _)| seen);
        seen >= size && state.fault.is_none()
    });
    format!("{} / {}", present.count(), all.len())
}
