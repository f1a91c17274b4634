//! Examples of 7xxx, 8xxx and 9xxx: ground, other registers, freezes.

examples! {
    7001 "s06_forest_parcels" "right F kind:forest holder:farmer unit:129 class:商品林 10mu ring:0,-9000;9000,0;9000,-9000;0,0"
        "登记 10 亩林地, 界址点的次序使边界自相交叉: 拒绝, 结论指明是哪一个环。"
        "Forest of 10 mu is entered with its corners in an order in which the boundary crosses itself: refused, naming the ring.";
    7002 "s06_forest_parcels" "right F kind:forest holder:farmer unit:129 class:商品林 10mu corner:-2000000,0 size:20000,20000"
        "登记 10 亩林地, 坐标落在县域之外: 拒绝; 多半是用了另一坐标系。"
        "Forest of 10 mu is entered with coordinates outside the county: refused; they are likely of another system.";
    7003 "s06_forest_parcels" "right B kind:forest holder:farmer unit:124 class:商品林 40mu corner:74700,0 size:20000,20000"
        "公司的林地 312.4 亩已登记; 农户登记相邻的 40 亩, 其中 6.8 亩与之重叠, 即 17%: 拒绝; 余下的 33.2 亩可以登记。"
        "A firm's 312.4 mu of forest are registered. A farmer enters 40 mu beside them, of which 6.8 mu, 17%, overlap: refused; the other 33.2 mu can be registered.";
    7004 "s06_forest_parcels" "right C kind:forest holder:farmer unit:126 class:商品林 40mu corner:-19985,0 size:20000,20000"
        "登记 40 亩林地, 与相邻宗地重叠 0.03 亩, 在容差之内: 照常登记, 重叠入账。"
        "Forest of 40 mu overlaps its neighbor by 0.03 mu, within the tolerance: it is registered, and the overlap is on record.";
    7005 "s07_sinks" "pledge P3 right:X1 form:mortgage by:bank-b"
        "乙行抵押一块林地, 同一地块上另有已质押给甲行的碳汇: 可以登记, 附此提示。"
        "Bank B takes a mortgage of forest on which there is a sink that is pledged to bank A: it is registered, with this note.";
    7006 "s07_tonnes_and_prices" "noticed Q4 right:Y form:mortgage by:bank-b codes:7006"
        "林权证载 5,300 亩, 图形量得约 5,000 亩, 相差超过 5%: 可以登记, 附此提示, 担保以图形为准。"
        "A forest certificate says 5,300 mu, and its polygon has some 5,000 mu, more than 5% apart: it can be registered, with this note that the ground counts.";
    7007 "s07_sinks" "right T9 kind:carbon_sink holder:company project:TP-9 on:202 years:2028-2032"
        "地块已列入计入 2024 至 2043 年的碳汇项目; 又就同一地块核发 2028 至 2032 年的碳汇: 拒绝, 属重复核发。2044 年起的可以。"
        "A parcel belongs to a sink that is credited for 2024 to 2043. Another sink on it for 2028 to 2032 is refused as issued twice; one from 2044 on would do.";
    7008 "s07_parcel_lists" "right K1 kind:carbon_sink holder:company project:K-1 on:501 corner:0,0 size:516000,500000 years:2027-2036"
        "碳汇的地块清单只有甲地 20,800 亩, 所附图形还包括乙地 5,000 亩: 照常登记, 附此提示; 碳汇以清单为准。"
        "A sink lists parcel A with 20,800 mu, and its polygon takes in parcel B with 5,000 mu too: it is registered, with this note; the list is its ground.";
    7009 "s06_forest_parcels" "right G kind:forest holder:farmer unit:130 class:商品林 12mu"
        "登记 12 亩林地而没有界址: 可以登记, 附此提示, 不得抵押。"
        "Forest of 12 mu is registered without a polygon: accepted, with this note that it cannot be mortgaged.";
    7010 "s06_forest_parcels" "pledge P3 right:G form:mortgage by:bank-b"
        "乙行要求抵押没有界址的 12 亩林地: 拒绝; 先补登界址。"
        "Bank B asks for a mortgage of 12 mu that have no polygon: refused, until the polygon is registered.";
    7011 "limits" "right L kind:forest holder:mill unit:2001 class:商品林 99999mu corner:10000,10000 size:3100000,1690000"
        "一宗 99,999 亩的林地, 其范围内有 513 宗已登记的小地, 而一次至多比较 512 宗: 拒绝; 请分宗登记。"
        "A parcel of 99,999 mu lies over 513 small ones, and one decision compares at most 512: refused; it is divided.";
    7012 "renewals" "right L2 kind:forest holder:mill unit:812 class:商品林 30mu corner:0,0 size:6000,50000 succeeds:L1"
        "已抵押的林地 300 亩, 换证时新证只含其中 30 亩: 拒绝, 抵押将失去 90% 的地块; 先解除抵押。"
        "Mortgaged forest of 300 mu is renewed with 30 mu of it: refused; the mortgage would lose 90% of its ground, and is released first.";
    7013 "s07_disputed_ground" "correct B resolution"
        "两宗 300 亩的林地有一半重叠, 凭一份文书记载争议已解决, 而地块仍归两人: 拒绝; 先由一方换证, 只含所余之地。"
        "Two forest rights of 300 mu share half their ground, and a document is entered by which the dispute is over, while both still have it: refused; first one of them is renewed with what it keeps.";
    7014 "s07_disputed_ground" "pledge P1 right:A form:mortgage by:bank-a"
        "甲行抵押 300 亩林地, 同一地块上另有凭裁判登记、争议未决的林权: 可以登记, 附此提示; 放款之前请查明。"
        "Bank A takes a mortgage of 300 mu, some of which is claimed by a disputed right that was registered under a judgment: it is registered, with this note to ask before lending.";
    8001 "s18_other_registers" "reconciled P6 on:2026-12-02 rows:exchange=agrees,zhongdeng=unrecorded/8001"
        "配额质押 20,000 tCO2e 已在此登记, 规则要求同时在中登网登记, 而没有记载其编号: 每日核对与查询证明均予注明。"
        "A pledge of 20,000 tCO2e stands here, the policy wants it at Zhongdeng too, and no number from there is noted: the daily reconciliation and certificates say so.";
    8002 "s18_other_registers" "reconciled P6 on:2027-06-02 rows:exchange=not_seen_lately,zhongdeng=lapsed/8002"
        "质押 20,000 tCO2e 在此仍在, 中登网的登记期限至 2027-06-01 已满: 2027-06-02 的核对予以提示。"
        "A pledge of 20,000 tCO2e stands here, and its term at Zhongdeng was over after 2027-06-01: the reconciliation of 2027-06-02 says so.";
    8003 "s18_other_registers" "reconciled P6 on:2026-12-02 rows:exchange=receipt_missing/8003,zhongdeng=unrecorded/8001"
        "配额质押 20,000 tCO2e 登记当日, 配额登记机构的冻结回执尚未记载: 提示; 报告回执编号之后不再提示。"
        "On the day on which 20,000 tCO2e are pledged no receipt is noted by which the register of the allowances has frozen them: alerted, until its number is reported.";
    8004 "s18_other_registers" "check pledge P5 right:X1 form:mortgage cap:1000000 behind:P4 by:bank-b with:bank-a"
        "林权注明不动产登记中另有他人的抵押, 乙行要登记限额 1,000,000 元的抵押: 拒绝, 依法以该登记为准; 注明已注销之后即可。"
        "A forest right notes that the real-estate register has a mortgage of somebody else, and bank B registers one of up to 1,000,000 yuan: refused, since that register decides by law, until it is noted as cancelled.";
    8005 "s18_other_registers" "check pledge P2 right:R1 40t/a 2027-01-01..2029-01-01 by:bank-b"
        "中登网载有丙行对同一企业“全部排污权”的担保, 在此没有对应的登记; 乙行质押 40 t/a: 可以登记, 附此提示; 请先向丙行查明。"
        "Zhongdeng shows a claim of bank C on all discharge rights of the firm, which matches nothing here. Bank B asks for 40 t/a: it can be registered, with this note to ask bank C first.";
    9001 "s09_court_freeze" "pledge P2 right:R1 1tCO2e by:bank-b"
        "配额 50,000 tCO2e, 已质押 20,000 tCO2e, 法院冻结 30,000 tCO2e; 乙行质押 1 tCO2e: 拒绝, 若无冻结本可办理。"
        "Of 50,000 tCO2e 20,000 tCO2e are pledged and 30,000 tCO2e are frozen by a court. Bank B asks for 1 tCO2e: refused; without the freeze it would be admissible.";
    9002 "s09_court_freeze" "freeze F3 right:R1 15000tCO2e order:(2026)渝01执2号 by:registrar for:court-2"
        "权益 50,000 tCO2e, 第一家法院已冻结 40,000 tCO2e; 第二家冻结 15,000 tCO2e: 照办, 即时生效的至多 10,000 tCO2e, 其余轮候。"
        "Of 50,000 tCO2e one court has frozen 40,000 tCO2e. Another freezes 15,000 tCO2e: done; at most 10,000 tCO2e are in force at once, and the rest waits.";
    9003 "right_states" "pledge P2 right:E2 10t/a 2027-01-01..2028-01-01 by:bank-a"
        "排污权 120 t/a 注明持有人评级为“黑牌”, 甲行质押 10 t/a: 拒绝; 移出名单并更正之后即可。"
        "A right to 120 t/a notes that its holder is rated black, and bank A asks for 10 t/a: refused, until the holder is off the list and the note corrected.";
    9004 "right_states" "pledge P2 right:E3 10t/a 2027-01-01..2028-01-01 by:bank-a"
        "排污权 120 t/a 注明正在收回, 甲行质押 10 t/a: 拒绝; 请另选担保物。"
        "A right to 120 t/a is noted as being taken back, and bank A asks for 10 t/a: refused; other collateral is needed.";
}
