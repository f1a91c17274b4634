//! Private key files: Ed25519 keys as PKCS#8 PEM (RFC 5958, RFC 8410), with or without a passphrase.
//!
//! Separate because it is the one place where a private key meets the file system. It decides nothing about who may use
//! a key, never prints one, and reads neither the environment nor the terminal: the caller hands over what it found
//! there. `ed25519-dalek` is used here only for its PKCS#8 container; keys and signatures stay in
//! `primitives::crypto`.
//!
//! Files are written as PKCS#8 version 1, which has no public key beside the private one, because OpenSSL refuses
//! version 2 before its release 3.5. Version 2 is read, and its public key must be the one of its private key.
//!
//! Encryption is PBES2 (RFC 8018) with scrypt and AES-256-CBC. Reading also accepts what `openssl genpkey -aes256`
//! writes (PBES2 with PBKDF2).

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::KeypairBytes;
use pkcs8::der::pem::{LineEnding, PemLabel as _};
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Salt, ScryptParams};
use pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef,
    SecretDocument,
};
use zeroize::{Zeroize as _, Zeroizing};

use crate::primitives::crypto::{Hash, PublicKey, SecretKey};

/// The environment variable a caller reads for [`passphrase_from`].
pub const PASSPHRASE_VARIABLE: &str = "GREENLIEN_PASSPHRASE";

/// How the name of a test key's file ends.
pub const TEST_KEY_SUFFIX: &str = ".test.key";

/// The longest key or passphrase file that is read, in bytes. The longest that is written has under 500.
pub const KEY_FILE_BYTES_MAX: usize = 16_384;

/// The scrypt parameters of the files written: 128 * N * r = 16 MiB of memory.
///
/// They are the interactive setting of the scrypt paper, and the largest power of two that OpenSSL 3.0 opens with its
/// built-in memory limit of 32 MiB. The defaults of newer scrypt crates exceed that limit.
const SCRYPT_N: u64 = 1 << 14;
const SCRYPT_R: u16 = 8;
const SCRYPT_P: u16 = 1;

/// The names whose test keys are published in `keys/`, where the seed is SHA-256 of the prefix and the name.
const PUBLISHED_TEST_KEYS: [&str; 4] = ["log", "registrar-maker", "registrar-checker", "bank"];
const PUBLISHED_TEST_KEY_PREFIX: &str = "greenlien test key ";

/// Why a key or passphrase file was not written, not read or not accepted. The text says what to do next.
#[derive(Debug)]
pub enum KeyFileFault {
    /// There is a file of this name already.
    AlreadyExists(PathBuf),
    /// The operating system refused to create or write the file.
    NotWritten(PathBuf, io::Error),
    /// The operating system refused to open or read the file.
    NotRead(PathBuf, io::Error),
    /// The file is not UTF-8 text of at most [`KEY_FILE_BYTES_MAX`] bytes.
    NotText(PathBuf),
    /// The file is not PEM text.
    NotPem(PathBuf),
    /// The PEM text holds something other than a PKCS#8 private key; its label.
    OtherLabel(PathBuf, String),
    /// The PEM text is labeled as a PKCS#8 private key and is not one.
    Malformed(PathBuf),
    /// The private key is of another algorithm.
    NotEd25519(PathBuf),
    /// The public key stored in the file is not the one of its private key.
    PublicKeyDiffers(PathBuf),
    /// The file is encrypted and no passphrase was given.
    PassphraseMissing(PathBuf),
    /// The file does not open with the passphrase given.
    PassphraseWrong(PathBuf),
    /// The passphrase is empty.
    PassphraseEmpty,
    /// The file is encrypted in a way that is not supported, or damaged where it says how.
    OtherEncryption(PathBuf),
    /// The file is a test key, by its name or its content, and test keys are not allowed.
    TestKey(PathBuf),
    /// The operating system gave no random bytes.
    NoRandomness(getrandom::Error),
    /// The key could not be encoded; an error of this program.
    NotEncoded(pkcs8::Error),
}

