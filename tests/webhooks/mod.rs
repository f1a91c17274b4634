//! Webhooks over real HTTP: what receivers get, whatever they answer, and what the server does about it.

mod receiver;
mod reread;
mod served;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use greenlien::domain::party::Role;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::id::{PartyId, RightId};
use greenlien::primitives::time::{Clock, SystemClock};
use greenlien::service::options::Options;
use greenlien::service::webhooks::{Standing, WebhookOptions, WebhookState};
use greenlien::service::{Registry, ServiceFault};
use greenlien::webhooks::courier::Pace;
use greenlien::webhooks::couriers::Couriers;
use greenlien::webhooks::file::{Configured, parse};

use crate::api::DOCUMENT;
use crate::api::schema::Checker;
use crate::support::papers::{self, flow, line, span};
use crate::support::{Actor, Local, Play as _, cast};
use receiver::{Receiver, Reply, status, until};

/// Fast enough for a test, slow enough to be seen.
const PACE: Pace = Pace {
    request: Duration::from_millis(800),
    backoff: Duration::from_millis(40),
    backoff_max: Duration::from_millis(200),
    patience: Duration::from_secs(3_600),
};

fn key() -> Arc<SecretKey> {
    Arc::new(SecretKey::from_seed(&[0x77; 32]))
}

/// A registry with its couriers, and what is needed to write into it.
struct Post {
    folder: tempfile::TempDir,
    local: Local,
    couriers: Option<Couriers>,
    file: String,
    bank: Actor,
    mill: Actor,
    right: RightId,
}

/// The tables of webhooks, each of a name and an address.
fn tables(hooks: &[(&str, &str)]) -> String {
    let table = |(name, url): &(&str, &str)| {
        format!("[[webhook]]\nname = \"{name}\"\nmember = \"M0\"\nurl = \"{url}\"\nfrom = 0\n")
    };
    hooks.iter().map(table).collect()
}

fn options(configured: &[Configured]) -> Options {
    let webhooks = configured.iter().map(|one| one.webhook.clone());
    Options {
        webhooks: Some(WebhookOptions {
            webhooks: webhooks.collect(),
            key: key().public(),
        }),
        ..Options::TEST
    }
}

impl Post {
    fn new(file: &str, pace: Pace) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let configured = parse(file).unwrap();
        let made = Registry::create_with(
            &folder.path().join("data"),
            cast::genesis(),
            cast::log_key(),
            Arc::clone(&clock),
            options(&configured),
        );
        let registry = Arc::new(made.unwrap());
        let couriers = Couriers::start(&registry, configured, &key(), pace);
        let mut local = Local::on(registry, clock);
        let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
        let mill = local.admit("mill", &[Role::Holder], &[]);
        let bank = local.admit("bank", &[Role::Bank], &[]);
        let days = span("2026-01-01", "2031-01-01");
        let right = local.issue(&bureau, papers::emission(&mill, "COD", "120", days));
        Self {
            folder,
            local,
            couriers: Some(couriers),
            file: file.to_owned(),
            bank,
            mill,
            right,
        }
    }

    /// Registers a small pledge; returns its entry.
    fn pledge(&mut self) -> u64 {
        let extent = flow("1", "t/a", span("2027-01-01", "2028-01-01"));
        let body = papers::pledge(&self.mill, vec![line(self.right, extent)]);
        let answer = self.local.submit(&self.bank, body, &[&self.mill], &[]);
        assert!(answer.is_accepted(), "{answer:?}");
        answer.index()
    }

    fn standing(&self, name: &str) -> Standing {
        self.local.registry.webhook_standing(name).unwrap()
    }

    fn wait_for_end(&self, name: &str) {
        let registry = &self.local.registry;
        until("the webhook comes to the end of the log", || {
            self.standing(name).next == registry.signed_size()
        });
    }

    /// Ends everything and opens the folder again.
    fn restart(&mut self, pace: Pace) {
        drop(self.couriers.take());
        self.local.registry.stop();
        // A registry that nobody needs gives its folder back only when it is gone.
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let other = tempfile::tempdir().unwrap();
        let spare = Registry::create(
            other.path(),
            cast::genesis(),
            cast::log_key(),
            Arc::clone(&clock),
        );
        self.local = Local::on(Arc::new(spare.unwrap()), Arc::clone(&clock));
        let configured = parse(&self.file).unwrap();
        let data = self.folder.path().join("data");
        let opened = Registry::open_with(
            &data,
            cast::log_key(),
            Arc::clone(&clock),
            options(&configured),
        );
        let registry = Arc::new(opened.unwrap());
        self.couriers = Some(Couriers::start(&registry, configured, &key(), pace));
        self.local = Local::on(registry, clock);
    }

    fn faults(&self, name: &str) -> Vec<(Option<u64>, String)> {
        let page = self
            .local
            .registry
            .webhook_deliveries(name, None, 200)
            .unwrap();
        let read = |(_, json): &(u64, greenlien::primitives::canonical::Json)| {
            let value: serde_json::Value = serde_json::from_str(&json.to_canonical()).unwrap();
            let fault = value["fault"].as_str().unwrap_or_default().to_owned();
            (value["status"].as_u64(), fault)
        };
        page.iter().rev().map(read).collect()
    }
}

