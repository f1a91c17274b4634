//! Examples of 6xxx: pledges, claims and ranks.

examples! {
    6001 "kind_mining" "pledge P3 right:K1 form:mortgage cap:1000000 behind:P2 by:bank-b"
        "采矿权已抵押给甲行, 乙行要求以限额 1,000,000 元列于其后: 拒绝; 采矿权的规则不开放后顺位。"
        "A mining right is mortgaged to bank A, and bank B wants to stand behind it for 1,000,000 yuan: refused; the policy of mining rights opens no second rank.";
    6002 "s12_second_rank" "rerank F1 from:P1,P2,P3 to:P2,P1,P3 by:bank-b"
        "乙行要与甲行互换第 1、第 2 顺位, 甲行没有签署: 拒绝; 顺位变差者须同意。"
        "Bank B wants to change ranks 1 and 2 with bank A, which has not signed: refused; whose rank gets worse consents.";
    6004 "s08_wrong_bank" "release P1"
        "甲行已注销质押, 又注销一次: 拒绝, 不必再办。"
        "Bank A has released its pledge, and releases it once more: refused, and nothing is left to do.";
    6005 "s08_wrong_bank" "release ? by:bank-a"
        "甲行要求注销的登记号在登记簿中没有: 拒绝, 请核对登记号。"
        "Bank A wants to release a pledge whose number is not in the register: refused; the number should be compared.";
    6006 "s13_maximum_amount" "assign P1 to:bank-b part:1000000"
        "最高额质押限额 5,000,000 元, 债权尚未确定, 甲行要把其中 1,000,000 元转让给乙行: 拒绝 (民法典 421)。确定之后即可。"
        "A pledge secures up to 5,000,000 yuan, its claims are not determined, and bank A assigns 1,000,000 yuan of them to bank B: refused (Civil Code 421), until they are determined.";
    6007 "s08_wrong_bank" "release P1 expect:7"
        "甲行按第 7 版的记录签署了注销, 而现在不是第 7 版: 拒绝; 请重新查看再签。"
        "Bank A signs a release of what it read as version 7, and the record is not at version 7: refused; it is read again before it is signed.";
    6008 "reservations" "pledge P1 right:R1 60t/a 2027-01-01..2030-01-01 by:bank-b reservation:V1"
        "甲行预登记了 60 t/a, 乙行要以该预登记登记自己的质押 60 t/a: 拒绝; 预登记只能由同一担保权人承接。"
        "Bank A has reserved 60 t/a, and bank B wants to register 60 t/a on that reservation: refused; it is for the one who made it.";
    6009 "s12_second_rank" "pledge P3 right:F1 behind:P1 by:bank-c of:mill form:mortgage cap:500000 with:bank-a"
        "林地已有甲行第 1 顺位、乙行第 2 顺位; 丙行以限额 500,000 元登记, 只写列于甲行之后: 拒绝, 须把乙行也列上。"
        "Forest is mortgaged to bank A at rank 1 and bank B at rank 2. Bank C registers 500,000 yuan behind bank A alone: refused; bank B is to be named too.";
    6010 "s12_second_rank" "check pledge P4 right:F1 behind:P1 by:bank-b form:mortgage cap:1"
        "甲行的抵押已注销, 乙行仍要列于其后: 拒绝; 请看权益页上现有的登记。"
        "Bank A's mortgage has been released, and bank B wants to stand behind it: refused; the page of the right shows which lines there are.";
    6011 "s18_dual_registration" "external P1 register:exchange number:T-24 status:registered checked:2028-03-02"
        "一项质押已记载 16 条外部登记, 再记载编号 T-24: 拒绝; 更新原有编号的记载即可。"
        "A pledge has notes of 16 registrations elsewhere, and another is to be noted under the number T-24: refused; an old number can be brought up to date.";
    6012 "s13_maximum_amount" "pledge P1 right:R1 80t/a 2027-01-01..2029-01-01 by:bank-a of:mill maximum:2026-01-01..2028-01-01"
        "登记最高额质押 80 t/a 而没有写明限额: 拒绝; 写明限额, 如 5,000,000 元, 即可。"
        "A maximum-amount pledge of 80 t/a says no cap: refused; with one, such as 5,000,000 yuan, it is registered.";
    6013 "s12_second_rank" "amend L1 to:2t/a"
        "一项质押已有 64 行明细, 其中一行由 1 t/a 增至 2 t/a, 增加部分须另立一行: 拒绝; 请另作一项登记。"
        "A pledge has 64 lines, and one of them grows from 1 t/a to 2 t/a, which would be another line: refused; a further pledge takes it.";
    6014 "s13_maximum_amount" "determine P1"
        "法院冻结之后债权已经确定, 又要求确定一次: 拒绝, 不必再办。"
        "Its claims were determined when a court froze the right, and are to be determined once more: refused, and nothing is left to do.";
    6015 "objections" "withdraw P1 by:mill objection:9"
        "造纸厂要撤回的异议不存在: 拒绝; 请在该登记的页面查看现有的异议。"
        "The mill withdraws an objection that is not there: refused; the page of the pledge shows which there are.";
    6016 "s15_subrogation" "assign P1 to:g paid"
        "担保机构代偿后要求取得甲行的质权, 而该登记上没有登记它的保证: 拒绝; 先登记保证。"
        "A guarantor has paid and steps into bank A's place, and no guarantee of it is registered on the pledge: refused; the guarantee is registered first.";
    6017 "s15_verification" "verified Q1 by:guarantor"
        "担保机构询问可否再质押 40 t/a, 答复可以; 记录查证之前, 甲行又登记了 60 t/a: 照常记录, 附此提示, 现在的答复已不同。"
        "A guarantor was told that another 40 t/a may be pledged. Before it records that, bank A registers 60 t/a: it is recorded, with this note that the answer is another one now.";
    6018 "parts_of_a_claim" "assign P1 to:bank-c part:400001"
        "债权限额 1,000,000 元, 已转让 600,000 元给乙行; 再转让 400,001 元给丙行: 拒绝, 至多 400,000 元。"
        "A claim has a cap of 1,000,000 yuan, and 600,000 yuan were assigned to bank B. Another 400,001 yuan for bank C are refused; at most 400,000 yuan.";
    6019 "objections" "object P1 by:mill document:甲"
        "造纸厂提出过异议, 30 日内没有起诉而失效, 又提出一次: 拒绝; 起诉之后附受理文书可再提出。"
        "The mill objected, did not sue within 30 days, and objects once more: refused; with a suit it may.";
    6020 "terms" "pledge P9 right:R3 10tCO2e term:2024-01-01..2025-01-01 by:bank-a"
        "借款至 2024-12-31 已经到期, 仍质押 10 tCO2e: 可以登记, 附此提示; 已展期的, 请按展期后的期限登记。"
        "The loan was due on 2024-12-31, and 10 tCO2e are pledged for it: registered, with this note; where it was extended, the longer term is registered.";
}
