//! The words of the signing page, Chinese and English side by side.

const WORDS = {
  draftHead: ["指令", "The command"],
  draftLabel: ["草稿文件", "Draft file"],
  draftHint: ["经办人交来的草稿; 也可以拖到这里", "The draft that the maker handed over; it may be dropped here"],
  pasteLabel: ["或粘贴草稿全文", "Or paste the text of a draft"],
  pasteButton: ["读取", "Read it"],
  hiddenHead: ["只以摘要入账的内容", "Values that enter the log as digests only"],
  hiddenHint: ["只有当事人和监管方能看到原文; 不填则不登记。", "Only the parties and supervisors can read them; leave empty to register none."],
  signersHead: ["签署人", "Signers"],
  checkersLabel: ["复核人数", "Checkers"],
  daysLabel: ["有效期", "Valid for"],
  day: ["天", "days"],
  make: ["生成指令", "Make the command"],
  shownHead: ["将要签署的内容", "What will be signed"],
  shownHint: ["以下全文与被签署的字节逐字一致。", "This text is, byte for byte, what is signed."],
  payloadLabel: ["指令全文", "The whole command"],
  type: ["事项", "Act"],
  giver: ["发令方", "Given by"],
  expires: ["有效至", "Valid until"],
  signatures: ["签名", "Signatures"],
  signed: ["已签", "signed"],
  toSign: ["待签", "to sign"],
  maker: ["经办", "maker"],
  checker: ["复核", "checker"],
  hiddenValue: ["原文 (仅摘要入账)", "Value (only its digest enters the log)"],
  keyHead: ["签署", "Sign"],
  keyHint: ["密钥只在本浏览器或您的密钥文件里, 不会上传。", "The key stays in this browser or in your key file; it is never sent."],
  keyWhich: ["用哪把密钥", "Which key"],
  keyFile: ["密钥文件", "A key file"],
  keyFileLabel: ["密钥文件 (PEM)", "Key file (PEM)"],
  passphrase: ["口令", "Passphrase"],
  keepKey: ["存入本浏览器 (存后无法读出)", "Keep it in this browser (it cannot be read out again)"],
  roleLabel: ["以何身份", "Sign as"],
  signButton: ["签署", "Sign"],
  working: ["正在签署…", "Signing…"],
  handHead: ["下一步", "Next"],
  handOn: ["还有人未签。请把草稿交给下一位签署人: 下载文件, 或复制全文。", "Others are still to sign. Hand the draft to the next one: download the file, or copy its text."],
  complete: ["签名齐全, 可以提交。", "All have signed. It can be submitted."],
  download: ["下载草稿", "Download the draft"],
  draftText: ["草稿全文", "The text of the draft"],
  submit: ["提交登记", "Submit"],
  submitting: ["正在提交…", "Submitting…"],
  accepted: ["已登记", "Registered"],
  refused: ["未登记", "Not registered"],
  atMost: ["最多可以", "At most"],
  entry: ["账页", "Entry"],
  receipt: ["下载回执", "Download the receipt"],
  seeRecord: ["查看登记", "See the record"],
  unreachable: ["登记系统没有应答; 草稿仍在, 可以再次提交。", "The register gives no answer. The draft is kept; submit it again."],
  otherRegister: ["这份指令是给另一登记系统的, 不能在此签署。", "This command is meant for another register and cannot be signed here."],
  expired: ["这份指令已过有效期, 请重新生成。", "This command is no longer valid; make it anew."],
  unreadable: ["读不懂这份草稿", "This draft cannot be read"],
  keysHead: ["本浏览器的密钥", "Keys of this browser"],
  keysNone: ["尚无密钥。", "There is no key yet."],
  keysCannot: ["本浏览器不能安全保存密钥 (需要 https 或本机访问); 请用密钥文件。", "This browser cannot keep keys safely (it needs https or this machine's own address); use a key file."],
  keyNameLabel: ["经办人代号", "Pseudonym of the person"],
  makeKey: ["生成新密钥", "Make a new key"],
  forget: ["删除", "Forget"],
  kid: ["密钥编号", "Key id"],
  publicKey: ["公钥", "Public key"],
  proof: ["持有证明 (交给本单位登记密钥的人)", "Proof of possession (for whoever registers the key for your institution)"],
  other: ["其他", "other"],
};

const FAULTS = {
  no_pem: ["这不是密钥文件 (应以 -----BEGIN 开头)", "This is not a key file (it begins with -----BEGIN)"],
  other_label: ["文件里不是私钥", "The file does not hold a private key"],
  damaged: ["密钥文件已损坏, 请用备份", "The key file is damaged; use its backup"],
  not_ed25519: ["不是 Ed25519 密钥", "It is not an Ed25519 key"],
  passphrase_missing: ["文件已加密, 请输入口令", "The file is encrypted; type its passphrase"],
  passphrase_wrong: ["口令不对, 或文件已损坏", "The passphrase is wrong, or the file is damaged"],
  other_encryption: ["不支持这种加密方式", "This kind of encryption is not supported"],
  has_signed: ["这把密钥已经签过; 须由另一人用另一把密钥签署", "This key has signed already; another person signs with another key"],
  no_further: ["这一身份已经签齐, 请换另一身份", "No further signature is asked for in this part; choose the other"],
  no_key: ["请选择密钥", "Choose a key"],
};

/// What the acts are called that a page of the register prepares; others are named by their type.
const ACTS = {
  register_pledge: ["登记担保", "Register a pledge"],
  release_pledge: ["注销担保", "Release a pledge"],
  amend_pledge: ["变更担保", "Amend a pledge"],
  extend_pledge: ["延长担保", "Extend a pledge"],
  assign_pledge: ["转移担保", "Assign a pledge"],
  reserve: ["预告登记", "Reserve"],
  issue_right: ["登记权益", "Register a right"],
  adjust_right: ["调整权益", "Adjust a right"],
  freeze: ["冻结", "Freeze"],
  unfreeze: ["解除冻结", "Lift a freeze"],
};

const HIDDEN = {
  contract_no: ["合同编号", "Contract number"],
  principal_cny: ["主债权 (元)", "Principal (CNY)"],
};

function pick(pair, language, otherwise) {
  return pair === undefined ? otherwise : pair[language];
}

export function wordsOf(language) {
  const words = Object.fromEntries(Object.entries(WORDS).map(([name, pair]) => [name, pair[language]]));
  return {
    ...words,
    act: (type) => pick(ACTS[type], language, type),
    hidden: (name) => pick(HIDDEN[name], language, name),
    fault: (reason) => pick(FAULTS[reason], language, reason),
  };
}
