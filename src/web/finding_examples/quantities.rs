//! Examples of 3xxx: quantities.

examples! {
    3001 "s05_allowances" "check pledge P2 right:R1 30001tCO2e by:bank-b"
        "配额 50,000 tCO2e, 已质押 20,000 tCO2e。乙行再质押 30,001 tCO2e: 不可以; 至多 30,000 tCO2e。"
        "Of 50,000 tCO2e of allowances 20,000 tCO2e are pledged. Bank B asks for 30,001 tCO2e: refused; 30,000 tCO2e would do.";
    3002 "s01_partial_pledge" "check pledge P2 right:R1 50t/a 2027-01-01..2030-01-01 by:bank-b"
        "许可排放 120 t/a, 其中 80 t/a 已担保至 2028-02-29。再担保 50 t/a, 2027-01-01 至 2029-12-31: 至 2028-02-29 只余 40 t/a, 不可以; 全期 40 t/a 可以, 2028-03-01 起的 50 t/a 也可以。"
        "A permit has 120 t/a, and 80 t/a of it are pledged until 2028-02-29. Another 50 t/a from 2027-01-01 to 2029-12-31 are refused: 40 t/a are left until 2028-02-29. All through, 40 t/a would do, and so would 50 t/a from 2028-03-01 on.";
    3003 "s05_allowances" "check pledge P2 right:R1 0.5tCO2e by:bank-b"
        "配额以整吨计, 要求质押 0.5 tCO2e: 入口即拒绝。写成“t”而非“tCO2e”的也一样。"
        "Allowances are counted in whole tonnes, and 0.5 tCO2e are asked for: refused at the door. So is a quantity in “t” instead of “tCO2e”.";
    3004 "s05_allowances" "check pledge P2 right:R1 0tCO2e by:bank-b"
        "乙行要求质押 0 tCO2e: 拒绝; 请填大于零的数量。"
        "Bank B asks for 0 tCO2e: refused; a quantity is above zero.";
    3005 "s15_shares" "guarantee P1 by:h share:4001"
        "同一笔贷款, 担保机构已分担 40%, 基金已分担 20%; 另一机构登记分担 40.01%: 拒绝, 至多 40%。"
        "Of one loan a guarantor bears 40% of a loss and a fund 20%. Another guarantor registers 40.01%: refused; at most 40%.";
    3006 "s18_other_registers" "told C2 on:2027-06-02 alerts:compliance_gap/3006"
        "水泥厂持有配额 50,000 tCO2e, 其中 20,000 tCO2e 已质押, 2027-12-31 须清缴 41,000 tCO2e: 未质押的只有 30,000 tCO2e, 向担保权人发出提示。"
        "A plant holds 50,000 tCO2e, of which 20,000 tCO2e are pledged, and must surrender 41,000 tCO2e by 2027-12-31: with 30,000 tCO2e not pledged, its creditor is alerted.";
    3007 "s07_tonnes_and_prices" "noticed Q2 right:T8 years:2028-2032 by:bank-b codes:3007"
        "碳票载明每年 12,000 tCO2e/a, 而地块约 5,000 亩, 即每亩每年约 2.4 t, 超出 0.15 至 1.5 的常见范围: 可以登记, 附此提示。"
        "A carbon certificate says 12,000 tCO2e/a on some 5,000 mu, which is 2.4 t for each mu and year, where 0.15 to 1.5 are usual: it can be registered, with this note.";
    3008 "s05_allowances" "check pledge P2 right:R1 50001tCO2e by:bank-b"
        "配额共 50,000 tCO2e, 要求质押 50,001 tCO2e: 拒绝, 比权益的总量还多。其中 20,000 tCO2e 已质押, 故至多 30,000 tCO2e。"
        "There are 50,000 tCO2e of allowances, and 50,001 tCO2e are asked for: refused, since the right never has as much. With 20,000 tCO2e pledged, at most 30,000 tCO2e would do.";
    3009 "s07_sinks" "pledge P2 right:K1 years:2028-2032 by:bank-b"
        "碳汇计入 2024 至 2043 年, 甲行已质押 2026 至 2035 年。乙行要求 2028 至 2032 年: 拒绝; 2036 至 2043 年可以。"
        "A sink is credited for 2024 to 2043, and bank A has its years 2026 to 2035. Bank B asks for 2028 to 2032: refused; 2036 to 2043 are free.";
    3010 "s05_allowances" "release P2 part:5001tCO2e"
        "一项质押尚有 5,000 tCO2e, 要求部分解除 5,001 tCO2e: 拒绝, 至多 5,000 tCO2e。"
        "A line has 5,000 tCO2e, and 5,001 tCO2e of it are to be released: refused; at most 5,000 tCO2e.";
    3011 "limits" "pledge P4 right:R1 1tCO2e by:bank-a"
        "一项权益上已有 192 项登记, 再登记 1 tCO2e: 拒绝; 注销一项之后即可。法院的命令另有余地, 不受影响。"
        "A right carries 192 lines, and another 1 tCO2e is refused, until one of them is released. The orders of a court have room of their own.";
    3012 "s05_surrender" "surrender R1 41000tCO2e with:cement"
        "配额 50,000 tCO2e, 已质押 20,000 tCO2e; 要清缴 41,000 tCO2e, 须动用已质押的数量: 拒绝, 至多 30,000 tCO2e; 经甲行同意的可以, 差额记为悬空。"
        "Of 50,000 tCO2e 20,000 tCO2e are pledged. To surrender 41,000 tCO2e would take some of those: refused; at most 30,000 tCO2e. With bank A's consent it is done, and the lack is recorded as an overhang.";
    3013 "s09_court_freeze" "check freeze F2 right:R1 30001tCO2e limit:2400000 price:80 by:registrar for:court"
        "法院限额 2,400,000 元, 单价 80 元, 应冻结 30,000 tCO2e; 填了 30,001 tCO2e: 拒绝, 结论列出应填的数量。"
        "A court freezes up to 2,400,000 yuan at 80 yuan each, which is 30,000 tCO2e. The entry says 30,001 tCO2e: refused, and the quantity that follows is named.";
    3014 "s09_court_freeze" "execute F8 part:10001tCO2e proceeds:404400"
        "冻结 10,000 tCO2e, 要求执行卖出 10,001 tCO2e: 拒绝, 至多 10,000 tCO2e。"
        "A freeze holds 10,000 tCO2e, and 10,001 tCO2e are to be sold under it: refused; at most 10,000 tCO2e.";
    3015 "conversions" "convert K1 into:U1 kind:carbon account:5001139001 vintage:2027 years:2027-2028 1tCO2e with:company"
        "碳汇的 2027、2028 两年各质押给一家银行; 把两年转换为 1 tCO2e 配额, 每家分得不足一吨, 即为零: 拒绝。"
        "The years 2027 and 2028 of a sink are pledged to two banks, one each. Both years are to turn into 1 tCO2e, of which each bank's part, rounded down, is nothing: refused.";
    3016 "conversions" "convert R5 into:R6 kind:carbon account:50011300059 vintage:2024 of:50tCO2e 5tCO2e"
        "配额结转, 以 50 tCO2e 换成 5 tCO2e: 拒绝, 应得 50 tCO2e; 减少的须另作调整, 悬空有载。"
        "Allowances are carried over, and 50 tCO2e are to become 5 tCO2e: refused; they become 50 tCO2e. What is lost is an adjustment, with its overhang on record.";
    3017 "s12_share_of_value" "noticed P2 right:F1 behind:P1 by:bank-b form:mortgage cap:1400001 codes:3017"
        "林地评估 9,000,000 元, 规则所定上限为 60%, 即 5,400,000 元; 甲行在先 4,000,000 元, 乙行再登记 1,400,001 元: 可以登记, 附此提示; 1,400,000 元即不提示。"
        "Forest is appraised at 9,000,000 yuan, of which the policy wants 60% lent, 5,400,000 yuan. Bank A goes before with 4,000,000 yuan, and bank B registers 1,400,001 yuan: it can be registered, with this note, which 1,400,000 yuan would not have.";
}
