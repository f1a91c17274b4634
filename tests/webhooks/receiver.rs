//! A receiver of webhooks that does what a test says, and knows nothing of the program: it reads HTTP from a socket and checks
//! signatures by the words of RFC 9421 and RFC 9530.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::primitives::crypto::{Hash, PublicKey, Signature};
use serde_json::Value;

/// The longest that anything here is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) target: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Got {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn id(&self) -> u64 {
        self.json()["id"].as_str().unwrap().parse().unwrap()
    }

    /// Verifies digest and signature as RFC 9421 section 3.2 says, and returns when it was made and when it ends.
    pub(super) fn verify(&self, key: &PublicKey) -> Result<(u64, u64), String> {
        let header = |name: &str| self.headers.get(name).ok_or(format!("{name} is missing"));
        let digest = Hash::of(&[self.body.as_bytes()]);
        let digest = format!("sha-256=:{}:", STANDARD.encode(digest.as_bytes()));
        if *header("content-digest")? != digest {
            return Err("the digest is not that of the body".to_owned());
        }
        let parameters = header("signature-input")?
            .strip_prefix("sig1=")
            .ok_or("sig1")?;
        let (names, said) = parameters
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .ok_or("no list")?;
        let mut base = String::new();
        for name in names.split(' ') {
            let value = match name {
                "\"@method\"" => "POST".to_owned(),
                "\"@target-uri\"" => format!("http://{}{}", header("host")?, self.target),
                other => header(other.trim_matches('"'))?.clone(),
            };
            base += &format!("{name}: {value}\n");
        }
        base += &format!("\"@signature-params\": {parameters}");
        let said: BTreeMap<&str, &str> = said
            .split(';')
            .filter_map(|item| item.split_once('='))
            .collect();
        if said["keyid"] != format!("\"{}\"", key.id()) || said["alg"] != "\"ed25519\"" {
            return Err(format!("{said:?}"));
        }
        let signature = header("signature")?
            .strip_prefix("sig1=:")
            .and_then(|rest| rest.strip_suffix(':'))
            .ok_or("no bytes")?;
        let signature = STANDARD
            .decode(signature)
            .map_err(|fault| fault.to_string())?;
        let signature = Signature(signature.try_into().map_err(|_| "not 64 bytes")?);
        if !key.verifies(base.as_bytes(), &signature) {
            return Err(format!("the signature does not verify over\n{base}"));
        }
        let number = |name: &str| said[name].parse().map_err(|_| name.to_owned());
        Ok((number("created")?, number("expires")?))
    }
}

/// What the receiver answers.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) header: Option<(&'static str, String)>,
    pub(super) after: Duration,
}

pub(super) fn status(status: u16) -> Reply {
    Reply {
        status,
        header: None,
        after: Duration::ZERO,
    }
}

type Script = Box<dyn Fn(usize, &Got) -> Reply + Send + Sync>;

/// A receiver that is running; it ends when it is dropped.
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    got: Arc<Mutex<Vec<(Instant, Got, u16)>>>,
    is_ending: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Receiver {
    /// Answers the n-th request, from 0, as the script says.
    pub(super) fn start(script: impl Fn(usize, &Got) -> Reply + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), script)
    }

    pub(super) fn at(
        address: SocketAddr,
        script: impl Fn(usize, &Got) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let (got, is_ending) = (
            Arc::new(Mutex::new(Vec::new())),
            Arc::new(AtomicBool::new(false)),
        );
        let (script, kept, ends): (Script, _, _) =
            (Box::new(script), Arc::clone(&got), Arc::clone(&is_ending));
        let thread = std::thread::spawn(move || serve(&listener, &script, &kept, &ends));
        Self {
            address,
            got,
            is_ending,
            thread: Some(thread),
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook?of=test", self.address)
    }

    pub(super) fn got(&self) -> Vec<Got> {
        let got = self.got.lock().unwrap();
        got.iter().map(|(_, got, _)| got.clone()).collect()
    }

    /// The ids that were taken, in order.
    pub(super) fn taken(&self) -> Vec<u64> {
        let got = self.got.lock().unwrap();
        let taken = got.iter().filter(|(_, _, status)| *status < 300);
        taken.map(|(_, got, _)| got.id()).collect()
    }

    /// When the requests came.
    pub(super) fn times(&self) -> Vec<Instant> {
        self.got
            .lock()
            .unwrap()
            .iter()
            .map(|(time, ..)| *time)
            .collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Release);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

fn serve(
    listener: &TcpListener,
    script: &Script,
    kept: &Mutex<Vec<(Instant, Got, u16)>>,
    is_ending: &AtomicBool,
) {
    for connection in listener.incoming() {
        if is_ending.load(Ordering::Acquire) {
            return;
        }
        let mut connection = connection.unwrap();
        let Some(got) = read(&connection) else {
            continue;
        };
        let n = kept.lock().unwrap().len();
        let reply = script(n, &got);
        kept.lock()
            .unwrap()
            .push((Instant::now(), got, reply.status));
        std::thread::sleep(reply.after);
        let header = reply
            .header
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        let answer = format!(
            "HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: 2\r\n{}\r\nok",
            reply.status,
            header.unwrap_or_default()
        );
        // Whoever asked may be gone by now.
        drop(connection.write_all(answer.as_bytes()));
    }
}

fn read(connection: &TcpStream) -> Option<Got> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    if line.is_empty() {
        // Whoever connected is gone again.
        return None;
    }
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some("POST"), "{line:?}");
    let target = words.next()?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        let earlier = headers.insert(name.to_lowercase(), value.to_owned());
        assert_eq!(earlier, None, "{name} came twice");
    }
    let mut body = vec![0; headers["content-length"].parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    Some(Got {
        target,
        headers,
        body,
    })
}

/// Waits until something is so.
pub(super) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
