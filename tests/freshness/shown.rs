//! What the pages and the numbers for operators show of witnesses: one that cosigns, one that is of no use.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use greenlien::domain::party::Role;
use tokio::net::TcpListener;
use ureq::http::Method;

use super::witnesses::{Fed, honest};
use crate::http::Wire;
use crate::support::Play as _;
use crate::support::cosigner::{Cosigner, Manner};

#[test]
fn the_page_of_the_registrar_and_the_metrics_show_how_each_witness_does() {
    let (good, bad) = (
        honest("good"),
        Cosigner::start("bad", Manner::Status(500), super::after(0).seconds()),
    );
    let fed = Fed::start(&[&good, &bad], 1);
    fed.play().admit("bank", &[Role::Bank], &[]);
    fed.until_cosigned();
    super::until("the bad one has failed", || {
        let states = fed.registry.witnesses();
        states.iter().any(|(_, state)| state.fault.is_some())
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = runtime.block_on(TcpListener::bind(any_port)).unwrap();
    let wire = Wire::new(&format!("http://{}", listener.local_addr().unwrap()));
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let pages = greenlien::web::router(Arc::new(|_| unreachable!("nothing is uploaded")));
    let served = greenlien::http::serve(listener, Arc::clone(&fed.registry), pages, async move {
        ended.await.unwrap_or_default();
    });
    let served = runtime.spawn(served);

    let page = wire
        .send(Method::GET, "/registrar?lang=en", &[], &[])
        .text()
        .to_owned();
    let row = |name: &str| {
        let rows = page.split("<tr>").filter(|row| row.contains(name));
        rows.collect::<Vec<_>>().concat()
    };
    let size = fed.registry.published().size.to_string();
    let good = row(">w0<");
    assert!(
        good.contains("status yes") && good.contains(&size),
        "{good}: {page}"
    );
    let bad = row(">w1<");
    assert!(bad.contains("status refuse"), "{bad}");
    assert!(bad.contains("at fault") && bad.contains("500"), "{bad}");

    let metrics = wire
        .send(Method::GET, "/metrics", &[], &[])
        .text()
        .to_owned();
    for line in [
        format!("greenlien_cosigned_entries {size}"),
        "greenlien_witness_behind_entries{witness=\"w0\"} 0".to_owned(),
        format!("greenlien_witness_behind_entries{{witness=\"w1\"}} {size}"),
        "greenlien_witness_fault{witness=\"w0\"} 0".to_owned(),
        "greenlien_witness_fault{witness=\"w1\"} 1".to_owned(),
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}: {metrics}"
        );
    }
    end.send(()).unwrap();
    runtime.block_on(served).unwrap().unwrap();
}