impl fmt::Display for KeyFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, what) = match self {
            Self::PassphraseEmpty => return f.write_str(EMPTY),
            Self::NoRandomness(cause) => return write!(f, "no random bytes: {cause}; {ELSEWHERE}"),
            Self::NotEncoded(cause) => {
                return write!(f, "not encoded: {cause}; {REPORT}");
            }
            Self::NotWritten(path, cause) => (path, format!("not written: {cause}; {FOLDER}")),
            Self::NotRead(path, cause) => (path, format!("not read: {cause}; {ACCESS}")),
            Self::OtherLabel(path, label) => (path, format!("holds a \"{label}\"; {CONVERT}")),
            Self::AlreadyExists(path) => (path, EXISTS.to_owned()),
            Self::NotText(path) => (path, NOT_TEXT.to_owned()),
            Self::NotPem(path) => (path, NOT_PEM.to_owned()),
            Self::Malformed(path) => (path, MALFORMED.to_owned()),
            Self::NotEd25519(path) => (path, NOT_ED25519.to_owned()),
            Self::PublicKeyDiffers(path) => (path, DIFFERS.to_owned()),
            Self::PassphraseMissing(path) => (path, MISSING.to_owned()),
            Self::PassphraseWrong(path) => (path, WRONG.to_owned()),
            Self::OtherEncryption(path) => (path, OTHER_ENCRYPTION.to_owned()),
            Self::TestKey(path) => (path, TEST_KEY.to_owned()),
        };
        write!(f, "{}: {what}", path.display())
    }
}

// The texts of the faults, each with the next step.
const EMPTY: &str = "the passphrase is empty; put one in the first line of the passphrase file or \
    in GREENLIEN_PASSPHRASE";
const ELSEWHERE: &str = "make the key on another machine";
const REPORT: &str = "please report this error";
const FOLDER: &str = "check that its folder exists, is yours and has room";
const ACCESS: &str = "check the path and who may read it";
const CONVERT: &str = "name a PKCS#8 private key, such as `greenlien keygen` makes";
const EXISTS: &str = "exists already; choose another name, or move the old file away first";
const NOT_TEXT: &str = "is not UTF-8 text of at most 16,384 bytes; check the path";
const NOT_PEM: &str = "is not PEM text that starts with \"-----BEGIN\"; check the path";
const MALFORMED: &str = "is damaged, it holds no PKCS#8 private key; restore it from its backup";
const NOT_ED25519: &str = "is not an Ed25519 key; make one with `greenlien keygen`";
const DIFFERS: &str = "holds the public key of another private key; restore it from its backup";
const MISSING: &str = "is encrypted and no passphrase was given; pass --passphrase-file FILE or \
    set GREENLIEN_PASSPHRASE";
const WRONG: &str = "does not open with this passphrase; check it (only the first line of its file \
    counts); if it is right, the key file is damaged";
const OTHER_ENCRYPTION: &str = "is damaged or encrypted in a way that is not supported; convert it \
    with `openssl pkcs8 -topk8 -v2 aes-256-cbc`, or restore it from its backup";
const TEST_KEY: &str = "is a test key, by its name or because it is published with this program; \
    use a key made by `greenlien keygen`, or pass --allow-test-keys on a test system";

// The texts print the causes already; a chain of sources would print them twice.
impl std::error::Error for KeyFileFault {}

/// Makes a new private key from the operating system's random bytes.
///
/// # Panics
/// If the operating system has no source of random bytes: no key made without one would be a secret.
pub fn generate() -> SecretKey {
    let mut seed = Zeroizing::new([0; 32]);
    // getrandom(2) always gives 256 bytes or fewer whole, so only a kernel without a random source gets here.
    getrandom::fill(&mut *seed).expect("the operating system must give random bytes");
    SecretKey::from_seed(&seed)
}

/// Returns the line that introduces a public key to others: `greenlien-key <hex public key> <label>`.
///
/// Control characters of the label become spaces, so that the result is one line.
pub fn public_line(key: &PublicKey, label: &str) -> String {
    let label = label.replace(char::is_control, " ");
    format!("greenlien-key {} {label}", hex::encode(key.to_bytes()))
}

