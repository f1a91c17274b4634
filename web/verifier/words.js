//! The words of the verification page, Chinese and English side by side; nothing here says more than a file shows.

/// What each check is called, and what it establishes.
export const CHECKS = {
  "format": [
    ["格式", "文件只有一种读法, 没有多余或缺少的内容"],
    ["Format", "The file can be read one way only; nothing is missing or too much"],
  ],
  "checkpoint": [
    ["检查点签名", "登记簿的日志密钥签署了账簿到这一位置为止的全部内容"],
    ["Checkpoint", "The key of the log signed everything in the log up to this position"],
  ],
  "witnesses": [
    ["见证", "足够多的见证方看到的是同一本账簿"],
    ["Witnesses", "Enough witnesses saw this one log"],
  ],
  "older checkpoint": [
    ["与旧检查点一致", "您保留的旧检查点之前的内容没有被改写"],
    ["Older checkpoint", "Nothing before the checkpoint that you kept was rewritten"],
  ],
  "state entry": [
    ["状态账页", "到这一位置的最后一页, 写明了当时全部记录的校验值"],
    ["State entry", "The last entry up to this position fixes what every record was then"],
  ],
  "age": [
    ["时效", "这一状态不超过您所设的时长; 旧状态不能冒充新状态"],
    ["Age", "The state is no older than you allow; an old one cannot pass as new"],
  ],
  "auditors": [
    ["审计", "审计方重算过每一账页, 得到同一状态"],
    ["Auditors", "Auditors replayed every entry and found this state"],
  ],
  "state proofs": [
    ["状态证明", "所列每项记录, 或其不存在, 都属于这一状态"],
    ["State proofs", "Each record shown, or its absence, is that of this state"],
  ],
  "inclusion": [
    ["包含", "所列每一账页都在账簿之中"],
    ["Inclusion", "Each entry shown is in the log"],
  ],
  "genesis": [
    ["创世账页", "账簿的第一页: 登记机构、地区与改动规则所需的同意, 一经设立不再改变"],
    ["First entry", "How the log began: its registrar, its region, and who must agree to change the rules, fixed for ever"],
  ],
  "complete histories": [
    ["历史完整", "所列记录的经过没有遗漏任何账页"],
    ["Complete histories", "No entry of the histories shown is left out"],
  ],
  "touched records": [
    ["触及的记录", "每一账页只涉及它所说的记录"],
    ["Touched records", "Each entry concerns the records that it names, and no others"],
  ],
  "history gives state": [
    ["经过得出现状", "从头逐页推算, 得到的正是所列现状"],
    ["History gives state", "Followed entry by entry, the history gives exactly the state shown"],
  ],
  "signatures": [
    ["签名", "每项指令由当时有效的密钥签署"],
    ["Signatures", "Each command is signed by keys that were valid at the time"],
  ],
  "policies": [
    ["规则", "文件中的规则文本可以读取"],
    ["Policies", "The policy texts in the file can be read"],
  ],
  "authority": [
    ["权限与同意", "每项登记由有权者作出, 需同意者均已签署, 登记内容即所签内容"],
    ["Authority", "Each act was given by who may give it, with the consents it needs, and is what was signed"],
  ],
  "subject": [
    ["对象", "文件所说的正是这项权益、担保或标识"],
    ["Subject", "The file is about what it says"],
  ],
  "no over-commitment": [
    ["未超额", "在这一状态下, 同一部分没有被担保两次"],
    ["No over-commitment", "Nothing is pledged twice in this state"],
  ],
  "answer": [
    ["答复", "登记机构的答复与规则一致"],
    ["Answer", "What was answered is what the law says"],
  ],
  "certificate": [
    ["查询证明", "文件完整, 其陈述正是所附证据包所说的内容"],
    ["Certificate", "The file is whole, and its statement is what its evidence says"],
  ],
  "asked": [
    ["所问均有答", "所问的每一项都有同一检查点下的证据包作答, 且没有别的"],
    ["What was asked", "Each thing asked for is answered under one checkpoint, and nothing else is in the file"],
  ],
  "number and code": [
    ["编号与核验码", "编号、核验码、查询人、网页地址与出具时间只是登记机构的说法, 请凭核验码向其核对"],
    ["Number and code", "Number, code, reader, address and hour are the registry's word alone; ask it for the code"],
  ],
  "pages": [
    ["页面", "本程序不重新制作页面: 应以内附文件为准, 不以纸面文字为准"],
    ["Pages", "This program does not make the pages again: believe the file inside, not the pages"],
  ],
  "entry": [
    ["账页内容", "随附的账页正在所说的位置"],
    ["Entry", "The entry given beside the file says that it stands at this position"],
  ],
  "present": [
    ["现在是否有效", "证明文件只说明账页在账簿内; 是否仍然有效, 须看证据包"],
    ["Present state", "A proof file shows that an entry is in the log; whether it still holds, evidence shows"],
  ],
  "other checkpoint": [
    ["另一检查点", "同一密钥还签署了另一检查点"],
    ["Other checkpoint", "The same key signed another checkpoint too"],
  ],
  "contradiction": [
    ["相互矛盾", "两个检查点不属于同一本账簿"],
    ["Contradiction", "The two checkpoints cannot be of one log"],
  ],
  "complete history": [
    ["历史完整", "所列记录的经过没有遗漏, 与状态所载一致"],
    ["Complete history", "Nothing is left out of the history of the record, as the state fixes it"],
  ],
  "entry checkpoint": [
    ["账页的检查点", "账页在登记簿签署过的账簿之内"],
    ["Checkpoint of the entry", "The entry is in a tree that the log signed"],
  ],
  "omission": [
    ["隐瞒", "账页涉及该记录, 而完整经过中没有它"],
    ["Omission", "The entry concerns the record, and its complete history lacks it"],
  ],
  "open group": [
    ["未结组的检查点", "检查点的最后一页不是状态账页"],
    ["Open group", "The checkpoint ends in an entry that is no state entry"],
  ],
  "repetition": [
    ["重复决定", "同一指令被决定了两次"],
    ["Repetition", "One command was decided twice"],
  ],
  "replay": [
    ["重算", "决定是否合规须重算规则; 本页不重算, 请用登记系统的命令行程序"],
    ["Replay", "Whether the law makes another entry needs a replay; use the command line program of the register"],
  ],
  "law": [
    ["规则的每次适用", "每次登记决定是否合规, 由重算全部账簿的审计方担保; 文件本身不能证明"],
    ["The law at every step", "Whether each decision followed the law: on the word of auditors who replayed the whole log, since no file shows it"],
  ],
};

