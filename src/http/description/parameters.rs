//! The forms of parameters: which values they take, their defaults, and their words in Chinese.
//!
//! A parameter has one form wherever it has one name; where a name means something else in one operation, the operation stands
//! in front of it.

use serde_json::{Map, Value, json};

use crate::http::description::id_of;
use crate::http::description::parameters::Values::{
    AnyText, Count, Most, Of, Pattern, Rows, Text, Word, Words,
};
use crate::http::schema::reference;
use crate::primitives::limits;

/// The values that a parameter takes.
enum Values {
    /// A shape.
    Of(&'static str),
    /// An index or a size, in decimal.
    Count,
    /// From 1 to the largest page.
    Rows,
    /// From 1 to this many.
    Most(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Different words out of these, separated by commas.
    Words(&'static str),
    /// Any text, none too: lines without a town have `town=`, and a header may say what nobody asked for.
    AnyText,
    /// A text of this pattern.
    Pattern(&'static str),
    /// Any text.
    Text,
}

/// A parameter.
struct Row {
    /// The operation, where the name means something of its own there; nothing for all others.
    of: &'static str,
    name: &'static str,
    values: Values,
    example: &'static str,
    zh: &'static str,
}

macro_rules! parameters {
    ($($of:literal $name:literal $values:expr, $example:literal, $zh:literal;)*) => {
        const PARAMETERS: &[Row] = &[$(Row {
            of: $of, name: $name, values: $values, example: $example, zh: $zh,
        }),*];
    };
}

parameters! {
    "get_party" "id" Of("PartyId"), "M2", "主体编号";
    "list_party_history" "id" Of("PartyId"), "M2", "主体编号";
    "get_pledge" "id" Of("SecuredId"), "P57", "担保登记或预登记的编号";
    "list_pledge_history" "id" Of("SecuredId"), "P57", "担保登记或预登记的编号";
    "get_openings" "id" Of("PledgeId"), "P57", "担保登记编号";
    "list_opening_reads" "id" Of("PledgeId"), "P57", "担保登记编号";
    "get_person_openings" "id" Of("PartyId"), "M12", "自然人的主体编号";
    "list_person_opening_reads" "id" Of("PartyId"), "M12", "自然人的主体编号";
    "get_pledge_evidence" "id" Of("PledgeId"), "P57", "担保登记编号";
    "stream_events" "from" Count, "41", "首个账页; 无则自下一个起";
    "stream_events" "until" Count, "57", "在该账页之前结束; 无则不结束";
    "stream_events" "right" Pattern("^R[0-9]+(,R[0-9]+)*$"), "R41,R42", "仅触及这些权益的, 以逗号分隔";
    "stream_events" "pledge" Pattern("^[PV][0-9]+(,[PV][0-9]+)*$"), "P57", "或触及这些担保登记、预登记的";
    "stream_events" "party" Pattern("^M[0-9]+(,M[0-9]+)*$"), "M12", "或与这些主体有关的";
    "stream_events" "type" Pattern("^[a-z_]+(,[a-z_]+)*$"), "register_pledge,release_pledge", "仅这些类型的指令";
    "stream_events" "alerts" Word(&["true"]), "true", "所关注权益、担保与主体的提示也随流送出";
    "stream_events" "decision" Word(&["accepted", "refused"]), "accepted", "仅已接受, 或仅被拒绝";
    "" "Last-Event-ID" Of("Index"), "57", "客户端最后见到的编号; 先于 from";
    "get_export" "kind" Of("Name"), "emission", "仅该种类的权益、规则, 或该种类权益上的行; 仅该种类的提示";
    "get_export" "state" Word(&["open", "impaired", "ended", "lapsed", "moved", "disposed", "released", "closed", "in_force", "in_part", "waits", "expired", "lifted", "executed", "gone"]), "open", "仅该状态的行; 担保登记、预登记为 open 或 closed; 冻结为 in_force 等";
    "get_export" "party" Of("PartyId"), "M12", "仅与该主体有关的提示、指令或预登记; 仅该主体的密钥; 仅该机关的冻结";
    "get_export" "name" Text, "银行", "仅登记名称(现用或曾用)含此文字的主体或其密钥; deliveries 为回调的名称";
    "get_export" "decision" Word(&["accepted", "refused"]), "refused", "log 中仅已接受, 或仅被拒绝的指令";
    "get_export" "type" Pattern("^[a-z_]+$"), "register_pledge", "log 中仅该类型的指令";
    "get_export" "record" Pattern("^([RPVM][0-9]+|[0-9a-f]{64})$"), "R41", "log 中仅触及该权益、担保登记、预登记或主体的, 或就其被拒绝的; burdens 为权益; reads 为担保登记、自然人或草稿 (SHA-256)";
    "get_export" "after" Of("Cursor"), "R41", "自该登记之后的一部分, 以其编号或数字表示; 不适用于 freezes、statistics、lines、monthly、burdens、policies、webhooks";
    "get_export" "limit" Most(limits::EXPORT_ROWS_MAX), "20000", "一部分至多多少条; 应答头 Link 指向下一部分";
    "get_export" "columns" Text, "id,kind,holder", "仅这些列, 以列名的英文表示, 词间用 `_`; 不填则全部";
    "get_export" "ends_by" Of("Day"), "2027-06-30", "仅债务履行期限至迟止于该日 (含) 的担保登记";
    "get_export" "since" Of("Day"), "2026-12-01", "仅该日 (UTC+8) 或以后登记的担保";
    "get_export" "status" Word(&["free", "partly", "fully", "frozen", "overhang", "disputed", "barred", "ended", "succeeded"]), "free", "仅现状如此的权益: free 未见负担, partly 部分已担保, fully 已全部担保, frozen 有查封冻结, overhang 担保悬空, disputed 有争议, barred 现不得设立担保, ended 已到期或撤销, succeeded 已承继";
    "get_export" "month" Of("Month"), "2026-12", "monthly 的月份(UTC+8), 未写 at 时须已结束; lines 的登记月份";
    "" "draft" Of("Hash"), "2e8cca91e2831b74ddda91da7d678ed7a38901162cf096059666dc8e84eb0b84", "草稿的名称: 指令内容的 SHA-256";
    "" "name" Of("WebhookName"), "bank-a", "回调的名称";
    "" "id" Of("RightId"), "R41", "权益编号";
    "" "identity" Of("IdentityText"), "discharge-permit:91500113PP7QNGFH31001R|SO2", "标识: 方案:值, 规范形式";
    "" "holder" Of("PartyId"), "M9", "持有人";
    "" "pledgee" Of("PartyId"), "M12", "担保权人";
    "" "pledgor" Of("PartyId"), "M9", "出质人或抵押人";
    "" "party" Of("PartyId"), "M12", "仅与该主体有关的提示";
    "" "right" Of("RightId"), "R41", "仅与该权益有关的提示";
    "" "pledge" Of("SecuredId"), "P57", "仅与该担保登记有关的提示";
    "" "credit_code" Of("CreditCode"), "91500113MA5UBK0AXF", "统一社会信用代码";
    "list_parties" "name" Text, "银行", "登记名称(现用或曾用)的一部分; 自然人的姓名是隐藏值, 不可查";
    "list_alerts" "after" Of("Cursor"), "P57", "上一页的 next";
    "ask_alerts" "after" Of("Cursor"), "P57", "上一页的 next";
    "list_reconciliation" "after" Of("Cursor"), "P57", "上一页的 next";
    "list_statistics_lines" "after" Of("Cursor"), "P57.0", "上一页的 next";
    "" "after" Of("Cursor"), "41", "上一页的 next";
    "" "before" Of("Index"), "41", "上一页的 next";
    "" "limit" Rows, "50", "每页行数";
    "" "day" Of("Day"), "2027-01-31", "日期(UTC+8); 无则今日";
    "get_statistics" "openings" Pattern("^kept$"), "kept", "kept: 供已登录成员计入本登记簿所存、其有权查看的本金; 每笔担保都记为一次查看";
    "list_statistics_lines" "openings" Pattern("^kept$"), "kept", "kept: 供已登录成员列出本登记簿所存、其有权查看的本金; 每笔担保都记为一次查看";
    "list_alerts" "openings" Pattern("^kept$"), "kept", "kept: 供已登录成员计入本登记簿所存、其有权查看的金额; 每笔担保都记为一次查看";
    "list_alerts" "kind" Pattern("^[a-z_]+$"), "lapse", "仅该种类的提示";
    "ask_alerts" "kind" Pattern("^[a-z_]+$"), "price_line", "仅该种类的提示";
    "" "standing" Word(&[
        "agrees", "unrecorded", "absent", "cancelled", "lapsed", "replaced", "ends_soon", "ends_before_claim", "not_seen_lately",
        "still_there",
    ]), "lapsed", "仅如此的各项";
    "" "kind" Of("Name"), "emission", "仅该种类权益上的行";
    "" "at" Count, "41", "账页位置; 无则为已公布的大小, monthly 则为月末";
    "get_export" "by" Words("pledgee|kind|month|town|form|item|green"), "kind", "statistics 按何分组, 以逗号分隔; 无则全部";
    "" "by" Words("pledgee|kind|month|town|form|item|green"), "kind,month", "按何分组, 以逗号分隔; 无则前四项";
    "" "month" Of("Month"), "2026-12", "仅该月登记的行";
    "" "item" AnyText, "COD", "仅该数量所指的行, 如污染物";
    "" "green" AnyText, "GIC2019:1.5.1", "仅该绿色目录代码的贷款的行";
    "" "form" Word(&["质押", "抵押"]), "质押", "仅该担保形式的行";
    "" "town" AnyText, "花溪镇", "仅该乡镇的行";
    "" "state" Word(&["open", "impaired", "ended", "lapsed", "moved", "disposed", "released"]), "open", "仅该状态的行";
    "" "old" Count, "41", "所留存的旧检查点的大小; 附其未被改写的证明";
    "get_consistency" "old" Count, "5", "旧的大小, 自 1 起";
    "" "new" Count, "41", "新的大小; 无则为已公布的大小";
    "" "checkpoint" Word(&["cosigned", "signed"]), "signed", "cosigned(默认): 已获见证签署的版本; signed: 最新版本";
    "" "cmd" Of("CommandId"), "55555555555555555555555555555555", "客户端所选的指令编号";
    "" "org" Of("PartyId"), "M9", "发出该指令的主体; 指令编号以主体为界";
    "" "index" Of("Index"), "41", "账页号, 自 0 起";
    "" "code" Pattern("^[0-9A-Za-z -]{16,24}(\\.pdf)?$"), "7KQ4M2TX9RNBH5CY", "核验码; 其后加 .pdf 则为 PDF";
    "" "file" Pattern("^(rights|pledges|reservations|freezes|parties|log|alerts|reconciliation|statistics|lines|monthly|burdens|keys|policies|reads|drafts|webhooks|deliveries)\\.(xlsx|csv)$"), "rights.xlsx", "表格文件名";
    "" "path" Pattern("^(entries|[0-5])/(x[0-9]{3}/)*[0-9]{3}(\\.p/[1-9][0-9]{0,2})?$"), "0/000", "层/编号, 或 entries/编号; 不满则加 .p/宽度";
    "" "Prefer" AnyText, "wait=cosigned", "wait=cosigned: 至多再等十秒, 直到见证签署";
    "" "If-None-Match" AnyText, "\"3\"", "已知的版本";
    "" "Accept" AnyText, "application/pdf", "application/pdf 则为 PDF";
}

/// Gives the parameters of an operation their forms.
pub(super) fn complete(operation: &mut Map<String, Value>) {
    let id = id_of(operation).to_owned();
    let all = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in all.into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let Some(Row {
            values,
            example,
            zh,
            ..
        }) = row(&id, name)
        else {
            continue;
        };
        let schema = schema_of(values);
        if let Some(members) = parameter.as_object_mut() {
            members.insert("schema".to_owned(), schema);
            members.insert("example".to_owned(), json!(example));
            members.insert("x-zh".to_owned(), json!(zh));
        }
    }
}

fn row(operation: &str, name: &str) -> Option<&'static Row> {
    let own = PARAMETERS
        .iter()
        .find(|row| row.of == operation && row.name == name);
    own.or_else(|| {
        PARAMETERS
            .iter()
            .find(|row| row.of.is_empty() && row.name == name)
    })
}

fn schema_of(values: &Values) -> Value {
    match values {
        Of(name) => reference(name),
        Count => reference("Index"),
        Rows => json!({
            "type": "integer", "minimum": 1, "maximum": limits::PAGE_ROWS_MAX, "default": 50,
        }),
        Most(most) => json!({"type": "integer", "minimum": 1, "maximum": most}),
        Word(words) => json!({"type": "string", "enum": words}),
        Words(words) => {
            json!({"type": "string", "pattern": format!("^({words})(,({words})){{0,3}}$")})
        }
        Pattern(pattern) => json!({"type": "string", "pattern": pattern}),
        Text => json!({"type": "string", "minLength": 1}),
        AnyText => json!({"type": "string", "minLength": 0}),
    }
}