/// Writes `key` to the new file `path`, readable by its owner only (mode 0600), encrypted if there is a passphrase.
///
/// An existing file is never overwritten. On return the file is on the disk; if writing fails, nothing is left behind.
pub fn write_key(
    path: &Path,
    key: &SecretKey,
    passphrase: Option<&str>,
) -> Result<(), KeyFileFault> {
    let text = encode(key, passphrase)?;
    let mut file = create_private(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => KeyFileFault::AlreadyExists(path.to_owned()),
        _ => KeyFileFault::NotWritten(path.to_owned(), cause),
    })?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_folder(path));
    written.map_err(|cause| {
        // The file was created above, so it is ours to remove. That removing fails too adds nothing to the first cause.
        drop(std::fs::remove_file(path));
        KeyFileFault::NotWritten(path.to_owned(), cause)
    })
}

/// Reads the private key in `path`. A passphrase given for a plain file is not used.
pub fn read_key(path: &Path, passphrase: Option<&str>) -> Result<SecretKey, KeyFileFault> {
    let text = read_text(path)?;
    let (label, document) =
        SecretDocument::from_pem(&text).map_err(|_| KeyFileFault::NotPem(path.to_owned()))?;
    if label == PrivateKeyInfoRef::PEM_LABEL {
        decode(path, &document)
    } else if label == EncryptedPrivateKeyInfoRef::PEM_LABEL {
        let passphrase =
            passphrase.ok_or_else(|| KeyFileFault::PassphraseMissing(path.to_owned()))?;
        decode(path, &decrypt(path, &document, passphrase)?)
    } else {
        Err(KeyFileFault::OtherLabel(path.to_owned(), label.to_owned()))
    }
}

/// Reads the private key in `path` for real use: without `allow_test_keys`, test keys are refused.
///
/// A test key is known by the name of its file, or by being one of the keys published in `keys/` under whatever name.
pub fn read_key_checked(
    path: &Path,
    passphrase: Option<&str>,
    allow_test_keys: bool,
) -> Result<SecretKey, KeyFileFault> {
    if allow_test_keys {
        return read_key(path, passphrase);
    }
    if !is_test_key(path) {
        let key = read_key(path, passphrase)?;
        if !is_published(&key) {
            return Ok(key);
        }
    }
    Err(KeyFileFault::TestKey(path.to_owned()))
}

/// Says whether the name of the file marks a test key: it ends with [`TEST_KEY_SUFFIX`].
pub fn is_test_key(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(TEST_KEY_SUFFIX))
}

/// Chooses the passphrase: the first line of `file` if one is named, else the value of [`PASSPHRASE_VARIABLE`].
///
/// `variable` is the value the caller read from the environment. Returns `None` if there is neither, and a fault if the
/// one chosen is empty. The line's end is not part of the passphrase; spaces are.
pub fn passphrase_from(
    file: Option<&Path>,
    variable: Option<String>,
) -> Result<Option<Zeroizing<String>>, KeyFileFault> {
    let passphrase = match file {
        Some(path) => Some(first_line(path)?),
        None => variable.map(Zeroizing::new),
    };
    match passphrase {
        Some(passphrase) if passphrase.is_empty() => Err(KeyFileFault::PassphraseEmpty),
        chosen => Ok(chosen),
    }
}

fn first_line(path: &Path) -> Result<Zeroizing<String>, KeyFileFault> {
    let text = read_text(path)?;
    // `lines` takes both LF and CR LF for the end of a line.
    let line = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(line.to_owned()))
}

/// Reads a text of at most [`KEY_FILE_BYTES_MAX`] bytes into memory that is wiped.
fn read_text(path: &Path) -> Result<Zeroizing<String>, KeyFileFault> {
    let file = File::open(path).map_err(|cause| KeyFileFault::NotRead(path.to_owned(), cause))?;
    // One byte more than the limit shows that there is more. The room is reserved at once, because a text that grows
    // leaves unwiped copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY_FILE_BYTES_MAX));
    let mut limited = file.take(KEY_FILE_BYTES_MAX as u64 + 1);
    match limited.read_to_string(&mut text) {
        Ok(length) if length <= KEY_FILE_BYTES_MAX => Ok(text),
        Err(cause) if cause.kind() != io::ErrorKind::InvalidData => {
            Err(KeyFileFault::NotRead(path.to_owned(), cause))
        }
        Ok(_) | Err(_) => Err(KeyFileFault::NotText(path.to_owned())),
    }
}