/// Why a check says nothing, by what the verifier gives as the reason.
export const REASONS = {
  "no witnesses": ["没有见证方联署; 账簿分叉只能靠您保留的旧检查点发现", "No witness cosigned; a fork shows only against an older checkpoint that you kept"],
  "no older checkpoint": ["未附旧检查点; 附上即可查账簿是否分叉", "No older checkpoint was given; with one, a fork would show"],
  "no time or limit": ["未设最长时效", "No limit of age was set"],
  "no auditors": ["信任文件中没有审计方", "The trust policy names no auditors"],
  "auditors did not cosign": ["信任文件中的审计方未及时联署", "The auditors of the trust policy did not cosign in time"],
  "later law": ["文件用到本程序尚不认识的规则版本", "The file uses a later law than this program knows"],
  "number and code": ["只有登记机构知道", "Only the registry knows"],
  "pages": ["本程序不制作页面", "This program makes no pages"],
  "signatures of a proof file": ["签署人的密钥不在证明文件内; 记录的证据包才有", "The keys of the signers are not in a proof file; evidence of a record has them"],
  "present state of a proof file": ["请索取该记录的证据包", "Ask for evidence of the record"],
  "unknown entry": ["这些内容在账簿内, 但不是本程序认识的账页", "These bytes are in the log, but are no entry that this program knows"],
  "replay": ["本页不重算规则", "This page does not replay the law"],
  "law": ["须由审计方或自行重算", "Auditors or one's own replay would show it"],
};

