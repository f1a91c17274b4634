//! The words in Chinese of operations, their answers and their groups; handlers say them in English.

use serde_json::{Map, Value, json};

use crate::http::description::{id_of, responses};

/// The words of an operation.
struct Words {
    id: &'static str,
    summary: &'static str,
    /// What the summary does not say; may be empty.
    more: &'static str,
    /// What each status of success means.
    answers: &'static [(&'static str, &'static str)],
}

macro_rules! operations {
    ($($id:ident $summary:literal, $more:literal { $($status:literal $answer:literal;)* })*) => {
        const OPERATIONS: &[Words] = &[$(Words {
            id: stringify!($id), summary: $summary, more: $more, answers: &[$(($status, $answer)),*],
        }),*];
    };
}

operations! {
    submit_command "提交签署的指令", "决定持久化之后才答复。带 Prefer: wait=cosigned (RFC 7240) 时至多再等十秒, 直到见证达到法定数, 并以 Preference-Applied 说明回执已获见证; 否则 cosigned 为 false, 可稍后再取回执。同一编号、同样字节再次提交, 无论当时接受或拒绝, 都以 200 得到原决定。" {
        "201" "已接受";
        "200" "此前已决定; 原决定";
    }
    submit_command_batch "提交多项签署的指令", "依次决定, 各自独立; 一项被拒绝不影响其后各项。队列已满时其余不提交, 答复 503。带 Prefer: wait=cosigned 时与单项指令一样等待, 全部只等一次。" {
        "200" "各指令的结果, 按次序";
    }
    get_receipt "已决定指令的回执", "" {
        "200" "原决定, 附到其中检查点的证明: 最新获见证且含该账页的检查点, 否则最新签名的检查点";
    }
    check_command "询问登记簿将如何决定", "不写入任何内容, 不占用指令编号。拒绝时写明在先的登记和仍可办理的最大范围。" {
        "200" "答复, 截至已公布的检查点";
    }
    list_rights "权益列表: 按标识、按持有人, 或全部", "" {
        "200" "一页, 按编号升序";
    }
    get_right "一项权益", "" {
        "200" "该权益; ETag 是其版本";
        "304" "版本与 If-None-Match 所列相同";
    }
    list_right_history "权益的经过: 触及它的账页", "" {
        "200" "一页, 最近在先";
    }
    list_pledges "担保登记列表: 按担保权人、按出质人, 或全部", "" {
        "200" "一页, 按编号升序";
    }
    get_pledge "一项担保登记或预登记", "" {
        "200" "该记录; ETag 是其版本";
        "304" "版本与 If-None-Match 所列相同";
    }
    list_pledge_history "担保登记的经过: 触及它的账页", "" {
        "200" "一页, 最近在先";
    }
    list_parties "主体列表: 按信用代码、名称, 或全部", "名称按其任一部分查找, 现用与曾用皆可; 自然人不可按姓名查找, 其姓名是隐藏值。" {
        "200" "一页, 按编号升序";
    }
    get_party "一个主体", "" {
        "200" "该主体; ETag 是其版本";
        "304" "版本与 If-None-Match 所列相同";
    }
    list_party_history "主体的经过: 触及它的账页", "" {
        "200" "一页, 最近在先";
    }
    get_openings "担保登记的隐藏值", "限其担保权人、出质人、已登记保证的保证人, 以及对所担保权益种类有职权的机关。答复之前先记下这次查看。" {
        "200" "每个隐藏值及其揭示, 或没有揭示的原因";
    }
    list_opening_reads "谁看过担保登记的隐藏值", "限其担保权人、出质人、已登记保证的保证人和登记机构。" {
        "200" "一页, 最近在先";
    }
    get_person_openings "自然人的隐藏值", "限依赖其身份者: 以其为出质人或债务人的在登担保的担保权人和保证人, 对其所持权益有职权的机关, 以及本人。答复之前先记下这次查看。" {
        "200" "每个隐藏值及其揭示, 或没有揭示的原因";
    }
    list_person_opening_reads "谁看过自然人的隐藏值", "限本人和登记机构。" {
        "200" "一页, 最近在先";
    }
    add_draft "把草稿或更多签名放入待签箱", "请求体即 greenlien sign 与 /sign 页面的草稿, 可以尚缺签名。限发出该指令或须签署它的主体。已有的每个签名都经核验。内容相同即同一草稿: 箱中的那份补上所缺的签名。登记簿不提交; 由签最后一个签名的人提交。" {
        "201" "已放入";
        "200" "此前已在箱中; 现有两份的全部签名";
    }
    list_drafts "待我签署或由我放入的草稿", "不含其隐藏值。" {
        "200" "一页, 按放入的次序";
    }
    get_draft "一份草稿, 含签名与隐藏值", "限其内容所列的签署方和放入者。file 是签署后可放回的草稿。含隐藏值时, 答复之前先记下这次查看。" {
        "200" "该草稿";
    }
    end_draft "撤回草稿", "限放入者。已有的签名仍然有效: 持有该草稿者在 exp 之前仍可提交。" {
        "204" "已撤回";
    }
    add_draft_decline "表示不签", "限其内容所列的签署方。草稿连同理由留在箱中, 直到放入者撤回或到期; 其后又签署的, 即收回该表示。" {
        "200" "该草稿";
    }
    list_draft_reads "谁看过草稿的隐藏值", "限可见该草稿者。其隐藏值经账页登记之后, 这些记录并入该登记的查看记录。" {
        "200" "一页, 最早在先";
    }
    make_challenge "取一段待签文本", "主体与密钥是否存在, 只告诉能签署的人。以 Ed25519 原样签署该文本; 签署之前请确认它以 greenlien/session/v1| 开头, 并写明本登记簿、您的主体和您的密钥。" {
        "200" "文本及其失效时刻";
    }
    open_session "登录", "程序得到令牌, 用于 Authorization: Bearer。浏览器(会说明页面来自何处)得到脚本读不到的 Cookie 和页面随请求发送的表单令牌, 不显示令牌本身。每次登录都建立新会话, 并结束请求所带的旧会话。" {
        "201" "会话";
    }
    get_session "本请求的会话", "" {
        "200" "会话";
    }
    end_session "退出", "" {
        "204" "会话已结束";
    }
    stream_events "已决定指令的通知, 随来随发", "服务器推送事件: id 是账页号, data 是一个 CloudEvent (FORMATS 第 12 节)。不带 from 则自下一个起。断线重连者以 Last-Event-ID 说明最后所见, 先于 from, 一个不漏。无事时每 15 秒说明所到之处。" {
        "200" "事件流";
        "204" "until 之前已无内容; 不必再来";
    }
    list_webhooks "所登录成员的回调", "登记机构可见全部。key 是收件方据以核验签名的公钥。" {
        "200" "各回调, 依运行者文件中的次序";
    }
    list_deliveries "回调的最近投递", "每次尝试, 包括失败的; 保留最近 1,000 次。" {
        "200" "一页, 最近在先";
    }
    replay_webhook "自某位置重新投递, 或在中止后继续", "此前已送达的会以同样的编号再次送达。" {
        "200" "该回调";
    }
    post_watch "选择回调关注哪些权益、担保和主体", "自其所在位置起生效。{} 即回到运行者所登记的。地址仍由运行者登记。" {
        "200" "该回调";
    }
    list_alerts "某日应当关注的事项", "由记录和导入的价格算出; 提示不改变任何登记。先担保登记, 再预登记、权益、主体。每页至多看 2,000 条记录, 因此一页可以很短甚至为空而仍有 next。" {
        "200" "一页";
    }
    ask_alerts "同上, 并计入读者有权知道的贷款金额", "出示隐藏本金的揭示者, 即有权看到它; 贷款价值比由它和导入的价格算出, 揭示不保存。" {
        "200" "一页";
    }
    list_reconciliation "担保与外部登记的核对", "担保权人记录的每项外部登记一行; 未记录外部登记的在登担保一行。外部登记系统的记载不解除此处的任何登记; 该表供须在彼处更正的人使用。" {
        "200" "一页, 按担保登记升序";
    }
    add_prices "加入登记机构签署的价格", "list 是 {\"prices\":[{\"cny\",\"day\",\"kind\",\"parts\",\"source\"}]} 的规范文本; signature 是登记机构的密钥对 greenlien/prices/v1|aud|list 的 SHA-256 的签名。价格不进入任何哈希, 任何决定都不读取它。" {
        "200" "已加入";
    }
    get_statistics "截至某一账页位置的担保统计表", "位置以账页计; 同一位置永远得到同一张表。每格都附其明细的路径。" {
        "200" "统计表";
    }
    ask_statistics "统计表, 并计入读者有权知道的贷款金额", "出示隐藏本金的揭示者, 即有权看到它; 揭示只与账簿中的摘要比对, 不保存。" {
        "200" "统计表";
    }
    list_statistics_lines "统计表的明细", "担保登记的最高担保额, 及读者可见的本金, 记在其第一个在登的行。" {
        "200" "一页, 按担保登记和行号升序";
    }
    get_export "以电子表格导出列表", "rights、pledges 与 reservations(每行一条)、freezes、parties、已决指令的 log、某日的 alerts 或 reconciliation, 或截至某位置的 statistics, 后缀 .xlsx(真正的数字和日期)或 .csv(UTF-8, 带 BOM)。burdens 是一项权益上的负担, keys 是主体的密钥, policies 是规则的各版本。reads(谁看过隐藏值)、待签箱 drafts、webhooks 与 deliveries 只给看得到这些列表的成员。monthly 是已结束之月、或某月至其中某一位置存续的各行, 列名已公布 (FORMATS 第 13 节)。超过 20,000 条的列表请缩小范围, 或以 limit 分部分取, 应答头 Link 指向下一部分。工作簿的第二张表写明登记簿、账页位置和时间, 保存的文件名也写明。" {
        "200" "电子表格";
    }
    get_right_evidence "权益的证据包", "记录、完整历史、状态证明和签名的检查点; 宗地还有全部相邻宗地。" {
        "200" "证据包 (docs/FORMATS.md 第 7 节)";
    }
    get_pledge_evidence "担保登记的证据包", "" {
        "200" "证据包 (docs/FORMATS.md 第 7 节)";
    }
    get_absence_evidence "某标识未登记的证据包", "" {
        "200" "证据包 (docs/FORMATS.md 第 7 节)";
    }
    post_answer_evidence "一个答复的证据包", "权益的证据, 加上能否如此担保的问题和截至该状态的答复。文件证明答复所依据的一切, 核验者会重新作答。问题的每一行都须在同一权益上。" {
        "200" "证据包 (docs/FORMATS.md 第 7 节)";
    }
    issue_certificate "出具查询证明", "就一项权益, 或就若干标识: 每个标识以其权益作答, 或以无人登记的证明作答; 所依据的版本与证据包相同。reader 按所给内容印出。登记簿每小时出具的份数有上限。" {
        "201" "查询证明 (docs/FORMATS.md 7.10); Location 是其路径";
    }
    get_certificate "按核验码取查询证明", "持有核验码者即可得到该证明, 包括查询人的名称。JSON 格式; Accept 要求 application/pdf 或码后加 .pdf 时为 PDF。码中的连字符、空格和小写字母均按其本意理解。" {
        "200" "查询证明";
    }
    get_entry "一个账页的字节", "" {
        "200" "账页的规范 JSON, 与被哈希的完全相同";
    }
    get_entry_proof "账页在日志中的证明", "C2SP tlog-proof: 位置、包含证明和最新的检查点。greenlien verify 与账页一起核验。" {
        "200" "证明文件";
    }
    get_consistency "旧日志是新日志前缀的证明", "" {
        "200" "证明 (RFC 6962 2.1.2)";
    }
    get_checkpoint "签名的检查点", "有见证方时, 是其法定数已见证的最新检查点, 附其签名行; 在此之前以及没有见证方时, 是仅有日志签名的最新检查点。" {
        "200" "C2SP signed note";
    }
    get_log "日志现状", "最新签名的检查点、最新获见证的检查点, 以及各见证方最近的行为。已签名而未获见证的头部在此处和回执中可见; /checkpoint 等待法定数。" {
        "200" "各头部与见证方";
    }
    get_tile "一块哈希, 或一包账页", "tile/<L>/<N> 和 tile/entries/<N>, 不满时加 .p/<W> (C2SP tlog-tiles)。账页包对接受 gzip 者压缩; 哈希不能压缩。" {
        "200" "字节; 永不改变";
    }
    get_health "程序是否在运行", "" {
        "200" "在运行";
    }
    get_readiness "登记簿是否接受指令", "" {
        "200" "接受";
    }
    get_metrics "供运行监控读取的数字", "Prometheus 文本格式: 账页与检查点的规模和时龄、见证方、回调, 以及各类答复的次数; 不含任何私密内容。" {
        "200" "此刻的数字";
    }
    get_openapi "本描述", "" {
        "200" "OpenAPI 3.1";
    }
}

