//! Examples of 1xxx: parties and their codes.

examples! {
    1001 "door" "party typo roles:holder code:91500113MA5U0K7Q5"
        "登记企业时填 91500113MA5U0K7Q5: 只有 17 位, 应为 18 位, 入口即拒绝, 不入账。"
        "A firm is to be admitted with the code 91500113MA5U0K7Q5: 17 characters instead of 18. It is refused at the door, and nothing is written.";
    1002 "door" "party typo roles:holder code:91500113MA5U0K7Q57"
        "登记企业时填 91500113MA5U0K7Q57: 按前 17 位推算, 末位应为 6, 入口即拒绝。"
        "A firm is to be admitted with the code 91500113MA5U0K7Q57: after those first 17 characters the last must be 6. It is refused at the door.";
    1003 "parties_and_keys" "party old-firm roles:holder code:91500113MA5U0K7Q7C"
        "老企业的代码 91500113MA5U0K7Q7C 自身校验无误, 其中组织机构代码的校验位不符: 照常登记, 附此提示。"
        "The code of an old firm, 91500113MA5U0K7Q7C, is right as a whole, and the check digit inside it is not: the firm is admitted, with this note.";
    1004 "door" "party p1 roles:holder person number:500113198001010018"
        "登记农户时, 身份证号末位应为 9, 录成了 8: 封存之前即被拒绝, 号码不进入账本。"
        "A farmer is to be admitted, and the last digit of the identity number is typed 8 instead of 9: it is refused before it is sealed, and the number is in no entry.";
    1005 "parties_and_keys" "pledge P1 right:R1 10t/a 2027-01-01..2028-01-01 by:bank-b debtor:?"
        "乙行登记质押 10 t/a, 所列债务人没有在本系统登记: 拒绝; 登记机构先登记该债务人, 再提交。"
        "Bank B registers a pledge of 10 t/a and names a debtor whom the register does not know: refused, until the registrar has admitted the debtor.";
    1006 "right_states" "noticed E5 kind:emission holder:heir permit:mill/005P pollutant:TP 10t/a codes:1006"
        "总磷 10 t/a 的排污权核发给新公司, 许可证编号却以造纸厂的信用代码开头, 而登记簿中新公司并未承继造纸厂: 照常登记, 附此提示。登记两者的合并之后不再提示。"
        "A right to 10 t/a of phosphorus is issued to a new firm, with a permit number that begins with the code of the mill, which the new firm is not recorded to succeed: it is registered, with this note. Once their merger is recorded the note is gone.";
    1008 "parties_and_keys" "pledge P1 right:R1 10t/a 2027-01-01..2028-01-01 by:outsider"
        "一家普通企业以自己为质权人登记 10 t/a: 拒绝; 排污权的规则只许银行和担保机构作质权人。"
        "A firm that is neither bank nor guarantor registers 10 t/a in its own favor: refused; the policy of discharge rights lets banks and guarantors take pledges.";
    1010 "parties_and_keys" "party mill-twice roles:holder code:91500113MA5U0K7Q56 keys:none"
        "代码 91500113MA5U0K7Q56 已登记, 又以同一代码登记另一名称: 拒绝。"
        "A firm with the code 91500113MA5U0K7Q56 is registered, and the same code comes once more under another name: refused.";
    1011 "s02_merger" "pledge P5 right:R2 1t/a 2030-06-01..2030-07-01 by:bank-a of:p1 sign:bank-a.maker,p5.maker"
        "甲厂已并入新公司, 其后甲行仍以甲厂为出质人登记 1 t/a: 拒绝, 结论列出新公司; 改以新公司出质即可。"
        "A plant was merged into a new firm, and bank A still names the plant as pledgor of 1 t/a: refused, and the new firm is named, which may pledge instead.";
    1012 "s02_merger" "merge p5 with:bank-a"
        "要求把银行并入一家企业: 拒绝; 企业没有银行的身份, 银行的登记会无人可办。"
        "A bank is to be merged into a firm: refused; the firm has not the role of a bank, so nobody could act on the bank's pledges.";
    1013 "erasure" "erase P1 claims:phone"
        "要求删除一项质押中隐藏的电话号码, 而该登记只隐藏了合同编号和本金: 拒绝, 结论列出不存在的名称。"
        "The hidden telephone number of a pledge is to be erased, which hides nothing but the number of its contract and its principal: refused, naming what is not there.";
}
