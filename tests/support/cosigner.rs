//! A witness for tests on a loopback port, honest or bad in a chosen way.
//!
//! Written from C2SP tlog-witness and the verifier's mathematics alone, so that it is a second opinion on the feeder. It speaks
//! just enough HTTP to be a server, or to be a terrible one.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::{CosignatureKey, NoteKey, SignedNote, cosign_line};
use greenlien::ledger::proof::verify_consistency;
use greenlien::primitives::crypto::{Hash, SecretKey};

use super::cast::{self, ORIGIN};

/// How a witness behaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Manner {
    /// As the specification says.
    Honest,
    /// Answers 200 with bytes that are no cosignature.
    Garbage,
    /// Answers 200 with nothing.
    Empty,
    /// Cosigns with another key under its own name and id.
    Forging,
    /// Puts garbage and a forged line around its good line.
    Noisy,
    /// Cosigns another checkpoint than the one it was brought.
    OtherText,
    /// Cosigns, with a time so many seconds later than the right one.
    Late(u64),
    /// Answers with more bytes than anyone wants.
    Endless,
    /// Sends one byte a second.
    Dripping,
    /// Says that it has cosigned this size, and shows this note as its last.
    Claims(u64, String),
    /// Says 409, each time with another size.
    Confused,
    /// Says 409 with a body that is no size.
    Mute,
    /// Answers with this status.
    Status(u16),
    /// Closes the connection.
    HangsUp,
}

struct Inner {
    name: String,
    key: SecretKey,
    manner: Mutex<Manner>,
    /// Seconds since 1970 on its clock.
    time: AtomicU64,
    /// The last cosigned checkpoint, with its note and its own line.
    last: Mutex<Option<(Checkpoint, String)>>,
    requests: AtomicU64,
    is_ending: AtomicBool,
}

/// A witness that runs until it is dropped.
pub(crate) struct Cosigner {
    inner: Arc<Inner>,
    /// The address before `/add-checkpoint`.
    pub(crate) url: String,
    address: std::net::SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Cosigner {
    /// Starts a witness whose key comes from its name and whose clock stands at `time`.
    pub(crate) fn start(name: &str, manner: Manner, time: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let Hash(seed) = Hash::of(&[name.as_bytes()]);
        let inner = Arc::new(Inner {
            name: format!("{name}.example"),
            key: SecretKey::from_seed(&seed),
            manner: Mutex::new(manner),
            time: AtomicU64::new(time),
            last: Mutex::new(None),
            requests: AtomicU64::new(0),
            is_ending: AtomicBool::new(false),
        });
        let serving = Arc::clone(&inner);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.is_ending.load(Ordering::Acquire) {
                    return;
                }
                let serving = Arc::clone(&serving);
                // A client that goes away in the middle is its own matter.
                std::thread::spawn(move || drop(serving.serve(stream.unwrap())));
            }
        });
        Self {
            inner,
            url: format!("http://{address}/w"),
            address,
            thread: Some(thread),
        }
    }

    /// Returns its verifier key.
    pub(crate) fn vkey(&self) -> String {
        let key = CosignatureKey::new(&self.inner.name, self.inner.key.public());
        key.unwrap().vkey()
    }

    /// Changes how it behaves.
    pub(crate) fn behave(&self, manner: Manner) {
        *self.inner.manner.lock().unwrap() = manner;
    }

    /// Returns the size that it has cosigned last; 0 if none.
    pub(crate) fn size(&self) -> u64 {
        let last = self.inner.last.lock().unwrap();
        last.as_ref().map_or(0, |(head, _)| head.size)
    }

    /// Returns how often it was asked.
    pub(crate) fn requests(&self) -> u64 {
        self.inner.requests.load(Ordering::Acquire)
    }
}

