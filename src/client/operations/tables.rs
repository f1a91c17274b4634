//! Alerts, prices, reconciliation and statistics. What a reader presents is `{"openings":[{"pledge","claim","salt","value"}]}`.

use crate::client::answers::alerts::{AlertQuery, Alerts};
use crate::client::answers::reconciliation::{Reconciliation, ReconciliationQuery};
use crate::client::answers::statistics::{Statistics, StatisticsLine, StatisticsQuery};
use crate::client::answers::{Answer, Page, Paging};
use crate::client::fault::ClientFault;
use crate::client::transport::{Client, query_of};

/// The word for amounts that the registry keeps.
const KEPT: &str = "kept";

fn alerts_path(query: &AlertQuery, paging: &Paging) -> String {
    let query = query_of([
        ("party", query.party.clone()),
        ("right", query.right.clone()),
        ("pledge", query.pledge.clone()),
        ("kind", query.kind.clone()),
        ("day", query.day.clone()),
        ("openings", query.kept.then(|| KEPT.to_owned())),
        ("after", paging.after.clone()),
        ("limit", paging.limit.map(|limit| limit.to_string())),
    ]);
    format!("/v1/alerts{query}")
}

fn statistics_path(end: &str, query: &StatisticsQuery, paging: &Paging) -> String {
    let query = query_of([
        ("at", query.at.map(|at| at.to_string())),
        ("by", query.by.clone()),
        ("pledgee", query.pledgee.clone()),
        ("kind", query.kind.clone()),
        ("month", query.month.clone()),
        ("town", query.town.clone()),
        ("form", query.form.clone()),
        ("item", query.item.clone()),
        ("state", query.state.clone()),
        ("openings", query.kept.then(|| KEPT.to_owned())),
        ("after", paging.after.clone()),
        ("limit", paging.limit.map(|limit| limit.to_string())),
    ]);
    format!("/v1/statistics{end}{query}")
}

impl Client {
    /// Lists what should be looked at on a day.
    pub fn list_alerts(
        &self,
        query: &AlertQuery,
        paging: &Paging,
    ) -> Result<Answer<Alerts>, ClientFault> {
        self.read(&alerts_path(query, paging), Alerts::read)
    }

    /// The same, with the loan amounts that the presented openings show.
    pub fn ask_alerts(
        &self,
        query: &AlertQuery,
        paging: &Paging,
        presented: &str,
    ) -> Result<Answer<Alerts>, ClientFault> {
        self.send(&alerts_path(query, paging), presented, Alerts::read)
    }

    /// Lists pledges beside their registrations elsewhere.
    pub fn list_reconciliation(
        &self,
        query: &ReconciliationQuery,
        paging: &Paging,
    ) -> Result<Answer<Reconciliation>, ClientFault> {
        let query = query_of([
            ("pledgee", query.pledgee.map(|id| id.to_string())),
            ("standing", query.standing.clone()),
            ("day", query.day.map(|day| day.to_string())),
            ("after", paging.after.clone()),
            ("limit", paging.limit.map(|limit| limit.to_string())),
        ]);
        self.read(&format!("/v1/reconciliation{query}"), Reconciliation::read)
    }

    /// Adds prices that the registrar signed; returns how many were added.
    pub fn add_prices(&self, signed: &str) -> Result<Answer<u64>, ClientFault> {
        self.send("/v1/prices", signed, |fields| fields.count("added"))
    }

    /// Reads a table of the pledges as of a position.
    pub fn get_statistics(
        &self,
        query: &StatisticsQuery,
    ) -> Result<Answer<Statistics>, ClientFault> {
        let path = statistics_path("", query, &Paging::default());
        self.read(&path, Statistics::read)
    }

    /// The same, with the principals that the presented openings show.
    pub fn ask_statistics(
        &self,
        query: &StatisticsQuery,
        presented: &str,
    ) -> Result<Answer<Statistics>, ClientFault> {
        let path = statistics_path("", query, &Paging::default());
        self.send(&path, presented, Statistics::read)
    }

    /// Lists the lines behind a table.
    pub fn list_statistics_lines(
        &self,
        query: &StatisticsQuery,
        paging: &Paging,
    ) -> Result<Answer<Page<StatisticsLine>>, ClientFault> {
        self.list(
            &statistics_path("/lines", query, paging),
            StatisticsLine::read,
        )
    }
}
