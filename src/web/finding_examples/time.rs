//! Examples of 4xxx: days, years and terms.

examples! {
    4001 "door" "pledge P1 right:R1 50t/a by:bank-a"
        "排污权按期间担保, 登记质押 50 t/a 而未填起止日: 入口即拒绝。"
        "A discharge right is pledged for a span, and 50 t/a are asked for without days: refused at the door.";
    4002 "terms" "pledge P2 right:R1 10t/a 2025-06-01..2027-06-01 by:bank-a"
        "排污权自 2026-01-01 起有效, 要求质押 10 t/a, 2025-06-01 至 2027-05-31: 拒绝; 2026-01-01 至 2027-05-31 可以。"
        "A right begins on 2026-01-01, and 10 t/a are asked for from 2025-06-01 to 2027-05-31: refused; 2026-01-01 to 2027-05-31 would do.";
    4003 "terms" "pledge P2 right:R3 10tCO2e term:2027-01-01..2031-06-01 by:bank-a"
        "配额的末日是 2027-12-31, 借款至 2031-05-31: 质押 10 tCO2e 可以登记, 附此提示, 请约定届时如何置换担保物。"
        "Allowances end on 2027-12-31, and the loan runs to 2031-05-31: 10 tCO2e are registered, with this note to agree on what takes their place.";
    4004 "s18_other_registers" "reconciled P6 on:2026-12-03 rows:exchange=agrees,zhongdeng=ends_before_claim/4004"
        "借款至 2027-11-30, 中登网的登记期限至 2027-06-01: 每日核对时提示; 请在中登网展期。"
        "The loan runs to 2027-11-30, and its registration at Zhongdeng to 2027-06-01: the daily reconciliation says so, and it should be extended there.";
    4006 "s07_sinks" "check pledge P7 right:K6 years:2037-2038 by:bank-b"
        "林地自 2035-01-01 起被收回, 乙行仍要质押其上碳汇的 2037、2038 两年: 可以登记, 附此提示, 那两年已无林地可依。"
        "The land beneath a sink was revoked from 2035-01-01 on, and bank B asks for the years 2037 and 2038: it can be registered, with this note that those years have no land.";
    4007 "s01_partial_pledge" "extend P1 line:2 to:2028-06-01"
        "担保现至 2029-02-28, 展期却填到 2028-05-31: 拒绝; 展期须更晚, 缩短的请解除。"
        "A line runs to 2029-02-28, and is to be extended to 2028-05-31: refused; an extension is later, and a shorter one is a release.";
    4008 "s01_partial_pledge" "check pledge P4 right:R1 5t/a 2029-01-01..2030-06-01 by:bank-b"
        "今天是 2030-06-01, 要求质押 5 t/a, 2029-01-01 至 2030-05-31: 拒绝, 期间已全部过去。"
        "On 2030-06-01 somebody asks for 5 t/a from 2029-01-01 to 2030-05-31: refused; no day of it is left.";
    4009 "terms" "pledge P3 right:R2 100.25tce/a 2027-01-01..2028-01-01 by:bank-a"
        "用能指标的年度是 2026, 自 2027-01-01 起质押 100.25 tce/a: 可以登记, 附此提示, 请确认该指标届时仍可使用。"
        "An energy indicator is of the year 2026, and 100.25 tce/a of it are pledged from 2027-01-01 on: registered, with this note to confirm that it is still good then.";
    4010 "later_steps" "adjust R1 90t/a from:2027-03-01"
        "原已核定自 2027-06-01 起为 30 t/a; 现核定自 2027-03-01 起为 90 t/a, 一直有效: 照办, 附此提示, 2027-06-01 的那一步不再有效。"
        "A right was to have 30 t/a from 2027-06-01 on. Now it is set to 90 t/a from 2027-03-01 on, and stays so: done, with this note that the step of 2027-06-01 holds no more.";
    4011 "policies" "pledge P9 right:R1 10t/a 2027-01-01..2028-01-01 term:2026-12-06..2029-12-07 by:bank-a"
        "规则所定的最长年限为 3 年; 质押 10 t/a, 借款 2026-12-06 至 2029-12-06: 拒绝, 多了一天, 至 2029-12-05 可以。"
        "The policy allows claims of 3 years. 10 t/a are pledged for a loan from 2026-12-06 to 2029-12-06: refused, by one day; 2029-12-05 would do.";
    4012 "no_way_round" "adjust R1 1000tCO2e from:2029-01-01"
        "配额 100 tCO2e, 今天登记自 2029-01-01 起核定为 1,000 tCO2e: 拒绝; 配额自登记时变更, 请届时再登记。"
        "Today allowances of 100 tCO2e are set to 1,000 tCO2e from 2029-01-01 on: refused; they change with the entry that says so, and it is made on that day.";
}
