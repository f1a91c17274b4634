//! The one integration-test binary: RocksDB is linked once.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::type_complexity,
    clippy::similar_names,
    clippy::format_push_string,
    clippy::items_after_statements,
    reason = "a test stops at the first surprise; a story is told in one piece; helpers in tests/ are not covered by clippy's own exception"
)]

mod act_forms;
mod act_pages;
mod alerts;
mod alternatives;
mod answer_pages;
mod api;
mod architecture;
mod asked_pages;
mod audit;
mod audit_state;
mod browser;
mod c2sp;
mod cli;
mod clouds;
mod crash;
mod desk;
mod documents;
mod evidence;
mod examples;
mod exports;
mod feeds;
mod findings;
mod formats;
mod found_pages;
mod freeze_pages;
mod freshness;
mod frozen_log;
mod full_town;
mod fuzzing;
mod geometry;
mod ground_pages;
mod http;
mod import_pages;
mod in_part;
mod inbox_pages;
mod law_page;
mod ledger;
mod lending_books;
mod lending_instead;
mod lending_pages;
mod lineage;
mod list_pages;
mod log_keys;
mod lying;
mod member_exports;
mod member_pages;
mod model;
mod new_kinds;
mod notices;
mod openings;
mod pages;
mod party_pages;
mod properties;
mod quotas;
mod real;
mod reconciliation;
mod scenario;
mod scenarios;
mod scripts;
mod second_verifier;
mod shown_pages;
mod signing;
mod snapshots;
mod sources;
mod stacks;
mod state_tree;
mod statistics;
mod supervisor_pages;
mod support;
mod tables;
mod told;
mod verifications;
mod webhooks;
mod witness;
mod workbooks;