/// The indexes of the commands in the log.
fn commands(registry: &Registry) -> Vec<u64> {
    let size = registry.signed_size();
    let is_command = |index: &u64| {
        let bytes = registry.entry(*index).unwrap();
        let entry = greenlien::domain::entry::Entry::parse(&bytes);
        matches!(entry, Ok(greenlien::domain::entry::Entry::Command { .. }))
    };
    (0..size).filter(is_command).collect()
}

#[test]
fn every_notice_is_delivered_in_order_signed_for_this_receiver() {
    let receiver = Receiver::start(|_, _| status(204));
    let mut post = Post::new(&tables(&[("a", &receiver.url())]), PACE);
    for _ in 0..3 {
        post.pledge();
    }
    post.wait_for_end("a");
    assert_eq!(receiver.taken(), commands(&post.local.registry));
    let now = post.local.now().seconds();
    let public = post.local.registry.webhook_key().unwrap();
    let aud = post.local.registry.aud().to_owned();
    for got in receiver.got() {
        assert_eq!(got.target, "/hook?of=test");
        assert_eq!(
            got.headers["content-type"],
            "application/cloudevents+json; charset=utf-8"
        );
        assert_eq!(got.json()["specversion"], "1.0");
        let faults = Checker::new(&DOCUMENT).faults_of("CloudEvent", &got.json());
        assert!(faults.is_empty(), "{faults:?}: {}", got.body);
        assert_eq!(got.json()["source"], format!("//{aud}"));
        let (created, expires) = got.verify(&public).unwrap();
        assert!(created.abs_diff(now) < 300, "{created} {now}");
        assert_eq!(expires, created + 300);
        // Nothing of it may be exchanged.
        let other = SecretKey::from_seed(&[1; 32]).public();
        assert!(got.verify(&other).is_err());
        let mut changed = got.clone();
        changed.body = changed.body.replace("accepted", "refused");
        assert!(changed.verify(&public).is_err());
        let mut elsewhere = got.clone();
        elsewhere.target = "/other".to_owned();
        assert!(elsewhere.verify(&public).is_err());
        let mut later = got.clone();
        let input = later.headers.get_mut("signature-input").unwrap();
        *input = input.replace(&format!("expires={expires}"), "expires=9999999999");
        assert!(later.verify(&public).is_err());
    }
    // The same bytes as in the event stream.
    let mut reader = greenlien::service::feed::Reader::new(
        &post.local.registry,
        greenlien::service::feed::Watch::default(),
        0,
    )
    .unwrap();
    let notices = reader.read(&post.local.registry, u64::MAX).unwrap();
    let texts: Vec<String> = notices.into_iter().map(|notice| notice.text).collect();
    let bodies: Vec<String> = receiver.got().into_iter().map(|got| got.body).collect();
    assert_eq!(bodies, texts);
}