/// Creates a new file that only its owner may read, from its first moment on.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Writes the entry of `path` in its folder to the disk, where the system can.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// Returns the PEM text of `key`.
fn encode(key: &SecretKey, passphrase: Option<&str>) -> Result<Zeroizing<String>, KeyFileFault> {
    // Without the public key the container is version 1; see the head of this file.
    let mut pair = KeypairBytes {
        secret_key: *key.seed(),
        public_key: None,
    };
    let plain = pair.to_pkcs8_der();
    pair.secret_key.zeroize();
    let plain = plain.map_err(KeyFileFault::NotEncoded)?;
    let not_encoded = |cause: pkcs8::der::Error| KeyFileFault::NotEncoded(cause.into());
    let Some(passphrase) = passphrase else {
        let label = PrivateKeyInfoRef::PEM_LABEL;
        return plain.to_pem(label, LineEnding::LF).map_err(not_encoded);
    };
    if passphrase.is_empty() {
        return Err(KeyFileFault::PassphraseEmpty);
    }
    PrivateKeyInfoRef::try_from(plain.as_bytes())
        .map_err(KeyFileFault::NotEncoded)?
        .encrypt_with_params(encryption()?, passphrase)
        .map_err(KeyFileFault::NotEncoded)?
        .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
        .map_err(not_encoded)
}

/// Returns the encryption of a new file: scrypt and AES-256-CBC under a fresh salt and vector.
fn encryption() -> Result<Parameters, KeyFileFault> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    getrandom::fill(&mut salt).map_err(KeyFileFault::NoRandomness)?;
    getrandom::fill(&mut iv).map_err(KeyFileFault::NoRandomness)?;
    let salt = Salt::new(salt).map_err(|cause| KeyFileFault::NotEncoded(cause.into()))?;
    let kdf = Kdf::Scrypt(ScryptParams {
        salt,
        cost_parameter: SCRYPT_N,
        block_size: SCRYPT_R,
        parallelization: SCRYPT_P,
        key_length: None,
    });
    let encryption = EncryptionScheme::Aes256Cbc { iv };
    Ok(Parameters { kdf, encryption })
}

fn decrypt(
    path: &Path,
    document: &SecretDocument,
    passphrase: &str,
) -> Result<SecretDocument, KeyFileFault> {
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
        .map_err(|_| KeyFileFault::OtherEncryption(path.to_owned()))?;
    encrypted.decrypt(passphrase).map_err(|cause| match cause {
        // A wrong key leaves wrong padding, or, once in 256 times, right padding around bytes that are not DER.
        pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed)
        | pkcs8::Error::Asn1(_) => KeyFileFault::PassphraseWrong(path.to_owned()),
        _ => KeyFileFault::OtherEncryption(path.to_owned()),
    })
}

fn decode(path: &Path, document: &SecretDocument) -> Result<SecretKey, KeyFileFault> {
    let mut pair =
        KeypairBytes::from_pkcs8_der(document.as_bytes()).map_err(|cause| match cause {
            pkcs8::Error::PublicKey(_) => KeyFileFault::NotEd25519(path.to_owned()),
            _ => KeyFileFault::Malformed(path.to_owned()),
        })?;
    let key = SecretKey::from_seed(&pair.secret_key);
    pair.secret_key.zeroize();
    match pair.public_key {
        Some(stored) if stored.to_bytes() != key.public().to_bytes() => {
            Err(KeyFileFault::PublicKeyDiffers(path.to_owned()))
        }
        Some(_) | None => Ok(key),
    }
}

/// Says whether `key` is one of the test keys in `keys/`, whatever its file is called.
fn is_published(key: &SecretKey) -> bool {
    let seeds = PUBLISHED_TEST_KEYS.map(published_seed);
    seeds.contains(&Hash(*key.seed()))
}