impl Drop for Cosigner {
    fn drop(&mut self) {
        self.inner.is_ending.store(true, Ordering::Release);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Returns the policy that names these witnesses, of which `threshold` are a quorum.
pub(crate) fn policy(witnesses: &[&Cosigner], threshold: usize) -> String {
    let key = NoteKey::new(ORIGIN, cast::log_key().public()).unwrap();
    let mut text = format!("log {}\n", key.vkey());
    let mut names = Vec::new();
    for (n, witness) in witnesses.iter().enumerate() {
        names.push(format!("w{n}"));
        text.push_str(&format!(
            "witness w{n} {} {}\n",
            witness.vkey(),
            witness.url
        ));
    }
    text + &format!("group all {threshold} {}\nquorum all\n", names.join(" "))
}

impl Inner {
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let Some((head, body)) = read_request(&mut stream)? else {
            return Ok(());
        };
        self.requests.fetch_add(1, Ordering::AcqRel);
        let manner = self.manner.lock().unwrap().clone();
        if head.starts_with("GET ") {
            let shown = match manner {
                Manner::Claims(_, note) => Some(note),
                _ => self.last.lock().unwrap().clone().map(|(_, note)| note),
            };
            return match shown {
                Some(note) => answer(&mut stream, 200, &note),
                None => answer(&mut stream, 404, "nothing\n"),
            };
        }
        assert!(head.starts_with("POST /w/add-checkpoint "), "{head}");
        match manner {
            Manner::Garbage => answer(
                &mut stream,
                200,
                "\u{2014} x\n\nnot a line\n\u{2014} a b c\n",
            ),
            Manner::Empty => answer(&mut stream, 200, ""),
            Manner::Endless => {
                let head = "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n";
                stream.write_all(head.as_bytes())?;
                loop {
                    stream.write_all(&vec![b'x'; 65_536])?;
                }
            }
            Manner::Dripping => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\n")?;
                for _ in 0..200 {
                    stream.write_all(b"x")?;
                    sleep(Duration::from_millis(500));
                }
                Ok(())
            }
            Manner::Claims(size, _) => answer(&mut stream, 409, &format!("{size}\n")),
            Manner::Confused => {
                let size = self.requests() * 7 % 5;
                answer(&mut stream, 409, &format!("{size}\n"))
            }
            Manner::Mute => answer(&mut stream, 409, "no size here\n"),
            Manner::Status(status) => answer(&mut stream, status, "because\n"),
            Manner::HangsUp => Ok(()),
            Manner::Honest
            | Manner::Forging
            | Manner::Noisy
            | Manner::OtherText
            | Manner::Late(_) => {
                let (status, text) = self.cosign(&body, &manner);
                answer(&mut stream, status, &text)
            }
        }
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Acquire)
    }

    /// Checks as the specification says, and answers in its manner.
    fn cosign(&self, body: &str, manner: &Manner) -> (u16, String) {
        let (lines, note) = body.split_once("\n\n").unwrap();
        let mut lines = lines.lines();
        let old: u64 = lines
            .next()
            .unwrap()
            .strip_prefix("old ")
            .unwrap()
            .parse()
            .unwrap();
        let proof: Vec<Hash> = lines
            .map(|line| Hash(STANDARD.decode(line).unwrap().try_into().unwrap()))
            .collect();
        let key = NoteKey::new(ORIGIN, cast::log_key().public()).unwrap();
        let head = Checkpoint::open(note, &[key], ORIGIN).unwrap();
        let mut last = self.last.lock().unwrap();
        let seen = last.as_ref().map_or(0, |(head, _)| head.size);
        if old != seen {
            return (409, format!("{seen}\n"));
        }
        if let Some((before, _)) = last.as_ref() {
            let joined = if before.size == head.size {
                before.root == head.root && proof.is_empty()
            } else {
                verify_consistency(before.size, head.size, before.root, head.root, &proof).is_ok()
            };
            if !joined {
                return (422, "the proof does not hold\n".to_owned());
            }
        } else {
            assert!(proof.is_empty(), "a proof from nothing");
        }
        let text = SignedNote::parse(note).unwrap().text().to_owned();
        let time = self.time.load(Ordering::Acquire);
        let good = cosign_line(&text, &self.name, &self.key, time);
        *last = Some((head, format!("{note}{good}")));
        // The id of a key follows from the key, so a forger keeps the id of the real one.
        let forged = forged(&good);
        (
            200,
            match manner {
                Manner::Forging => forged,
                Manner::Noisy => format!("garbage\n\n{forged}{good}\u{2014} x y\n"),
                Manner::OtherText => {
                    cosign_line(&format!("{text}x\n"), &self.name, &self.key, time)
                }
                Manner::Late(by) => cosign_line(&text, &self.name, &self.key, time + by),
                _ => good,
            },
        )
    }
}

/// Changes the signature in a cosignature line, and nothing else.
fn forged(line: &str) -> String {
    let (front, base64) = line.trim_end().rsplit_once(' ').unwrap();
    let mut bytes = STANDARD.decode(base64).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    format!("{front} {}\n", STANDARD.encode(bytes))
}

fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<(String, String)>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or(0) {
            return Ok(Some((head.to_owned(), body.to_owned())));
        }
    }
}

fn answer(stream: &mut TcpStream, status: u16, body: &str) -> std::io::Result<()> {
    let length = body.len();
    stream.write_all(
        format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .as_bytes(),
    )
}