#[test]
fn what_is_not_taken_is_sent_again_after_longer_waits_and_nothing_overtakes_it() {
    let receiver = Receiver::start(|n, _| match n {
        0..=3 => status(500),
        4 => Reply {
            header: Some(("retry-after", "3600".to_owned())),
            ..status(503)
        },
        _ => status(200),
    });
    let mut post = Post::new(&tables(&[("a", &receiver.url())]), PACE);
    post.pledge();
    post.wait_for_end("a");
    let all = commands(&post.local.registry);
    let ids: Vec<u64> = receiver.got().iter().map(receiver::Got::id).collect();
    assert_eq!(ids[..5], [all[0]; 5]);
    assert_eq!(ids[5..], all);
    let times = receiver.times();
    let waits: Vec<Duration> = times
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .take(5)
        .collect();
    // 40, 80, 160 ms, then the longest, which is also the most that a receiver may ask for.
    for (wait, least) in waits.iter().zip([40, 80, 160, 200, 200]) {
        assert!(*wait >= Duration::from_millis(least), "{waits:?}");
    }
    assert!(waits[4] < Duration::from_secs(20), "{waits:?}");
    let faults = post.faults("a");
    assert_eq!(faults[0], (Some(500), "status 500".to_owned()));
    assert_eq!(faults[4].0, Some(503));
    assert_eq!(faults.len(), 5 + all.len());
    assert_eq!(post.standing("a").failures, 0);
    assert_eq!(post.standing("a").failing_since, None);
}

#[test]
fn a_receiver_that_is_down_or_slow_delays_nobody() {
    let gone = Receiver::start(|_, _| status(200));
    let address = gone.address;
    let dead = gone.url();
    drop(gone);
    let slow = Receiver::start(|n, _| Reply {
        after: Duration::from_secs(if n < 2 { 2 } else { 0 }),
        ..status(200)
    });
    let quick = Receiver::start(|_, _| status(200));
    let urls = [
        ("dead", dead.as_str()),
        ("slow", &slow.url()),
        ("quick", &quick.url()),
    ];
    let mut post = Post::new(&tables(&urls), PACE);
    let began = std::time::Instant::now();
    for _ in 0..5 {
        post.pledge();
    }
    post.wait_for_end("quick");
    let all = commands(&post.local.registry);
    assert_eq!(quick.taken(), all);
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "{:?}",
        began.elapsed()
    );
    until("the dead one fails", || post.standing("dead").failures > 0);
    // It comes back, and has everything.
    let back = Receiver::at(address, |_, _| status(200));
    post.wait_for_end("dead");
    assert_eq!(back.taken(), all);
    // A slow one has not said that it took a notice, so it gets it again.
    post.wait_for_end("slow");
    let mut ids: Vec<u64> = slow.got().iter().map(receiver::Got::id).collect();
    assert_eq!(ids[..3], [all[0]; 3]);
    ids.dedup();
    assert_eq!(ids, all);
    let faults = post.faults("slow");
    assert!(faults[0].1.contains("timeout"), "{faults:?}");
}

#[test]
fn nobody_is_followed_elsewhere() {
    let elsewhere = Receiver::start(|_, _| status(200));
    let target = elsewhere.url();
    let receiver = Receiver::start(move |n, _| Reply {
        header: Some(("location", target.clone())),
        ..status([301, 302, 303, 307, 308, 200][n.min(5)])
    });
    let post = Post::new(&tables(&[("a", &receiver.url())]), PACE);
    post.wait_for_end("a");
    assert_eq!(receiver.taken(), commands(&post.local.registry));
    assert_eq!(elsewhere.got().len(), 0);
    let faults = post.faults("a");
    assert!(faults[0].1.contains("nobody is followed"), "{faults:?}");
    assert_eq!(faults[3].0, Some(307));
}

#[test]
fn who_says_gone_is_left_alone_until_somebody_says_where_it_goes_on() {
    let receiver = Receiver::start(|n, _| status(if n == 1 { 410 } else { 200 }));
    let mut post = Post::new(&tables(&[("a", &receiver.url())]), PACE);
    until("it is gone", || {
        post.standing("a").state == WebhookState::Gone
    });
    post.pledge();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(receiver.got().len(), 2);
    post.restart(PACE);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(receiver.got().len(), 2, "a restart changes nothing");
    let all = commands(&post.local.registry);
    let registry = Arc::clone(&post.local.registry);
    assert!(
        registry
            .replay_webhook("a", registry.signed_size() + 1)
            .is_err()
    );
    assert!(registry.replay_webhook("b", 0).is_err());
    registry.replay_webhook("a", all[1]).unwrap();
    post.wait_for_end("a");
    assert_eq!(receiver.taken(), [&all[..1], &all[1..]].concat());
    // And once more from the beginning, under the same ids.
    registry.replay_webhook("a", 0).unwrap();
    until("everything came again", || {
        receiver.taken().len() == 2 * all.len()
    });
    assert_eq!(receiver.taken()[all.len()..], all);
    drop(registry);
}