/// What an entry did, by the type of its command.
export const ACTS = {
  admit_party: ["登记主体", "party admitted"], add_key: ["增加密钥", "key added"], revoke_key: ["撤销密钥", "key revoked"],
  set_signing_policy: ["设定签署人数", "signing threshold set"], adopt_policy: ["采用规则", "policy adopted"],
  issue_right: ["核发", "right issued"], adjust_right: ["调整", "right adjusted"], revoke_right: ["撤销", "right revoked"],
  extend_right: ["延续", "right extended"], freeze: ["冻结", "frozen"], unfreeze: ["解除冻结", "unfrozen"],
  reserve: ["预登记", "reserved"], cancel_reservation: ["撤回预登记", "reservation cancelled"],
  register_pledge: ["登记担保", "pledge registered"], amend_pledge: ["变更担保", "pledge amended"],
  extend_pledge: ["展期", "pledge extended"], release_pledge: ["解除担保", "pledge released"],
  change_party: ["主体更名", "party renamed"], merge_parties: ["主体合并", "parties merged"], split_party: ["主体分立", "party split"],
  rotate_key: ["更换密钥", "key rotated"], set_signing_rules: ["设定签署规则", "signing rules set"],
  dispute_entries: ["对账页提出异议", "entries disputed"], resolve_dispute: ["异议处理", "dispute resolved"],
  recover_party: ["恢复密钥", "recovery begun"], veto_recovery: ["否决恢复", "recovery vetoed"],
  complete_recovery: ["完成恢复", "recovery completed"], rotate_log_key: ["更换日志密钥", "log key rotated"],
  change_rank: ["变更顺位", "ranks changed"], substitute_collateral: ["置换担保物", "collateral substituted"],
  assign_pledge: ["担保转让", "pledge assigned"], determine_claim: ["债权确定", "claim determined"],
  record_disposal: ["登记处置", "disposal recorded"], object: ["异议登记", "objection"],
  withdraw_objection: ["撤回异议", "objection withdrawn"], register_guarantee: ["登记保证", "guarantee registered"],
  register_buyout_commitment: ["登记收购承诺", "buyout commitment registered"],
  record_verification: ["记录担保机构的核验", "verification recorded"],
  record_external_registration: ["记录外部登记", "external registration recorded"],
  surrender_right: ["清缴注销", "units surrendered"], correct_right: ["更正", "right corrected"],
  transfer_right: ["转移", "right transferred"], convert_right: ["转换", "right converted"],
  change_freeze: ["变更冻结", "freeze changed"], execute_freeze: ["执行冻结", "freeze executed"], erase: ["抹除隐藏值", "hidden values erased"],
};

