//! Examples of 2xxx: rights.

examples! {
    2001 "s15_verification" "check pledge Q3 right:? of:mill 40t/a 2027-01-01..2029-01-01 by:bank-b"
        "乙行询问可否质押某权益的 40 t/a, 所填编号在登记簿中没有: 拒绝。"
        "Bank B asks for 40 t/a of a right whose number is not in the register: refused.";
    2002 "s05_allowances" "pledge P3 right:R1 1tCO2e by:bank-b"
        "配额的末日是 2027-12-31; 2028-01-01 再质押 1 tCO2e: 拒绝。此前登记的质押仍在。"
        "The last day of the allowances is 2027-12-31. On 2028-01-01 another 1 tCO2e is refused; what was pledged before stands.";
    2003 "s11_revoked_right" "pledge P2 right:R1 1t/a 2027-05-01..2028-01-01 by:bank-a"
        "主管机关自 2027-04-01 起撤销 60 t/a 的排污权, 其后甲行登记 1 t/a: 拒绝。撤销前的质押 30 t/a 仍在登记中, 记为悬空。"
        "A right to 60 t/a is revoked from 2027-04-01 on, and then bank A registers 1 t/a: refused. The 30 t/a that were pledged before stay on record, as an overhang.";
    2005 "right_states" "pledge P1 right:N1 100tce/a 2027-01-01..2028-01-01 by:bank-a"
        "用能权 1,000 tce/a 注明为“预发”, 甲行质押 100 tce/a: 拒绝; 核发机关更正为“正式”之后即可。"
        "A right to use 1,000 tce/a is marked as issued in advance, and bank A asks for 100 tce/a: refused, until its issuer marks it as final.";
    2006 "right_states" "pledge P2 right:E1 10t/a 2027-01-01..2028-01-01 by:bank-a"
        "排污权 120 t/a 注明有偿使用费“未缴”, 甲行质押 10 t/a: 拒绝; 更正为“已缴”之后即可。"
        "The fee for a right to 120 t/a is noted as unpaid, and bank A asks for 10 t/a: refused, until it is noted as paid.";
    2007 "door" "right R1 kind:emission holder:mill permit:001P pollutant:CODcr 120t/a"
        "核发 120 t/a 的排污权, 污染物写作 CODcr: 入口即拒绝; 规则所列的写法是 COD。"
        "A right to 120 t/a is issued with the pollutant written CODcr: refused at the door; the spelling of the list is COD.";
    2008 "s06_forest_parcels" "right I kind:forest holder:farmer unit:500112001002JE00132L00000001 class:商品林 40mu corner:30000,-40000 size:20000,20000"
        "登记 40 亩林地, 单元号以 500112 开头, 而本登记系统属 500113: 照常登记, 附此提示, 请与权证核对。"
        "Forest of 40 mu is registered with a unit number that begins with 500112, while this register is that of 500113: it is registered, with this note to compare it with the certificate.";
    2009 "s11_revoked_right" "revoke R1 from:2027-04-01 by:other-bureau"
        "甲局核发的排污权, 乙局要求自 2027-04-01 起撤销: 拒绝; 只有核发机关可以撤销。"
        "A right that one bureau has issued is to be revoked by another from 2027-04-01 on: refused; its issuer alone may.";
    2010 "s06_forest_parcels" "pledge P3 right:H form:mortgage by:bank-b"
        "乙行要求抵押 40 亩公益林: 拒绝; 规则只许抵押商品林等林种。"
        "Bank B asks for a mortgage of 40 mu of public-benefit forest: refused; the policy lists the classes that are mortgaged, and that is none of them.";
    2011 "s06_forest_parcels" "right H2 kind:forest holder:farmer certificate:渝林证字〔2009〕第000123号 class:商品林 corner:900000,700000 size:60000,50000 2026-01-01..2060-01-01"
        "林权证 渝林证字〔2009〕第000123号 已登记一块林地, 又以同一证号登记另一块: 拒绝, 结论列出已有的权益。"
        "The forest certificate 渝林证字〔2009〕第000123号 is registered for one parcel, and the same number comes for another: refused, and the right that has it is named.";
    2012 "kind_water_use" "right W1 kind:water_use holder:waterworks permit:D500113S2021-0001 intake:1号取水口 90000m3/a by:water-bureau"
        "水务局核发取水权 90,000 m3/a, 而取水权的规则尚未通过: 拒绝; 先通过该种类的规则。"
        "The water bureau issues a right to take 90,000 m3/a before there is a policy for the kind: refused; the policy is adopted first.";
    2013 "succession" "right R2 kind:emission holder:mill permit:001Q pollutant:COD 120t/a"
        "某排放口的化学需氧量已核发 120 t/a; 换一张许可证, 又就同一排放口、同一污染物核发 120 t/a: 拒绝。换证的, 写明承继自前证; 确系另行核发的, 由核发机关声明。"
        "An outlet has a right to 120 t/a of COD, and another permit of the same outlet and pollutant is entered for 120 t/a: refused. A renewal names the right that it succeeds; what is truly additional is declared so by its issuer.";
    2014 "right_states" "correct N1 attributes:certificate_kind=正式"
        "要求把权证更正为“正式”, 而记录已是“正式”: 拒绝, 不必再办。同样: 银团其他成员中列了担保权人自己; 把权益转让给它现在的持有人; 对按年度担保的碳汇填写了起止日。"
        "A certificate is to be corrected to final, which the record says already: refused, and nothing is left to do. So are a pledgee that lists itself among the other members of a syndicate, a transfer to whoever holds the right, and days for a sink, which is pledged by years.";
    2015 "s07_sinks" "right K3 kind:carbon_sink holder:company project:CCER-500113-0003 on:203 years:2030-2045"
        "碳汇项目 CCER-500113-0003 的地块是公益林: 照常登记, 附此提示; 放款之前请查明该林种的限制。"
        "The sink CCER-500113-0003 draws on public-benefit forest: it is registered, with this note to read the terms of the class before lending.";
    2016 "succession" "pledge P3 right:R1 1t/a 2029-01-01..2030-01-01 by:bank-a"
        "排污权 120 t/a 已换证, 其上的质押随之转到新证; 甲行再就旧证质押 1 t/a: 拒绝, 请用新证。"
        "A right to 120 t/a has been renewed, and its pledges went along. Bank A asks for 1 t/a of the old right: refused; the new one is meant.";
    2017 "s09_court_freeze" "unfreeze F7 by:bureau"
        "核发机关解除自己 5 tCO2e 的冻结之后, 又解除一次: 拒绝; 该冻结已不存在。"
        "The issuer lifts its freeze of 5 tCO2e, and then once more: refused; it is there no more.";
    2018 "succession" "right R4 kind:emission holder:chem permit:001P pollutant:COD 120t/a succeeds:R1"
        "造纸厂的排污权 120 t/a, 换证时写给了化工厂: 拒绝; 承继须同一持有人, 换人的是转让。"
        "A right of the mill to 120 t/a is renewed in the name of a chemical works: refused; a renewal keeps its holder, and anything else is a transfer.";
    2019 "s07_same_ground" "pledge P4 right:T8 years:2028-2032 by:bank-b"
        "碳票凭裁判登记在碳汇项目的 5,000 亩之上, 项目的 2026 至 2035 年已质押给甲行。乙行要求质押碳票的 2028 至 2032 年: 拒绝, 并列明项目和甲行的质押。"
        "A certificate was registered under a judgment over 5,000 mu of a sink of which bank A has the years 2026 to 2035. Bank B asks for the certificate's 2028 to 2032: refused, and told of the sink and of bank A's pledge.";
    2020 "transfers" "transfer E1 to:chemical with:mill,chemical"
        "排污权 120 t/a 上有质押 80 t/a, 造纸厂要转让给化工厂, 该类规则规定设有担保期间不得转让: 拒绝; 甲行解除之后即可。"
        "A right to 120 t/a carries a pledge of 80 t/a, and the mill sells it to a chemical works. The policy of the kind blocks transfers of what is pledged: refused, until bank A has released.";
    2021 "renewals" "right A2 kind:emission holder:mill permit:021P pollutant:SO2 100t/a succeeds:A1"
        "化学需氧量 100 t/a 全部质押给甲行; 换证时改成二氧化硫 100 t/a: 拒绝, 质押不能落到另一种污染物上。"
        "A right to 100 t/a of COD is pledged whole to bank A. Its renewal is written for 100 t/a of sulfur dioxide: refused; a pledge does not end up on another pollutant.";
    2022 "no_way_round" "pledge P2 right:R2 100tCO2e by:bank-a"
        "2028 年度配额自 2028-01-01 起有效, 2026-12-01 拟全部质押: 拒绝; 请待其生效后再登记。"
        "Allowances of 2028 that are good from 2028-01-01 on are to be pledged on 2026-12-01: refused; the pledge is registered when they have begun.";
}