fn published_seed(name: &str) -> Hash {
    Hash::of(&[PUBLISHED_TEST_KEY_PREFIX.as_bytes(), name.as_bytes()])
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use ed25519_dalek::pkcs8::PublicKeyBytes;
    use tempfile::TempDir;

    use super::*;

    const PASSPHRASE: &str = "correct horse 電池 staple";

    fn key() -> SecretKey {
        SecretKey::from_seed(&[7; 32])
    }

    /// Returns an empty folder, removed when dropped, and the path of a file that is not there yet.
    fn new_path(name: &str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        (folder, path)
    }

    /// Checks that `path` opens as the key of these tests.
    fn assert_reads(path: &Path, passphrase: Option<&str>) {
        assert_eq!(read_key(path, passphrase).unwrap().seed(), key().seed());
    }

    /// Checks that `result` is a fault that says `text`.
    fn assert_refused<T>(result: Result<T, KeyFileFault>, text: &str) {
        let fault = result.err().unwrap().to_string();
        assert!(fault.contains(text), "{fault}");
    }

    /// Runs `openssl` on `path`; `None` if it is not installed.
    fn openssl(args: &str, path: &Path) -> Option<String> {
        let mut command = Command::new("openssl");
        command.args(args.split(' ')).arg(path);
        let Ok(output) = command.env("SECRET", PASSPHRASE).output() else {
            eprintln!("openssl is not installed: its side of this test was not run");
            return None;
        };
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        Some(String::from_utf8(output.stdout).unwrap())
    }

    /// Returns the public key of the file, in hexadecimal, as OpenSSL sees it.
    fn public_by_openssl(path: &Path) -> Option<String> {
        let shown = openssl("pkey -noout -text -passin env:SECRET -in", path)?;
        let (_, public) = shown.split_once("pub:").unwrap();
        Some(public.chars().filter(char::is_ascii_hexdigit).collect())
    }

    #[test]
    fn a_plain_key_comes_back() {
        let (_folder, path) = new_path("bank.key");
        write_key(&path, &key(), None).unwrap();
        assert_reads(&path, None);
        assert_reads(&path, Some("not needed"));
    }

    #[test]
    fn an_encrypted_key_comes_back_only_with_its_passphrase() {
        let (_folder, path) = new_path("bank.key");
        write_key(&path, &key(), Some(PASSPHRASE)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED"));
        assert_reads(&path, Some(PASSPHRASE));
        assert_refused(read_key(&path, None), MISSING);
        assert_refused(read_key(&path, Some("another")), WRONG);
        // Salt and vector are fresh in every file.
        assert_ne!(encryption().unwrap(), encryption().unwrap());
    }

    #[test]
    fn an_empty_passphrase_writes_nothing() {
        let (_folder, path) = new_path("bank.key");
        assert_refused(write_key(&path, &key(), Some("")), EMPTY);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, path) = new_path("bank.key");
        write_key(&path, &key(), None).unwrap();
        let permissions = std::fs::metadata(&path).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
    }

    #[test]
    fn an_existing_file_is_not_overwritten() {
        let (_folder, path) = new_path("bank.key");
        write_key(&path, &key(), None).unwrap();
        assert_refused(write_key(&path, &generate(), None), EXISTS);
        assert_reads(&path, None);
    }

    #[test]
    fn a_folder_that_does_not_exist_is_reported() {
        let (_folder, path) = new_path("none/bank.key");
        assert_refused(write_key(&path, &key(), None), FOLDER);
        assert_refused(read_key(&path, None), ACCESS);
    }

    #[test]
    fn a_version_2_file_is_read_if_its_public_key_fits() {
        let (_folder, path) = new_path("bank.key");
        let write = |public: &PublicKey| {
            let public_key = Some(PublicKeyBytes(public.to_bytes()));
            let secret_key = [7; 32];
            let pair = KeypairBytes {
                secret_key,
                public_key,
            };
            std::fs::write(&path, pair.to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
        };
        write(&key().public());
        assert_reads(&path, None);
        write(&SecretKey::from_seed(&[8; 32]).public());
        assert_refused(read_key(&path, None), DIFFERS);
    }

    #[test]
    fn what_is_not_an_ed25519_private_key_is_named() {
        let (_folder, path) = new_path("bank.key");
        let check = |bytes: &[u8], text| {
            std::fs::write(&path, bytes).unwrap();
            assert_refused(read_key(&path, Some(PASSPHRASE)), text);
        };
        let check_pem = |label, base64, text| {
            let pem = format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
            check(pem.as_bytes(), text);
        };
        check(b"", NOT_PEM);
        check(&[0xff; 40], NOT_TEXT);
        check("-".repeat(KEY_FILE_BYTES_MAX + 1).as_bytes(), NOT_TEXT);
        // MAA= is an empty ASN.1 sequence.
        check_pem("PUBLIC KEY", "MAA=", "PUBLIC KEY");
        check_pem("PRIVATE KEY", "MAA=", MALFORMED);
        check_pem("ENCRYPTED PRIVATE KEY", "MAA=", OTHER_ENCRYPTION);
        // A key of X25519, 1.3.101.110 where Ed25519 is 1.3.101.112.
        let other = "MC4CAQAwBQYDK2VuBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";
        check_pem("PRIVATE KEY", other, NOT_ED25519);
    }

    #[test]
    fn test_keys_are_refused_unless_allowed() {
        let (folder, path) = new_path("bank.test.key");
        write_key(&path, &key(), None).unwrap();
        assert!(is_test_key(&path) && !is_test_key(Path::new("bank.test.key/bank.key")));
        assert_refused(read_key_checked(&path, None, false), TEST_KEY);
        assert!(read_key_checked(&path, None, true).is_ok());

        let published = SecretKey::from_seed(&published_seed("log").0);
        let renamed = folder.path().join("production.key");
        write_key(&renamed, &published, None).unwrap();
        assert_refused(read_key_checked(&renamed, None, false), TEST_KEY);
        assert!(read_key_checked(&renamed, None, true).is_ok());
    }

    #[test]
    fn the_published_test_keys_are_those_of_their_names_and_stand_in_the_readme() {
        let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("keys");
        let readme = std::fs::read_to_string(keys.join("README.md")).unwrap();
        for name in PUBLISHED_TEST_KEYS {
            let key = read_key(&keys.join(format!("{name}{TEST_KEY_SUFFIX}")), None).unwrap();
            assert_eq!(*key.seed(), published_seed(name).0, "{name}");
            let public = hex::encode(key.public().to_bytes());
            assert!(readme.contains(&public), "{name}");
        }
    }

    #[test]
    fn the_passphrase_is_the_first_line_of_its_file_before_the_variable() {
        let (_folder, path) = new_path("passphrase");
        let variable = || Some("variable".to_owned());
        let chosen = |file| passphrase_from(file, variable()).unwrap().unwrap();
        std::fs::write(&path, " two words \r\nsecond line\n").unwrap();
        assert_eq!(*chosen(Some(&path)), " two words ");
        assert_eq!(*chosen(None), "variable");
        assert!(passphrase_from(None, None).unwrap().is_none());
        std::fs::write(&path, "\nsecond line\n").unwrap();
        assert_refused(passphrase_from(Some(&path), variable()), EMPTY);
    }

    #[test]
    fn the_public_line_is_one_line() {
        let public = key().public();
        let hex = hex::encode(public.to_bytes());
        let line = format!("greenlien-key {hex} bank one");
        assert_eq!(public_line(&public, "bank\none"), line);
    }

    #[test]
    fn generated_keys_differ() {
        assert_ne!(generate().seed(), generate().seed());
    }

    #[test]
    fn openssl_reads_what_is_written() {
        for passphrase in [None, Some(PASSPHRASE)] {
            let (_folder, path) = new_path("bank.key");
            write_key(&path, &key(), passphrase).unwrap();
            if let Some(public) = public_by_openssl(&path) {
                assert_eq!(public, hex::encode(key().public().to_bytes()));
            }
        }
    }

    #[test]
    fn what_openssl_writes_is_read() {
        for encryption in ["", "-aes256 -pass env:SECRET "] {
            let (_folder, path) = new_path("bank.key");
            let args = format!("genpkey -algorithm ed25519 {encryption}-out");
            if openssl(&args, &path).is_some() {
                let public = read_key(&path, Some(PASSPHRASE)).unwrap().public();
                assert_eq!(
                    public_by_openssl(&path),
                    Some(hex::encode(public.to_bytes()))
                );
            }
        }
    }
}