const WORDS = {
  title: ["核验", "Verify"],
  lead: [
    "核验全部在本页内进行: 文件不会离开您的电脑, 断网也可使用。",
    "Everything is checked inside this page: no file leaves your computer, and it works with the network off.",
  ],
  fileLabel: ["证据包或查询证明 (JSON 或 PDF)", "Evidence file or certificate (JSON or PDF)"],
  fileHint: ["把文件拖到这里, 或点击选择。", "Drop the file here, or choose it."],
  trustLabel: ["信任文件", "Trust policy"],
  trustHint: [
    "信任不能来自登记系统本身: 请使用当面取得的信任文件 (如 trust.policy)。没有时可先不附: 选好文件之后, 把页面列出的「日志密钥指纹」与纸上的对照。",
    "Trust cannot come from the registry itself: use the trust policy that you were handed in person (such as trust.policy). Without one, choose the file, and compare the “Fingerprint of the log's key” that the page then shows with the one on paper.",
  ],
  oldLabel: ["您保留的旧检查点 (可不附)", "An older checkpoint that you kept (optional)"],
  entryLabel: ["证明文件所指的账页", "The entry that the proof file is about"],
  ageLabel: ["最多接受多旧的状态", "Greatest age of the state"],
  ages: [
    ["不限, 只告诉我", "no limit, just tell me"], ["10 分钟", "10 minutes"], ["1 小时", "1 hour"], ["1 天", "1 day"], ["7 天", "7 days"],
  ],
  chosen: ["已选", "chosen"],
  working: ["正在核验", "Checking"],
  fingerprint: ["日志密钥指纹", "Fingerprint of the log's key"],
  fingerprintFile: [
    "您没有附信任文件, 以下结论假定文件自己所载的密钥是真的。请把指纹与登记机构当面交给您的纸上所印逐组对照。",
    "You gave no trust policy, so what follows supposes that the key named by the file itself is true. Compare the fingerprint, group by group, with the paper that the registry handed you.",
  ],
  compared: ["我已对照, 与纸上的指纹一致", "I compared it: it is the fingerprint on paper"],
  fails: ["不可采信", "Do not rely on this file"],
  failsWhy: ["一项不成立。文件中的任何内容都不应采用。", "does not hold. Nothing in the file may be relied on."],
  tooOld: ["文件太旧, 不说明现状", "This file is too old to say what holds now"],
  tooOldWhy: [
    "「时效」一项不成立; 其后的核验项没有进行。其间可能有新的登记。",
    "“Age” does not hold, and the checks behind it were not made. Something may have been registered since.",
  ],
  nextTitle: ["下一步", "Next"],
  nextOfFailure: {
    "format": [
      "从登记簿的网页重新下载这份文件, 不要用其他程序打开后另存, 再核验一次。",
      "Download the file again from the pages of the register, without saving it from another program, and check it once more.",
    ],
    "checkpoint": [
      "核对信任文件是否就是这家登记机构当面交给您的一份。若是, 则这份文件不是它签署的: 不要采用, 并告知登记机构。",
      "Make sure that the trust policy is the one that this register handed you. If it is, the register did not sign this file: do not use it, and tell the registrar.",
    ],
    "witnesses": [
      "过几分钟从登记簿重新下载再核验: 新的账页须等见证方联署。仍不成立的, 请登记机构说明。",
      "Download it again in a few minutes, since new entries wait for their witnesses. If it still fails, ask the registrar why.",
    ],
    "older checkpoint": [
      "先确认旧检查点出自同一登记簿, 且不晚于文件。若是, 账簿可能被改写或有两个版本: 保留两份文件, 告知监管部门与其他成员。",
      "Make sure that the older checkpoint is of the same register and not later than the file. If so, the log may have been rewritten or forked: keep both, and tell the authority and other members.",
    ],
    "age": [
      "向登记簿取一份新的证据包, 再核验一次。",
      "Fetch new evidence of the same record from the register, and check that.",
    ],
  },
  nextOfAny: [
    "不要据此放款或提供担保。按同一登记号从登记簿的网页另取一份再核验; 仍不成立的, 保留文件, 告知登记机构与监管部门。",
    "Do not lend or guarantee on it. Fetch the same record again from the pages of the register and check that; if it fails too, keep the files, and tell the registrar and the authority.",
  ],
  nextOfGood: [
    "其后登记的不在本文件内: 签约或放款当日, 请另取一份再核验。",
    "What was registered later is not in this file: fetch it again on the day you sign or pay out.",
  ],
  formatWhy: [
    "这不是完整的证据包或查询证明: 可能选错了文件, 文件被截断, 或被改动。",
    "This is no whole evidence file or certificate: another file was chosen, or it was cut off or changed.",
  ],
  pagesOpen: [
    "本结论只针对 PDF 内附的文件: 本页没有核对印在 PDF 页面上的文字, 这些文字可能被改动。请以下方列出的内容为准, 不以 PDF 页面为准。",
    "This verdict is of the file inside the PDF. What is printed on the pages of the PDF was not checked here and may have been changed: believe what is listed below, not the pages.",
  ],
  clock: [
    "这台电脑的时钟早于文件所载的时间, 因此没有判断文件的新旧; 请核对时钟。此刻时钟: ",
    "The clock of this computer is earlier than the time in the file, so how old the file is was not judged. Check the clock, which says ",
  ],
  unknown: ["无结论", "No verdict"],
  unknownWhy: [
    "没有一项不成立, 但文件用到本程序不判断的规则; 请用登记系统的命令行程序核验。",
    "No check fails, but the file rests on rules that this program does not judge. Use the command line program of the register.",
  ],
  supposed: ["待对照指纹", "Compare the fingerprint first"],
  recorded: ["已记载", "Recorded"], notThere: ["未见记录, 已由账簿证明", "Nothing is recorded, as the log proves"],
  attachment: ["附件已记载, 页面上的文字未核对", "Recorded in the attached file; the words on the pages were not compared"],
  current: ["现行且完整", "Current and complete"],
  recordedWhy: [
    "日志密钥签署的账簿中确有下列账页, 由它们得出下列状态。",
    "The log signed by this key has these entries, and they give the state below.",
  ],
  currentWhy: [
    "并且见证方与审计方在当时看到同一状态, 其时效在您所设范围之内。",
    "Also, witnesses and auditors saw this state at its time, and it is within the age that you set.",
  ],
  asOf: ["截至", "as of"], position: ["位置", "position"], origin: ["登记簿", "Register"], root: ["根", "Root"],
  ageTold: ["距核验时 {age}", "{age} before this check"], checks: ["逐项核验", "The checks"], check: ["核验项", "Check"], outcome: ["结果", "Result"],
  meaning: ["含义", "What it establishes"],
  detail: ["技术细节", "Technical detail"],
  stopped: ["一项不成立, 其后的核验项不再进行。", "One check fails, so those behind it are not made."],
  pass: ["通过", "pass"], fail: ["不成立", "fails"], notCovered: ["不涉及", "not covered"],
  facts: ["记载", "What the file shows"], burdens: ["负担", "Burdens"], history: ["经过", "History"],
  right: ["权益", "Right"], pledge: ["担保登记", "Pledge"], absent: ["标识", "Identity"],
  absence: ["本登记系统内未见以此为标识的记录", "No record with this identity is found in this register"],
  holder: ["持有人", "Holder"], issuer: ["核发机关", "Issuer"], kind: ["种类", "Kind"], identities: ["权证标识", "Identities"],
  validity: ["有效期", "Valid"], quantity: ["数量", "Quantity"], free: ["未登记负担", "Not encumbered in this register"],
  noBurden: [
    "本登记系统内未见负担。这不等于「无担保」: 系统外的担保本系统不知道。",
    "No burden is found in this register. That is not “free of encumbrance”: what is registered elsewhere is not known here.",
  ],
  id: ["登记号", "Record"], party: ["权利人", "In favor of"], extent: ["数量与期间", "Extent"], status: ["状态", "Status"],
  whole: ["全部", "all of it"], pledgee: ["担保权人", "Pledgee"], pledgor: ["出质人 / 抵押人", "Pledgor"], debtor: ["债务人", "Debtor"],
  form: ["担保方式", "Form"], term: ["债务履行期", "Term"], lines: ["担保物", "Collateral"], released: ["已注销", "released"],
  forms: [{}, { "质押": "质押 (pledge)", "抵押": "抵押 (mortgage)" }],
  objections: ["未决异议", "Standing objections"], finding: ["校验结论", "Finding"],
  lapsed: ["期限届满失效", "lapsed with the term"], lapses: ["期限届满失效日", "lapses on"],
  registered: ["在登", "registered"], reserved: ["预登记", "reservation"], frozen: ["冻结", "freeze"], expired: ["已失效", "expired"],
  hanging: ["悬空 (其下已无权益)", "overhang, with no right beneath it"],
  reached: ["后来的冻结所及 (登记在冻结之前)", "reached by a later freeze, before which it is registered"],
  linesOpen: ["在登 {open} 项 (共 {all} 项)", "{open} of {all} lines open"],
  linesEnded: ["均不再在登: {released} 项已注销, {lapsed} 项随债务期限届满失效", "no line is open: {released} released, {lapsed} lapsed with the term"],
  through: ["至", "through"], until: ["至", "until"], then: ["此后", "then"], inclusive: ["(含)", "(inclusive)"],
  revoked: ["撤销起始日", "Revoked from"], succeededBy: ["已由其承继", "Succeeded by"], ended: ["已终止", "ended"],
  certificate: ["查询证明", "Search certificate"], number: ["编号", "Number"], code: ["核验码", "Verification code"],
  issued: ["出具时间", "Issued"], reader: ["查询人", "Reader"], purpose: ["用途", "Purpose"],
  provisional: ["临时", "Provisional"], site: ["网页地址 (登记机构自述)", "Its pages, as the registry states"],
  provisionalWhy: [
    "出具时尚无足够见证方联署, 账簿可能给别人看另一种历史。", "No quorum of witnesses had cosigned yet: the log may show others another history.",
  ],
  paperLabel: ["纸上的核验码, 或扫描二维码所得的文字", "The code on the paper, or the text of its QR code"],
  paperSame: ["与本文件一致", "That is the code of this file"],
  paperOther: ["与本文件不一致: 纸面与文件不是同一份证明", "That is not of this file: paper and file are two certificates"],
  paperNone: ["不是核验码: 十六个字符, 末位是校验位", "This is no code: sixteen characters, of which the last is a check character"],
  registryWord: [
    "编号、核验码、查询人、网页地址与出具时间是登记机构的说法, 本文件不能证明。", "Number, code, reader, address and hour are the registry's word; the file does not prove them.",
  ],
  fraudProven: ["造假成立: 该日志密钥签署了相互矛盾的内容", "Fraud is proven: the key of the log signed what cannot both be true"],
  fraudProvenWhy: ["请保留此文件, 并向其他成员与监管部门出示。", "Keep this file, and show it to other members and to the authority."],
  fraudOpen: ["本页不能判断: 须重算规则", "Not judged here: the law must be replayed"],
  fraudNone: ["造假未获证明", "No fraud is proven"],
  inLog: ["该账页在账簿内", "The entry is in the log"],
  order: ["文号", "order"], limit: ["限额", "limit"], waits: ["轮候", "waits"], inForce: ["生效", "in force"],
  executed: ["已执行", "executed"], yuan: ["元", "yuan"], units: [{ mu: "亩" }, {}],
  attested: ["由申请人证明其同意, 本人未签署", "consent attested by the giver; did not sign"],
  paper: ["书面", "paper"], video: ["录像", "video"],
  none: ["无", "none"], entry: ["账页", "entry"], signedBy: ["签署", "signed by"], person: ["人员代号", "person"], maker: ["经办", "maker"], checker: ["复核", "checker"],
  cosigners: ["联署", "Cosigned by"], question: ["所问", "Question"], asked: ["所问的担保", "The pledge that was asked about"], admissible: ["可以登记", "Admissible"],
  inadmissible: ["不可登记", "Not admissible"], findings: ["理由", "Findings"], atMost: ["最多", "At most"],
  silent: ["本文件不能证明", "What this file does not prove"],
  silences: [
    [
      "登记系统以外的权益与担保。「未登记负担」不等于「无担保」。",
      "每次登记决定当时都符合规则: 须由审计方确认, 或自行重算全部账簿。",
      "没有另一本账簿给别人看: 须有见证方, 或与他人对照检查点。",
      "所列状态之后发生的事; 登记时间与真实时间一致。",
      "账页背后的文书真实; 名称对应真实的人; 配额、排放量、土地真实存在。",
    ],
    [
      "Rights and pledges outside this register. “Not encumbered here” is not “free of encumbrance”.",
      "That each decision followed the law at its time: auditors, or one's own replay of the whole log, would show it.",
      "That no other version of the log is shown to others: witnesses would, or comparing checkpoints with others.",
      "What happened after this state, and that registry time is true time.",
      "That the documents behind the entries are genuine, that names belong to persons, that the allowance, discharge or ground is real.",
    ],
  ],
  historiesCut: [
    "经过未列全: 另有 {pledges} 项担保登记共 {entries} 页未列, 请按登记号另取其证据包。",
    "The list is cut: {entries} entries of {pledges} pledges are left out; ask for the evidence of each by its id.",
  ],
  recordTitle: ["核验记录", "Record of this check"], recordSubject: ["对象", "About"], recordFile: ["所核验的文件", "File checked"],
  recordNoTrust: ["未附信任文件, 密钥未对照", "no trust policy, key not compared"], recordOld: ["旧检查点", "Older checkpoint"],
  recordCompared: ["未附信任文件, 密钥指纹已与纸上对照", "no trust policy, key compared with paper"],
  recordPosition: ["检查点位置", "Checkpoint at position"], recordStateTime: ["状态时间 (登记系统时钟)", "State as of (the register's clock)"],
  recordCheckedAt: ["核验时间 (本机时钟)", "Checked at (this computer's clock)"],
  technical: ["以下为英文", "in English"],
  offline: ["下载可离线使用的本页", "Download this page for use offline"],
  offlineHint: [
    "一个文件, 保存后断网打开即可; 其指纹可与他人对照。",
    "One file: save it and open it with the network off. Compare its fingerprint with others.",
  ],
  noEvidence: ["这不是证据文件、查询证明或证明文件, 可能选错了文件: 请选择从登记簿下载的文件 (.json、.pdf 或 .tlog-proof)", "This is no evidence file, certificate or proof file; perhaps another file was meant: choose one that was downloaded from a register (.json, .pdf or .tlog-proof)"],
  trustUnread: ["还没有核验: 信任文件用不上", "Nothing was checked yet: the trust policy cannot be used"],
  trustNext: [
    "请选择登记机构当面交给您的信任文件 (如 trust.policy); 内容有误的, 请向登记机构重新索取。",
    "Choose the trust policy that the registrar handed you (such as trust.policy); if something is wrong in it, ask the registrar for it again.",
  ],
  cannotRead: ["读不了这个文件", "This file cannot be read"],
  other: ["English", "中文"],
};

/// The words of a language: 0 Chinese, 1 English.
export function wordsOf(language) {
  return Object.fromEntries(Object.entries(WORDS).map(([name, both]) => [
    name, name === "ages" ? both.map((pair) => pair[language]) : Array.isArray(both) ? both[language] : sameOf(both, language),
  ]));
}

/// Words that have names of their own.
function sameOf(words, language) {
  return Object.fromEntries(Object.entries(words).map(([name, both]) => [name, both[language]]));
}