/// Returns the words of a group.
pub(super) fn tag(name: &str) -> &'static str {
    match name {
        "commands" => "签署的指令和询问",
        "rights" => "环境权益",
        "pledges" => "担保登记与预登记",
        "parties" => "机构和个人",
        "drafts" => "待签箱: 等待签名的指令",
        "sessions" => "以密钥登录, 以及仅成员可见的内容",
        "events" => "已决定指令的通知",
        "alerts" => "应当关注的事项, 以及价格",
        "statistics" => "按账页位置的统计表",
        "evidence" => "可离线核验的文件",
        "certificates" => "查询证明",
        "log" => "日志 (C2SP tlog-tiles)",
        "operations" => "供运行者使用",
        _ => "",
    }
}

/// Adds the words of an operation and of its answers.
pub(super) fn add(operation: &mut Map<String, Value>) {
    let id = id_of(operation).to_owned();
    let Some(words) = OPERATIONS.iter().find(|words| words.id == id) else {
        return;
    };
    let mut zh = json!({"summary": words.summary});
    if !words.more.is_empty() {
        zh["description"] = json!(words.more);
    }
    operation.insert("x-zh".to_owned(), zh);
    for (status, response) in responses(operation) {
        let answer = words.answers.iter().find(|(of, _)| *of == status);
        if let Some((_, answer)) = answer {
            response["x-zh"] = json!(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_words_are_left_over() {
        let api = crate::http::openapi();
        let text = api["paths"].to_string();
        for words in OPERATIONS {
            let id = format!("\"operationId\":\"{}\"", words.id);
            assert!(text.contains(&id), "{id}");
        }
    }
}
