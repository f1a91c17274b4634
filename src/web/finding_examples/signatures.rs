//! Examples of 5xxx: authority and signatures.

examples! {
    5002 "s08_wrong_bank" "release P1 sign:bank-a.former,bank-a.checker made:2026-12-01T02:00:01Z lives:7d"
        "甲行已吊销离职者的密钥; 次日收到以该密钥签署的注销, 签署日期倒填为 2026-12-01: 拒绝, 以账本位置为准。"
        "Bank A has revoked the key of somebody who left. A day later a release arrives that this key signed, dated back to 2026-12-01: refused; the position in the log decides.";
    5003 "parties_and_keys" "party friend roles:holder by:bank-a"
        "甲行要登记一家新企业: 拒绝; 主体只由登记机构登记。"
        "Bank A wants to admit a new firm: refused; the registrar alone does.";
    5004 "s08_wrong_bank" "release P1 sign:bank-a.maker,bank-a.second"
        "甲行规定两人签署; 注销由经办签署, 复核用的是同一人的第二把密钥: 拒绝, 须由另一人复核。"
        "Bank A signs with two persons. A release is signed by the maker, and once more with a second key of the same person: refused; somebody else must check.";
    5005 "s08_wrong_bank" "release P1 by:bank-b"
        "甲行登记的质押 80 t/a, 乙行要求注销: 拒绝, 质押仍在; 这次尝试入账, 并告知甲行。"
        "Bank B wants to release 80 t/a that are pledged to bank A: refused, and the pledge stands. The attempt is an entry of the log, and bank A is told.";
    5007 "s08_wrong_bank" "pledge P2 right:R1 40t/a 2027-01-01..2028-01-01 by:bank-b sign:bank-b.maker"
        "乙行登记质押 40 t/a, 只有乙行签署: 拒绝, 缺出质人造纸厂的签名; 把草稿交造纸厂签署后再提交。"
        "Bank B registers 40 t/a with its own signature alone: refused; that of the pledgor, the mill, is missing, and the draft goes to it.";
    5008 "parties_and_keys" "pledge P1 right:R1 10t/a 2027-01-01..2028-01-01 by:bank-b of:outsider"
        "造纸厂持有的排污权, 乙行登记质押 10 t/a 时把出质人填成另一家企业: 拒绝。"
        "The mill holds a right, and bank B registers 10 t/a of it with another firm as pledgor: refused.";
    5009 "s08_wrong_bank" "release P1 sign:bank-a.maker"
        "甲行规定经办与复核共 2 人签署, 注销只有经办 1 人签署: 拒绝, 请加复核。"
        "Bank A signs with 2 persons, maker and checker, and a release has 1 signature, the maker's: refused, until a checker has signed.";
    5010 "parties_and_keys" "key add bank-a deputy proof:wrong"
        "甲行为副手添加密钥, 所附证明不是该密钥的签名: 拒绝; 请用该密钥重做证明。"
        "Bank A adds a key of a deputy, and the proof beside it was not made with that key: refused; the proof is made again with it.";
    5011 "parties_and_keys" "party hasty roles:authority duties:emission threshold:1"
        "登记一家核发机关, 签署人数填为 1: 拒绝; 核发机关至少 2 人签署。"
        "An issuing bureau is to be admitted that signs with 1 person: refused; issuers sign with 2 at least.";
    5012 "parties_and_keys" "key add bank-a deputy from:bank-b.maker"
        "甲行要添加的公钥已属乙行: 拒绝; 一把公钥永远只属于一个主体。"
        "Bank A wants to add a public key that belongs to bank B: refused; a key has one owner for ever.";
    5013 "parties_and_keys" "key revoke bank-a deputy from:bank-b.maker"
        "甲行要吊销的公钥是乙行的: 拒绝; 只能吊销自己有效的密钥。"
        "Bank A wants to revoke a key that is bank B's: refused; a party revokes valid keys of its own.";
    5014 "policies" "policy emission set:version=3;pledgee_roles=[\"bank\"] by:bureau"
        "创世条目规定规则变更须一局一行同意, 只有生态环境局签署: 拒绝; 再经一家银行同意即可。"
        "A change of rules needs one bureau and one bank, as the genesis entry says. The bureau alone has signed: refused, until a bank consents.";
    5015 "policies" "policy emission set:version=3;scale=3 with:bank-a"
        "已有权益登记的排污权, 规则第 3 版要把小数位数改为 3: 拒绝; 在用种类的单位与精度不得改动。"
        "Version 3 of the policy of discharge rights sets the scale to 3, and there are rights of the kind: refused; the unit and scale of a kind in use stay.";
    5016 "keys_over_time" "release P1 sign:bank-a.checker,bank-a.maker-2,bank-a.deputy"
        "甲行限定某密钥只用于复核, 注销却由它经办: 拒绝; 请由可经办的密钥先签。"
        "Bank A lets a key check and not make, and a release has it as its maker: refused; a key that may make signs first.";
    5017 "key_recovery" "release P1"
        "甲行正在恢复密钥, 72 小时的等待期未满, 要求注销质押 80 t/a: 拒绝; 期满或否决之后再办。"
        "Bank A is recovering its keys, and the 72 hours are not over, when its pledge of 80 t/a is to be released: refused, until the recovery is completed or vetoed.";
    5018 "key_recovery" "complete bank-a"
        "要求完成甲行的密钥恢复, 而 72 小时未满: 拒绝。"
        "The recovery of bank A's keys is to be completed before its 72 hours are over: refused.";
    5019 "keys_over_time" "rotate bank-a old:checker new:maker-2 person:maker"
        "甲行以新密钥替换复核的密钥, 而被替换的密钥没有签署: 拒绝; 旧密钥遗失的, 添加新密钥并吊销旧的。"
        "Bank A replaces the checker's key, which has not signed the change: refused. Where it is lost, a new key is added and the old one revoked.";
    5020 "key_disputes" "dispute bank-a key:former since:P1"
        "甲行声明某密钥所签并非其意, 而该密钥仍然有效: 拒绝; 先吊销, 再声明。"
        "Bank A disowns what a key has signed, and the key is valid still: refused; it is revoked first.";
    5021 "log_key" "successor log overlap:72 of:bank-a,bureau"
        "日志密钥已在更替, 两把密钥共同签署 72 小时; 其间又提出第三把: 拒绝。"
        "The log is changing its key, and two keys sign for 72 hours. A third is named meanwhile: refused.";
    5022 "attested_consents" "pledge P2 right:R2 form:mortgage by:bank-a sign:bank-a.maker attest:mill=paper"
        "造纸厂自己持有密钥, 甲行却以书面声明代其同意抵押: 拒绝; 请把草稿交造纸厂签署。"
        "The mill holds keys of its own, and bank A attests its consent to a mortgage on paper: refused; the draft goes to the mill for its signature.";
}