#[test]
fn who_fails_for_too_long_is_suspended() {
    let receiver = Receiver::start(|_, _| status(500));
    let pace = Pace {
        patience: Duration::from_secs(1),
        ..PACE
    };
    let post = Post::new(&tables(&[("a", &receiver.url())]), pace);
    until("it is suspended", || {
        post.standing("a").state == WebhookState::Suspended
    });
    let count = receiver.got().len();
    assert!(count >= 2, "{count}");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(receiver.got().len(), count);
    let first = commands(&post.local.registry)[0];
    assert_eq!(post.standing("a").next, first);
}

#[test]
fn a_restart_loses_nothing_and_sends_nothing_twice() {
    let receiver = Receiver::start(|_, _| status(200));
    let mut post = Post::new(&tables(&[("a", &receiver.url())]), PACE);
    post.pledge();
    post.wait_for_end("a");
    post.restart(PACE);
    post.pledge();
    // What is decided while no courier runs is delivered later.
    drop(post.couriers.take());
    post.pledge();
    post.restart(PACE);
    post.wait_for_end("a");
    assert_eq!(receiver.taken(), commands(&post.local.registry));
}

#[test]
fn a_webhook_is_told_of_what_it_watches() {
    let receiver = Receiver::start(|_, _| status(200));
    let url = receiver.url();
    // The bank is the seventh entry: genesis, state, and three admissions with their states before it.
    let file = format!(
        "[[webhook]]\nname = \"a\"\nmember = \"M0\"\nurl = \"{url}\"\nparties = [\"M6\"]\ntypes = [\"register_pledge\"]\n"
    );
    let mut post = Post::new(&file, PACE);
    assert_eq!(post.bank.party, PartyId(6));
    let pledge = post.pledge();
    post.wait_for_end("a");
    assert_eq!(receiver.taken(), [pledge]);
    let standing = post.standing("a");
    assert_eq!(standing.next, post.local.registry.signed_size());
}

#[test]
fn a_closed_register_tells_only_members() {
    let receiver = Receiver::start(|_, _| status(200));
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let url = receiver.url();
    let file = tables(&[("stranger", &url), ("registrar", &url)]).replacen("M0", "M999", 1);
    let configured = parse(&file).unwrap();
    let genesis = greenlien::domain::genesis::Genesis {
        public: false,
        ..cast::genesis()
    };
    let made = Registry::create_with(
        &folder.path().join("data"),
        genesis,
        cast::log_key(),
        Arc::clone(&clock),
        options(&configured),
    );
    let registry = Arc::new(made.unwrap());
    let _couriers = Couriers::start(&registry, configured, &key(), PACE);
    let mut local = Local::on(Arc::clone(&registry), clock);
    local.admit("bank", &[Role::Bank], &[]);
    until("the member is told", || receiver.got().len() == 1);
    until("the stranger is not", || {
        registry.webhook_standing("stranger").unwrap().state == WebhookState::Suspended
    });
    assert_eq!(receiver.taken().len(), 1);
}

#[test]
fn a_place_beyond_the_log_is_a_slip_in_the_file_and_no_sign_of_an_older_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = tables(&[("far", "https://bank.example/hook")]).replace("from = 0", "from = 900");
    let made = Registry::create_with(
        &folder.path().join("data"),
        cast::genesis(),
        cast::log_key(),
        Arc::new(SystemClock::default()),
        options(&parse(&file).unwrap()),
    );
    let Err(ServiceFault::Input(fault)) = made else {
        panic!("served from an entry that is not there");
    };
    let told = fault.to_string();
    assert!(
        told.contains("webhook.from") && told.contains("far"),
        "{told}"
    );
}
