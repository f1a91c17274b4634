//! The words of the pages, Chinese and English side by side: a word that lacks one of the two does not compile.
//!
//! Terms are those of the log (登记, 顺位, 检查点, 悬空); nothing here says more than a record does.

/// The language of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lang {
    /// Chinese, the first language.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Parses the value of the switch.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Returns the tag of HTML's `lang`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Returns the value of the switch.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// Returns the words.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }

    /// Chooses between two texts.
    pub(crate) fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

macro_rules! words {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        /// Every fixed text of the pages.
        pub(crate) struct Words {
            $(pub(crate) $name: &'static str,)*
        }
        const ZH: Words = Words { $($name: $zh,)* };
        const EN: Words = Words { $($name: $en,)* };
    };
}

words! {
    product: "绿押", "greenlien";
    tagline: "环境权益担保登记", "register of environmental rights and the pledges over them";
    skip: "跳到正文", "Skip to the content";
    menu: "导航", "Menu";
    nav_more: "更多", "More";
    other_language: "English", "中文";
    nav_check: "能否质押", "May I pledge?";
    nav_rights: "权益", "Rights";
    nav_pledges: "担保登记", "Pledges";
    nav_parties: "主体", "Parties";
    nav_freezes: "查封冻结", "Freezes";
    nav_findings: "校验结论", "Findings";
    nav_log: "账页与证明", "Log and proofs";
    nav_verify: "核验", "Verify";
    nav_work: "待办", "Work";
    work_party: "只看某一主体 (名称、信用代码或编号)", "Of one party only (name, credit code or id)";
    work_kind: "只看某一类提示", "Of one kind of alert only";
    work_none: "没有需要留意的事项", "Nothing needs a look";
    work_what: "事项", "What";
    work_on: "日期", "Day";
    work_left: "剩余", "Left";
    nav_statistics: "统计", "Statistics";
    statistics_same: "同一位置的统计永远相同; 每个数字都可点开到明细。", "The same position gives the same table for ever; every number leads to its lines.";
    statistics_by: "按", "By";
    statistics_show: "查看", "Show";
    statistics_all_xlsx: "全部分组 xlsx", "All groups as xlsx";
    statistics_now: "以下为该位置的记载; 点开的登记页显示现在的记载, 位置", "This is the record as of that position. The pages behind the links show it as of now, position";
    statistics_at: "位置或日期", "Position or day";
    statistics_at_hint: "位置是账页数; 日期 (如 2026-12-31) 取当日日终。", "A position counts entries; a day, such as 2026-12-31, is taken at its end.";
    statistics_past: "月末:", "Ends of months:";
    statistics_monthly: "月度报送表供绿色金融平台使用: 该月每项担保物一行, 截至上述位置。", "The monthly table is for green-finance platforms: a row for each line of that month, up to the position above.";
    feeds_monthly_more: "其他月份与各列的含义", "Other months, and what the columns say";
    statistics_month: "月份", "Month";
    statistics_town: "乡镇 (区划代码)", "Town (code)";
    statistics_kind_month: "种类与月份", "Kind and month";
    statistics_item: "细目 (如污染物)", "Item, such as the pollutant";
    green: "绿色贷款目录代码", "Green category of the loan";
    statistics_kind_item: "种类与细目", "Kind and item";
    statistics_pledges: "担保登记 (含已解除的)", "Pledges (those released too)";
    statistics_once: "合计里每项担保登记只计一次, 各行之和可能更大。", "The total counts each pledge once; the rows may add up to more.";
    statistics_sums: "数量只在同一种类、同一细目内相加; 不同污染物不相加。", "Quantities add up only within one kind and item; different pollutants do not.";
    statistics_ended: "已期满", "ended";
    statistics_lapsed: "期限届满失效", "lapsed with the term";
    statistics_moved: "已转至其他权益", "went on over another right";
    statistics_disposed: "已处置", "disposed of";
    statistics_gone: "不再在登", "no longer standing";
    statistics_lines: "统计明细", "The lines behind a number";
    nav_sign: "签署", "Sign";
    nav_import: "导入", "Import";
    nav_registrar: "登记机构", "Registrar";
    sign_in: "登录", "Sign in";
    sign_out: "登出", "Sign out";
    sign_in_title: "登录", "Sign in";
    sign_in_lead: "登录不用密码: 用本单位登记过的密钥签一段文字即可, 密钥不离开本浏览器。登录半小时后自动结束。", "There is no password: sign a text with a key that is registered for your institution. The key never leaves this browser. A session ends by itself after half an hour.";
    sign_in_already: "现已登录:", "Signed in now:";
    sign_in_needs_script: "登录需要脚本。程序可用命令行: greenlien login。", "Signing in needs scripts. Programs use the command line: greenlien login.";
    import_title: "导入台账", "Import a book";
    import_lead: "上传表格, 逐行看结论和处理办法; 确认并签署之前不写入任何内容。同一文件再传一次不会重复登记。", "Upload a table and see, row by row, what would be decided and what to do. Nothing is written before you confirm and sign. The same file again changes nothing.";
    import_members: "导入须先登录: 登记由本单位签署。", "Sign in first: your institution signs what is registered.";
    import_kind: "台账", "Book";
    import_by_columns: "按列名识别", "Told by the columns";
    import_file: "表格 (xlsx 或 CSV)", "Table (xlsx or CSV)";
    import_file_hint: "CSV 可为 UTF-8 或 GB18030; 不超过 4 MB; 每次办 500 行 (担保登记台账 200 行), 更长的表格分部分办。", "CSV in UTF-8 or GB18030, at most 4 MB; 500 rows at a time, 200 of a book of pledges: a longer table comes in parts.";
    import_grounds: "界址 (GeoJSON, 仅林权等宗地)", "Polygons (GeoJSON, for land only)";
    import_preview: "逐行检查", "Check every row";
    import_as_workbook: "下载带原因的表格", "Download the table with the reasons";
    import_nothing_written: "尚未写入任何内容。", "Nothing has been written.";
    import_nothing_to_do: "全部行均已登记, 无须再办。", "Every row is registered already; there is nothing to do.";
    import_again: "换一个文件", "Another file";
    import_templates: "下载模板", "Templates";
    import_templates_tell: "主管部门的台账每种权益一份, 银行的台账有担保登记与解除担保两份; 模板列出要填的列, 附填写说明和下拉选项。", "An office has a book for each kind of right, a lender one of pledges and one of releases; a template has the columns, with notes and drop-downs.";
    import_line: "行", "Line";
    import_what: "标识", "Identity";
    import_result: "结论", "Result";
    import_why: "原因与处理", "Why, and what to do";
    import_needs_script: "签署需要脚本。也可以用命令行: greenlien import。", "Signing needs scripts. The command line does it too: greenlien import.";
    registrar_title: "登记机构", "The registrar's view";
    registrar_lead: "主体、密钥与签署规则, 现行政策, 以及见证方最近做了什么。", "Parties with their keys and signing rules, the policies in force, and what each witness did last.";
    registrar_parties: "主体与密钥", "Parties and keys";
    registrar_rule: "签署规则", "Signing rule";
    registrar_open: "未决事项", "Open";
    registrar_since: "自账页", "since entry";
    registrar_policies: "现行政策", "Policies in force";
    registrar_model: "容量模型", "Model";
    registrar_digest: "文本摘要", "Digest of the text";
    registrar_active: "生效时间", "In force since";
    registrar_versions: "版本数", "Versions";
    registrar_coming: "将生效", "comes into force";
    registrar_quotas: "配额", "Quotas";
    registrar_quotas_tell: "各主体已用的部分只有登记机构登录后可见, 每家可见自己的。", "What each party has used is shown to the registrar when it is signed in, and to each its own.";
    registrar_limited: "限制的事项", "What is limited";
    registrar_at_once: "一次至多", "At once";
    registrar_refill: "恢复", "Comes back";
    registrar_left: "现在有所用的主体", "Who has used some now";
    registrar_none_used: "无人使用", "nobody";
    registrar_filter: "按名称查找主体", "Find parties by name";
    registrar_difference: "各版本与差别", "Versions and differences";
    rules_version: "版本", "Version";
    rules_first: "最初的版本, 全文如下。", "The first version; its text is below.";
    rules_same: "与前一版本逐行相同。", "Line by line the same as the version before.";
    rules_changes: "与前一版本的差别", "What it changed";
    rules_text: "全文", "The whole text";
    list_filter_holder: "只看某一持有人 (名称、信用代码或编号)", "Of one holder only (name, credit code or id)";
    list_filter_pledgee: "只看某一担保权人 (名称、信用代码或编号)", "Of one pledgee only (name, credit code or id)";
    list_filter_pledgor: "只看某一出质人 / 抵押人", "Of one pledgor only";
    findings_filter: "编号, 或标题、原因、处理办法中的一段", "A number, or a part of title, cause or what to do";
    list_nobody: "没有这一主体, 或同名的不止一个; 请用信用代码或编号", "There is no such party, or several have that name; use the credit code or the id";
    list_all: "全部", "All";
    list_filter_name: "名称中的一段", "A part of the name";
    list_filter: "筛选", "Filter";
    list_filter_kind: "只看某一种类", "Of one kind only";
    list_filter_state: "只看某一状态", "In one state only";
    list_filter_ends: "债务履行期限至迟止于 (含)", "Claim ends by (inclusive)";
    count_rights: "已登记权益", "Rights on record";
    count_open: "在登担保", "Pledges in force";
    count_today: "今日登记担保", "Pledges registered today";
    registrar_witnesses: "见证方", "Witnesses";
    registrar_no_witnesses: "本登记簿未配置见证方。", "No witness is configured.";
    registrar_seen: "最近见证的大小", "Cosigned last";
    registrar_behind: "落后账页", "Entries behind";
    registrar_when: "见证时间", "Cosigned at";
    registrar_fault: "最近的故障", "Last fault";
    registrar_cosigned: "最近的见证检查点", "Newest cosigned checkpoint";
    kept_ask: "计入我有权查看的贷款金额 (先告知将记录几次查看)", "With the loan amounts that I may see (how many accesses that is, is said first)";
    kept_show: "记录并显示贷款金额", "Write the accesses down and show the amounts";
    kept_principal: "主债权 (笔数)", "Principal (pledges)";
    kept_principal_of: "主债权", "Principal";
    kept_tell: "只计入贵单位有权查看的登记; 每笔都已记为一次查看, 其当事人可以查阅。", "Only pledges whose values your institution may see are counted. Each is an access that its parties can read.";
    kept_sign_in: "须先登录。", "Sign in first.";
    kept_too_many: "一次涉及的登记过多; 请改看某一担保。", "There are too many pledges for one question; ask about one pledge.";
    valued_title: "贷款与价值", "Loan to value";
    valued_tell: "价值按登记机构导入的价格计算, 只供提示; 本系统不评价价值。", "Values follow from imported prices and are a hint; the register values nothing.";
    valued_value: "按价格计算的价值", "Value by price";
    valued_ltv: "贷款价值比", "Loan to value";
    valued_lines: "预警线 / 处置线", "Warning / close-out";
    valued_none: "没有可以计算的登记 (须有主债权和全部担保物的价格)。", "There is none with a principal and a price for every line.";
    person_see: "查看姓名与证件号 (将记录本次查看)", "See name and number (this is written down)";
    person_stranger: "贵单位与此人没有在登的担保关系, 也不是其权益的主管机关。", "Your institution neither relies on an open pledge of this person nor supervises its rights.";
    person_sign_in: "只有在登担保的担保权人、保证人, 其权益的主管机关和本人登录后可以查看。", "The pledgee and guarantors of an open pledge, the authority of its rights and the person itself see them, signed in.";
    capacity_pledgee: "以担保权人身份查看", "Seen as the pledgee";
    capacity_pledgor: "以出质人 (抵押人) 身份查看", "Seen as the pledgor";
    capacity_guarantor: "以保证人身份查看", "Seen as a guarantor";
    capacity_supervisor: "以主管机关身份查看", "Seen as the supervising authority";
    capacity_itself: "本人查看", "Seen by the person itself";
    capacity_signer: "草稿的签署方或放入者查看", "Seen as who signs the draft or has put it into the inbox";
    capacity_registrar: "登记机构只能查阅查看记录", "The registrar reads who has looked, and no value";
    openings_title: "保密事项", "Hidden values";
    openings_see: "查看保密事项 (将记录本次查看)", "See the hidden values (this is written down)";
    openings_lead: "每次打开本页都会记录: 谁、何时、看了什么; 当事人可以查阅这份记录。", "Each opening of this page is written down: who, when, what. The parties can read the list.";
    openings_sign_in: "只有本登记的当事人和监管方登录后可以查看。", "Only its parties and supervisors see them, signed in.";
    openings_stranger: "贵单位不是本登记的当事人或监管方。", "Your institution is neither a party of it nor a supervisor.";
    openings_too_many: "查看过于频繁, 请稍后再试。", "Too many accesses; try again later.";
    openings_reads: "查看记录", "Who has seen them";
    openings_none: "本登记没有保密事项。", "It has no hidden value.";
    openings_no_reads: "尚无人查看。", "Nobody has.";
    work_of: "待办", "The desk of";
    work_all: "查看全部", "The whole register";
    work_alerts: "需要留意", "Needs a look";
    work_urgent: "请先看", "Look at these first";
    work_anonymous: "您没有登录: 以下是全部登记的提示。登录后先看本单位的待签、提示和担保。", "You are not signed in: these are the alerts of the whole register. Sign in to see your institution's drafts, alerts and pledges first.";
    work_expiring: "将到期 (60、30、7 天)", "Ending in 60, 30 or 7 days";
    work_taken: "在登担保: 作为担保权人", "Open pledges taken";
    work_given: "在登担保: 作为出质人 / 抵押人", "Open pledges given";
    work_held: "有效的预登记", "Reservations that stand";
    work_refused: "被拒的申请", "Refused attempts";
    work_refused_none: "最近的账页中没有被拒的申请", "None among the newest entries";
    log_decision: "结论", "Decision";
    log_accepted: "已接受", "accepted";
    log_party: "与哪一主体有关 (编号、名称或信用代码)", "What party it concerns (id, name or credit code)";
    log_none: "在这些账页中没有。", "None among these entries.";
    work_other: "对方", "Other party";
    work_until: "期限", "Until";
    work_whole_list: "完整列表", "The whole list";
    inbox_title: "待签箱", "The inbox of drafts";
    inbox_lead: "还缺签名的指令。打开即可看到将要签署的全文; 含保密事项的, 打开会被记录。本单位放入而等待他方的, 列在最后。", "Commands that lack signatures. Opening one shows in full what will be signed; where it hides values, that is written down. Those that wait for others come last.";
    inbox_asked: "等待本单位签署", "Waiting for your institution";
    inbox_sign: "待经办签署", "To sign as maker";
    inbox_check: "待复核", "To check";
    inbox_consent: "请本单位同意", "Consents asked of you";
    inbox_waiting: "等待他方", "Waiting for others";
    inbox_none: "没有。", "None.";
    inbox_more: "只列出最早的 200 份。", "Only the first 200 are listed.";
    inbox_choose: "选", "Choose";
    inbox_together: "一起打开选中的指令, 逐份看清后一次签署", "Open those chosen, read each, and sign them in one go";
    inbox_giver: "发令方", "Given by";
    inbox_from: "放入者", "Put there by";
    inbox_missing: "尚缺签名", "Signatures missing";
    inbox_declined: "不签", "declines";
    inbox_to_change: "有人不签, 待改后重办", "Declined: change it and ask again";
    inbox_to_change_tell: "打开草稿看理由并撤回, 再按商定的内容重新办理。", "Open a draft to read why and to take it back, then make it anew as agreed.";
    inbox_sign_in: "登录后可以打开待签箱里的草稿。", "Sign in to open a draft of the inbox.";
    sign_title: "签署指令", "Sign a command";
    sign_lead: "先看清将要签署的全文, 再用自己的密钥签署; 密钥不离开本浏览器。经办人签后把草稿交给复核人和出质人, 各自在自己的电脑上打开本页签署。", "Read in full what will be signed, then sign it with your own key, which never leaves this browser. The maker hands the draft to the checker and to the pledgor, who open this page on their own machines.";
    sign_needs_script: "签署需要脚本。也可以用命令行: greenlien sign。", "Signing needs scripts. The command line does it too: greenlien sign.";
    sign_go: "去签署", "Go on to sign";
    feeds_title: "导出与通知", "Exports and feeds";
    feeds_lead: "供报表、绿色金融平台和本单位系统使用。", "For reports, green-finance platforms and the systems of your institution.";
    feeds_monthly: "月度报送表", "Monthly table";
    feeds_column: "列", "Column";
    feeds_value: "内容", "What it says";
    feeds_monthly_tell: "供绿色金融平台使用: 每月在登的每项担保物一行, 各列含义见下。已结束的月份、未结束月份的同一位置, 永远得到同一张表。政策文件所列的「长江绿融通」「绿融通」「兴农通」等平台, 报送字段以与各平台商定的为准, 从各列中选取; 本登记系统不直接连接这些平台。", "For green-finance platforms: a row for each line that stood in a month, in published columns, which are explained below. A month that is over, and a position in one that is not, give the same table for ever. The policy document names the platforms 长江绿融通, 绿融通 and 兴农通: what each takes is agreed with it and chosen from these columns; this register is connected to none of them.";
    feeds_columns: "各列的含义", "What the columns say";
    feeds_lists: "整表导出 (xlsx)", "Whole lists (xlsx)";
    feeds_reservations: "预登记", "Reservations";
    feeds_log: "指令与结论", "Commands and decisions";
    feeds_reconciliation: "与外部登记核对", "Reconciliation";
    feeds_stream: "事件流", "Stream of events";
    feeds_stream_tell: "每项已决定的指令一条 (CloudEvents), 断线后自上次位置续传。", "One notice for each decided command (CloudEvents); a reader that was away goes on where it was.";
    feeds_hooks: "回调 (webhook)", "Webhooks";
    feeds_hooks_tell: "回调由运行者按各单位的申请登记, 增减或更改随即生效, 无需停机; 在此查看送达情况, 选择关注哪些权益、担保和主体, 或自某一账页重新投递。", "The operator enters webhooks at the request of members; what is added or changed takes effect at once, without a restart. Here members see deliveries, choose which rights, pledges and parties are watched, and have notices sent again from a position.";
    feeds_no_hook: "贵单位没有回调; 如有需要, 请把地址交给登记系统的运行者, 关注的权益、担保和主体可自行选择。", "Your institution has none. Give the operator an address; which rights, pledges and parties it is told of you choose here.";
    feeds_url: "地址", "Address";
    feeds_next: "下一账页", "Next entry";
    feeds_behind: "落后", "behind by";
    feeds_deliveries: "最近投递", "Last deliveries";
    feeds_replay: "自哪一账页起重新投递", "Send again from entry";
    feeds_replay_now: "重新投递", "Send again";
    feeds_fault: "须为不大于账页总数的账页号。", "must be an entry, not beyond the end of the log.";
    feeds_sign_in: "登录后查看本单位的回调", "Sign in to see the webhooks of your institution";
    nav_acts: "办理", "Register";
    acts_title: "办理登记", "Register and change";
    acts_lead: "选一项业务, 填表后先得到结论, 再签署。签署之前不写入任何内容。", "Choose an act and fill in its form: you are told what would be decided, and then you sign. Nothing is written before.";
    acts_bank: "担保权人", "Pledgees";
    acts_bureau: "核发机关与登记机构", "Issuers and the registrar";
    acts_interested: "异议、保证与收储", "Objections, guarantees and buy-outs";
    acts_parties: "主体与密钥", "Parties and keys";
    acts_rules: "规则与账簿密钥", "Rules and the key of the log";
    acts_which_party: "哪一主体 (信用代码或编号)", "Which party (credit code or id)";
    acts_which_hiding: "哪一担保或主体 (如 P57, M9)", "Which pledge or party (such as P57 or M9)";
    acts_draft: "打开别人交来的草稿", "Open a draft that was handed to you";
    acts_here: "办理其他登记", "Other acts on this record";
    acts_which_pledge: "哪一担保 (登记号, 如 P57)", "Which pledge (number or id, such as P57)";
    acts_which_reservation: "哪一预登记 (如 V57)", "Which reservation (such as V57)";
    optional: "(可不填)", "(optional)";
    acts_next: "下一步", "Next";
    acts_digest: "选择文件即可算出其 SHA-256; 文件不上传, 请自行保存。", "Choosing a file fills in its SHA-256. The file is not uploaded; keep it.";
    sign_release: "解除担保", "Release";
    sign_incomplete: "填写的内容不全或已不符合现在的登记, 请回到表单改正。", "Something is missing, or no longer fits the record; go back to the form.";
    sign_back: "回到表单", "Back to the form";
    verify_title: "核验", "Verify";
    verify_lead: "核验全部在本页内进行: 文件不会离开您的电脑, 断网也可使用。", "Everything is checked inside this page: no file leaves your computer, and it works with the network off.";
    verify_needs_script: "在浏览器内核验需要脚本。不用脚本时: greenlien verify 文件 --policy 信任文件", "Checking in the browser needs scripts. Without them: greenlien verify FILE --policy TRUST";
    search_label: "权证号、单元号、信用代码、登记号、核验码", "Certificate, unit or permit number, credit code, registration number, verification code";
    vital_witnesses: "见证方 (已见证此检查点)", "Witnesses (of this checkpoint)";
    tell_acts: "登记、变更、解除担保, 冻结与异议: 填表, 先得结论, 再签署。", "Pledges, changes, releases, freezes, objections: fill in a form, read the answer, sign.";
    tell_work: "将到期的登记、提示和被拒的申请。", "What ends soon, alerts, and refused attempts.";
    tell_statistics: "按种类、担保权人、月份、乡镇, 每个数字都可点开到明细。", "By kind, pledgee, month or town; every number leads to its lines.";
    search_hint: "例: 500113 001002 JE00123 L00010001, 91500113…, R41, P57. 也可只输排污许可证编号或碳排放账户号; 全部组成部分用竖线连接: 排污许可证编号|污染物代码", "Such as 500113 001002 JE00123 L00010001, 91500113…, R41, P57. The number of a permit or an account will do; all parts of one identity are joined with a bar: permit number|pollutant";
    search_button: "查询", "Search";
    search_no_code: "没有以此为核验码的查询证明", "No certificate has this verification code";
    search_no_code_fix: "末位校验字符与前文不符, 必有一处有误: 请与证明上印的核验码逐字核对; 也可扫描其二维码, 或在「核验」页离线核验文件。", "Its last character, a check over the others, does not fit: compare it with the printed code letter by letter, scan the QR code, or check the file on the page that verifies.";
    search_certificate: "这是查询证明的编号; 查询证明凭核验码查看", "This is the number of a certificate; a certificate is opened with its verification code";
    search_certificate_fix: "请输入证明首页所印的核验码, 或扫描其二维码: 编号可以推知, 核验码只有持证明的人知道。", "Type the verification code that is printed on its first page, or scan its QR code: a number can be guessed, the code is known to whoever holds the certificate.";
    search_none: "本登记系统内未见以此为标识的记录", "No record with this identity is found in this register";
    search_none_fix: "请核对号码 (全角、空格、字母与数字易混); 标识有几个部分的, 可只输其中的编号 (至少 8 位), 如排污许可证编号。", "Compare the number (width, spaces, letters and digits that look alike). Of an identity with several parts the number alone will do (8 characters or more), such as that of a discharge permit.";
    search_long: "输入过长: 请只输一个号码或名称", "That is too long: type one number or name";
    search_empty: "请输入要查询的号码", "Enter the number to look for";
    vital_checkpoint: "检查点", "Checkpoint";
    vital_time: "登记时间", "registry time";
    vital_root: "根", "root";
    vital_origin: "登记簿", "register";
    proof_line: "证明", "Proof";
    proof_verify: "在本网站的「核验」页核验", "Verify on the page that verifies";
    as_of: "截至", "as of";
    position: "位置", "position";
    tell_check: "先问再签: 在签署之前查明可以质押多少、多久。", "Ask before you sign: how much may be pledged, and for how long.";
    tell_verify: "任何人都可以离线核验一份证据包, 不必信任登记机构。", "Anyone can check an evidence file offline, without trusting the registry.";
    status: "状态", "Status";
    whole_taken: "本登记系统内登记的负担已占用全部; 没有未登记负担的部分。", "What is registered here takes all of it; nothing is left that is not encumbered in this register.";
    check_record: "担保机构: 把这次核验记入账簿", "For guarantors: record this verification in the log";
    check_against: "这一担保上现有", "What stands against this pledge now";
    check_hanging: "将使下列担保失去依托, 其担保权人会收到提示", "This leaves these without a right beneath them; whoever they secure is told";
    work_record: "登记外部登记情况", "Record how it stands there";
    line_frozen: "该权益上有查封冻结", "an authority has frozen some of the right";
    free: "未登记负担", "not encumbered in this register";
    holder: "持有人", "Holder";
    issuer: "核发机关", "Issuer";
    identities: "权证标识", "Identities";
    certificate_law: "登记规则的版本", "Version of the law of the register";
    registration_no: "登记编号", "Registration number";
    kind: "权益种类", "Kind";
    validity: "有效期", "Valid";
    quantity: "数量", "Quantity";
    class: "类别", "Class";
    attributes: "其他记载", "Also recorded";
    source: "来源", "Source";
    succeeds: "承继自", "Succeeds";
    succeeded_by: "已由其承继", "Succeeded by";
    revoked_from: "撤销起始日", "Revoked from";
    additional: "核发机关声明: 对同一来源另行核发", "The issuer declared it additional on the same source";
    adjudication: "凭裁决登记, 争议未决; 裁决摘要", "Registered under an adjudication, the dispute is open; digest";
    facts: "记载", "Record";
    burdens: "负担", "Burdens";
    same_ground: "同一地块另有权益", "Also on the same ground";
    burden_none: "本登记系统内未见负担。这不等于「无担保」: 系统外的担保本系统不知道。", "No burden is found in this register. That is not “free of encumbrance”: what is registered elsewhere is not known here.";
    burden: "登记号", "Record";
    burden_line: "担保", "pledge";
    burden_hold: "预登记", "reservation";
    burden_freeze: "冻结", "freeze";
    yuan: "元", "CNY";
    freeze_limit: "限额", "limited to";
    freeze_price: "单价", "price";
    freeze_executed: "已执行", "sold in execution";
    freeze_waits: "轮候", "waiting";
    freeze_in_force: "已生效", "In force";
    freeze_queue: "同一权益上的冻结, 按先后", "Freezes on the same right, in their order";
    freeze_more: "该权益经过很多, 其余见权益的经过", "The right has many entries; see its history for the rest";
    consent_attested: "同意 (由担保权人声明, 非本人签署)", "consent (attested by the pledgee, not signed by the party)";
    consent_paper: "书面", "paper";
    consent_video: "录像", "video";
    rank: "登记次序", "Order of registration";
    rank_behind: "后于", "behind";
    certificate_since: "登记时间", "Registered";
    certificate_remarks: "次序与说明", "Order and remarks";
    example: "举例", "Example";
    elsewhere: "外部登记", "Other registers";
    elsewhere_none: "未报告", "not reported";
    pledge_here: "登记担保", "Register a pledge";
    pledgee: "担保权人", "Pledgee";
    pledgor: "出质人 / 抵押人", "Pledgor";
    debtor: "债务人", "Debtor";
    part_held: "部分债权受让人", "Holds a part of the claim";
    authority: "冻结机关", "Ordered by";
    extent: "数量与期间", "Extent";
    whole: "全部", "all of it";
    until: "至", "until";
    through: "至", "through";
    thereafter: "此后", "then";
    days_inclusive: "(含)", "(inclusive)";
    expires: "失效时间", "Expires";
    overhang: "悬空", "Overhang";
    hanging: "悬空 (其下已无权益)", "Overhang, with no right beneath it";
    history: "经过", "History";
    entry: "账页", "entry";
    signed_by: "签署", "signed by";
    maker: "经办", "maker";
    checker: "复核", "checker";
    more: "更早的记录", "Earlier entries";
    next_page: "下一页", "Next page";
    previous_page: "上一页", "Previous page";
    first_page: "第一页", "First page";
    evidence_download: "下载证据包", "Download the evidence file";
    evidence_tell: "证据包可以离线核验: greenlien verify 文件 --policy 信任文件", "The file can be checked offline: greenlien verify FILE --policy TRUST";
    export_xlsx: "导出 xlsx", "Export as xlsx";
    export_csv: "导出 CSV", "Export as CSV";
    certificate: "查询证明", "Search certificate";
    certificate_ask: "出具查询证明", "Issue a search certificate";
    certificate_ask_tell: "查询证明陈述本登记系统截至某一账页位置的记录, 附全部证据, 可离线核验。查询人与用途按填写内容印出, 可不填。", "A search certificate states what this register has on record as of one position of the log. It carries all the evidence and can be checked offline. Reader and purpose are printed as you write them; both may stay empty.";
    certificate_code_tell: "持有核验码的人都能看到该证明, 包括查询人与用途。", "Whoever has the code sees the certificate, reader and purpose included.";
    certificate_absent: "就此号码出具「未见记录」的证明", "Issue a certificate that no record of this number is found";
    certificate_reader: "查询人 (自述)", "Asked by (their words)";
    certificate_purpose: "用途 (自述)", "Purpose (their words)";
    certificate_asked: "查询内容", "Asked about";
    certificate_issued: "出具时间", "Issued";
    certificate_as_of: "记录截至", "Record as of";
    certificate_signed_by: "检查点签署", "Checkpoint signed by";
    certificate_now: "查看现在的记录", "See the record as it stands now";
    certificate_pdf: "PDF 文件", "PDF";
    certificate_json: "证据文件 (JSON)", "The file with the evidence (JSON)";
    certificate_pledges: "担保登记的经过", "History of the pledges that stand or stood on it";
    certificate_tell: "离线核验: greenlien verify certificate.pdf --policy 信任文件。程序检查所附证据, 并重新生成 PDF 逐字节比对。", "To check it offline: greenlien verify certificate.pdf --policy TRUST. It checks the evidence inside and makes the PDF again to compare every byte.";
    certificate_verify: "不装程序、不用账户也可核验: 点「核验」, 即在浏览器内逐项核验本证明; 也可在该页放入 PDF 或证据文件, 文件不上传。该页可另存, 断网也能用。", "Anyone can check it without a program or an account: press “Verify”, and your browser checks this certificate; or drop the PDF or the evidence file on that page, which uploads nothing. The page can be saved and works with the network off.";
    certificate_offline: "另存离线核验页", "Save the page that verifies offline";
    verify_code: "查询证明的核验码, 或扫描其二维码所得的文字", "Verification code of a certificate, or the text of its QR code";
    verify_code_hint: "登记系统给出它所存的那份证明, 由本页核验。", "The register gives the certificate that it keeps, and this page checks it.";
    certificate_limits: "本证明只陈述截至该位置本登记系统的记录; 此后的登记、未在本系统登记的权利不在其中。", "The certificate states what this register had on record as of that position. What came later, and rights that were not recorded here, are not in it.";
    certificate_provisional: "临时: 检查点未获见证签署", "Provisional: the checkpoint is not cosigned";
    ask_here: "能否质押?", "May this be pledged?";
    form: "担保形式", "Form";
    lines: "担保物明细", "Lines";
    released: "已解除", "released";
    open: "在登", "open";
    closed: "已注销", "closed";
    term: "债务履行期限", "Term of the claim";
    hidden: "保密事项 (仅登记摘要)", "Hidden members (digests only)";
    reservation_taken: "承接的预登记", "Reservation taken over";
    name: "名称", "Name";
    name_hidden: "自然人 (姓名保密)", "natural person (name hidden)";
    credit_code: "统一社会信用代码", "Credit code";
    region: "区域代码", "Region";
    roles: "身份", "Roles";
    duties: "核发权限", "Duties";
    keys: "密钥", "Keys";
    key: "公钥摘要", "Key id";
    person: "持有人代号", "Person";
    key_added: "起始账页", "Added at entry";
    key_revoked: "吊销账页", "Revoked at entry";
    threshold: "须签署人数", "Persons who must sign";
    no_keys: "无密钥 (其命令由登记机构凭文件录入)", "no keys (its orders are entered by the registrar)";
    rights_held: "名下权益", "Rights held";
    pledges_taken: "作为担保权人", "As pledgee";
    pledges_given: "作为出质人 / 抵押人", "As pledgor";
    list_empty: "没有记录", "Nothing here";
    rows: "行", "rows";
    check_title: "能否质押?", "May this be pledged?";
    check_right: "哪项权益 (编号或标识)", "Which right (id or identity)";
    check_choose: "所填可指下列权益, 请选择其一", "What was typed may mean one of these rights; choose one";
    check_choose_more: "仅列出一部分; 请填写完整的标识。", "Only some are shown; type the whole identity.";
    check_pledgee: "担保权人 (信用代码、编号或名称)", "Pledgee (credit code, id or name)";
    check_quantity: "数量", "Quantity";
    check_from: "起 (含)", "From";
    check_through: "止 (含)", "Through (inclusive)";
    check_first_year: "首年", "First year";
    check_last_year: "末年 (含)", "Last year (inclusive)";
    check_term: "债务履行期限", "Term of the claim";
    check_term_from: "债务履行期限起", "Claim begins";
    check_term_through: "债务履行期限止 (含)", "Claim ends (inclusive)";
    check_term_hint: "可不填; 填则起止两日都填, 以合同所载为准, 将写入登记", "May be left empty; otherwise both days, as the contract has them: they are registered";
    check_ask: "查明", "Ask";
    check_nothing_written: "只查询, 不登记, 不占用额度。", "Nothing is written and nothing is reserved.";
    check_yes: "可以", "Yes";
    check_no: "不可以", "No";
    check_at_most: "最多", "At most";
    check_term_at_most: "债务履行期限最长", "Term of the claim at most";
    check_whole_span: "就所问的全部范围", "over all that was asked";
    check_because: "原因", "Because";
    check_notes: "提示", "Notes";
    check_in_the_way: "在先登记", "In the way";
    check_concerned: "涉及记录", "Records concerned";
    check_fault: "请改正", "Please correct";
    check_signs: "结论以全部签署齐备为前提; 答复不是登记。", "The answer supposes that every signature is there; it is not a registration.";
    fix: "如何处理", "What to do";
    cause: "原因", "Cause";
    severity: "性质", "Kind of finding";
    refuse: "拒绝", "refuses";
    warn: "提示", "warns";
    noticed: "提醒, 不入账", "noticed beside the log";
    code: "编号", "Id";
    findings_title: "校验结论目录", "Catalogue of findings";
    findings_tell: "每项登记都按同一目录校验。结论写明冲突的登记和仍可办理的最大范围。", "Every command is checked against this one catalogue. A finding names the record in the way and the largest admissible alternative.";
    not_found: "没有这一页或这条记录", "No such page or record";
    not_found_fix: "请核对编号, 或从首页查询。", "Check the id, or search from the front page.";
    internal: "暂时无法答复", "No answer right now";
    internal_fix: "请稍后再试; 问题已记录。", "Try again later; the failure has been recorded.";
    bad_request: "无法理解该请求", "The request cannot be understood";
    outcome_refused: "已拒绝", "refused";
    law_line: "登记编号与时间以账页位置为准。本页不证明权属、不证明质权设立、不评价价值。", "Position in the log is what counts. This page confirms neither title nor the creation of a security interest, and values nothing.";
    capacity_over_time: "容量的占用: 已担保、预登记、冻结与未登记负担", "What the capacity is taken by: pledged, reserved, frozen, and not encumbered here";
    today: "今日", "today";
    period: "期间", "Period";
    map_neighbor: "相邻宗地", "neighbors";
    map: "宗地与相邻宗地", "The parcel and its neighbors";
    map_tell: "仅供查看; 比例随图幅变化, 面积以证书和登记为准。", "For orientation only; areas are those of the certificate and the record.";
    map_right: "权益", "Right";
    map_alone: "登记册内未见相邻宗地。", "No neighbor is found in the register.";
    map_shared: "共同面积", "ground in common";
    map_own: "本宗", "this parcel";
    area_polygon: "按界址计算 (约)", "Area by polygon (about)";
    ground_unknown: "未登记界址; 不得设立担保", "No polygon is registered; it cannot be pledged";
    ground_units: "依托宗地", "Ground of";
    years: "计入年度", "Crediting years";
    balance: "余额", "Balance";
    pledged: "已担保", "pledged";
    frozen: "冻结", "frozen";
    reached: "后来的冻结所及 (登记在冻结之前)", "Reached by a later freeze, before which it is registered";
    check_reached: "冻结将触及下列登记在先的担保 (权益仍在, 顺位在前), 其担保权人会收到提示", "The freeze reaches these, which are registered before it and keep their place; whoever they secure is told";
    past: "已过", "past";
    log_go: "账页号", "Number of an entry";
    log_open: "打开", "Open";
    log_newer: "较新的账页", "Newer entries";
    log_older: "较早的账页", "Older entries";
    list_columns: "显示的列", "Columns shown";
    work_others: "其余", "The others";
    surrender_by: "清缴截止", "Surrender by";
    reserved: "预登记", "reserved";
    table_of: "表", "Table";
    log_title: "账页与证明", "Log and proofs";
    log_tell: "全部登记是一本只增不改的账。检查点是对整本账的签名; 留存一份, 以后任何改写都能被发现。", "Everything is one append-only log. A checkpoint signs all of it; keep one, and any later rewriting shows.";
    log_key: "日志公钥", "Log key";
    log_raw: "原文", "Bytes";
    log_leaf: "叶哈希", "Leaf hash";
    log_download: "下载", "Download";
    log_downloads: "下载", "Downloads";
    entry_records: "签署方与所涉登记", "Who signed, and the records it is about";
    entry_days: "指令原文中的 to、until 是不含的次日; 上文的末日都包含在内", "In the command itself, “to” and “until” name the first day without; above, last days are included";
    entry_command: "所签指令 (解码)", "The command as it was signed, decoded";
    entry_genesis: "创世账页", "genesis";
    entry_state: "状态页", "state entry";
    reference_title: "接口说明", "Reference of the interface";
    reference_tell: "供程序使用的 HTTP 接口。本页与 /openapi.json (OpenAPI 3.1) 出自同一份描述, 由本登记簿提供, 不需要脚本和外网。示例中的 $S 是本登记簿的地址。", "The HTTP interface for programs. This page and /openapi.json (OpenAPI 3.1) are one description; it is served by this register, without scripts and without the network. In the examples, $S is the address of this register.";
    reference_document: "下载 OpenAPI 描述", "The OpenAPI document";
    reference_failures: "失败", "Failures";
    reference_failures_tell: "失败的答复一律是 application/problem+json (RFC 9457), type 指明是哪一种:", "Every failure is application/problem+json (RFC 9457); its type says which:";
    reference_failures_of_others: "其他失败的样子", "What other failures look like";
    reference_otherwise: "不属于任何操作的请求", "Requests for no operation";
    reference_no_example: "无示例:", "No example:";
    reference_shapes: "数据形式", "Shapes";
    reference_access: "登录", "Access";
    reference_members_only: "须以密钥登录", "Only for members who are signed in";
    reference_parameters: "参数", "Parameters";
    reference_body: "请求体", "Body";
    reference_answers: "答复", "Answers";
    reference_answer: "答复", "Answer";
    reference_bytes: "字节", "bytes";
    reference_each_data: "文本; 每条的 data: ", "text; the data of each event: ";
    reference_examples: "示例", "Examples";
    reference_members: "成员", "Members";
    reference_options: "其中之一", "One of";
    reference_name: "名称", "Name";
    reference_place: "位置", "In";
    reference_form: "形式", "Form";
    reference_about: "说明", "What it is";
    reference_needed: "必有", "required";
    reference_status: "状态码", "Status";
    reference_headers: "首部", "Headers";
    reference_strict: "严格读取: 不接受其他成员。", "Read strictly: it takes no other member.";
    reference_in_path: "路径", "path";
    reference_in_query: "查询", "query";
    reference_in_header: "首部", "header";
    reference_list: "列表:", "list of";
    reference_map: "映射:", "map of";
    reference_object: "对象", "object";
    reference_integer: "整数", "integer";
    reference_text: "文本", "text";
    reference_json_text: "JSON 文本", "JSON as text";
    reference_any: "任意", "anything";
    reference_default: "无则", "if absent";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_name_that_parses() {
        for lang in [Lang::Zh, Lang::En] {
            assert_eq!(Lang::parse(lang.name()), Some(lang));
        }
        assert_eq!(Lang::parse("de"), None);
        assert_ne!(Lang::Zh.words().holder, Lang::En.words().holder);
    }
}
