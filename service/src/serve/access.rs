//! Who may call: by his address, and by a certificate or the password of a technical user (HTTP basic authentication).
//!
//! To compare a password with its hash costs some 20 ms of a processor on purpose. So that is done on a thread for such work, two at a time
//! and one for each address, and both outcomes are remembered by a keyed digest that is worthless outside this process: SAP sends its
//! password with every request. A new policy remembers nothing of the old one.

use super::reply::Refused;
use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use hyper::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, HeaderValue},
};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Mutex as Turnstile, Semaphore},
    time::timeout,
};

/// Comparisons at a time.
const AT_ONCE: usize = 2;
/// Who waits longer for his comparison is told to come again.
const PATIENCE: Duration = Duration::from_secs(4);
/// Wrong passwords that are remembered.
const WRONG: usize = 256;

/// Decides by the caller's address and by what he shows. How networks and hashes are written is the file's business, so these are questions
/// and not lists.
#[derive(Clone)]
pub struct Access {
    networks: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
    users: Option<Arc<Users>>,
}

/// A technical user.
pub struct User {
    /// His name.
    pub name: String,
    /// Is this his password? Slow, and never asked on an async thread.
    pub is_password: Question,
}

/// A question about a password.
pub type Question = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

struct Users {
    all: Vec<User>,
    key: hmac::Key,
    seen: Mutex<Seen>,
    /// Addresses whose password is being compared.
    turnstiles: Mutex<HashMap<IpAddr, Arc<Turnstile<()>>>>,
    at_once: Arc<Semaphore>,
}

type Digest = [u8; 32];

#[derive(Default)]
struct Seen {
    right: HashSet<Digest>,
    wrong: VecDeque<Digest>,
}

impl Access {
    /// Everybody who reaches the listener.
    pub fn everybody() -> Self {
        Self::only(|_| true)
    }

    /// Only the addresses that `admits` says yes to.
    pub fn only(admits: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self { networks: Arc::new(admits), users: None }
    }

    /// Of these, only who knows the password of one of the users; no users: all of them.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn with_users(self, all: Vec<User>) -> Result<Self, String> {
        if all.is_empty() {
            return Ok(self);
        }
        let random = aws_lc_rs::rand::SystemRandom::new();
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &random).map_err(|_| "the system has no random numbers".to_owned())?;
        let (seen, turnstiles, at_once) = (Mutex::default(), Mutex::default(), Arc::new(Semaphore::new(AT_ONCE)));
        Ok(Self { users: Some(Arc::new(Users { all, key, seen, turnstiles, at_once })), ..self })
    }

    /// May this address call?
    pub fn admits(&self, address: IpAddr) -> bool {
        // An IPv4 caller on an IPv6 socket is an IPv4 caller.
        (self.networks)(address.to_canonical())
    }

    /// May the caller with these headers? Who has shown a certificate needs no password.
    ///
    /// # Errors
    /// What he is told.
    pub(super) async fn judge(&self, address: IpAddr, certified: bool, headers: &HeaderMap) -> Result<(), Refused> {
        if !self.admits(address) {
            let why = format!("The address {address} may not call this service: an administrator can allow it under `service.access`");
            return Err(Refused::new(StatusCode::FORBIDDEN, why));
        }
        let Some(users) = self.users.as_ref().filter(|_| !certified) else { return Ok(()) };
        let Some((name, password)) = headers.get(AUTHORIZATION).and_then(basic) else {
            let why = "This service asks for user and password: send them by HTTP basic authentication, in SAP at the RFC destination \
                       (transaction SM59, Logon & Security)";
            return Err(Refused::login(why));
        };
        match users.know(address, &name, password).await {
            Some(true) => Ok(()),
            Some(false) => Err(Refused::login("User or password are wrong: correct them in SAP's RFC destination, or the hash here")),
            None => Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, "Too many passwords are being compared: try again")),
        }
    }
}

impl Users {
    /// Is this his password? `None`: there is no time to find out.
    async fn know(self: &Arc<Self>, address: IpAddr, name: &str, password: Vec<u8>) -> Option<bool> {
        let digest = self.digest(name, &password);
        if let Some(known) = self.seen().known(&digest) {
            return Some(known);
        }
        timeout(PATIENCE, self.compare(address, name, password, digest)).await.ok()
    }

    async fn compare(self: &Arc<Self>, address: IpAddr, name: &str, password: Vec<u8>, digest: Digest) -> bool {
        // One address has one place in the queue, however many connections it has.
        let turnstile = Arc::clone(self.turnstiles().entry(address).or_default());
        let _turn = turnstile.lock().await;
        let _forget = Forget { users: self, address };
        if let Some(known) = self.seen().known(&digest) {
            return known;
        }
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&self.at_once).acquire_owned().await else { return false };
        let index = self.all.iter().position(|user| user.name == name);
        let users = Arc::clone(self);
        let right = tokio::task::spawn_blocking(move || {
            // A name that nobody has takes as long as one that somebody has.
            let is_password = (users.all[index.unwrap_or(0)].is_password)(&password);
            drop(permit);
            is_password && index.is_some()
        });
        let right = right.await.unwrap_or(false);
        self.seen().note(digest, right);
        right
    }

    fn digest(&self, name: &str, password: &[u8]) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&(name.len() as u64).to_be_bytes());
        context.update(name.as_bytes());
        context.update(password);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turnstiles(&self) -> MutexGuard<'_, HashMap<IpAddr, Arc<Turnstile<()>>>> {
        self.turnstiles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn known(&self, digest: &Digest) -> Option<bool> {
        if self.right.contains(digest) {
            return Some(true);
        }
        self.wrong.contains(digest).then_some(false)
    }

    fn note(&mut self, digest: Digest, right: bool) {
        if right {
            // There are no more than users.
            self.right.insert(digest);
            return;
        }
        if self.wrong.len() == WRONG {
            self.wrong.pop_front();
        }
        self.wrong.push_back(digest);
    }
}

/// Takes an address's turnstile away when nobody else stands before it.
struct Forget<'a> {
    users: &'a Users,
    address: IpAddr,
}

// === impl Forget ===

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        let mut turnstiles = self.users.turnstiles();
        // Ours, and the map's own.
        if turnstiles.get(&self.address).is_some_and(|turnstile| Arc::strong_count(turnstile) <= 2) {
            turnstiles.remove(&self.address);
        }
    }
}

// === impl Access ===

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access")
    }
}

/// Name and password of a header `Basic …` (RFC 7617).
fn basic(value: &HeaderValue) -> Option<(String, Vec<u8>)> {
    let (scheme, rest) = value.as_bytes().split_at_checked("Basic ".len())?;
    let pair = BASE64_STANDARD.decode(scheme.eq_ignore_ascii_case(b"Basic ").then(|| rest.trim_ascii())?).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some((String::from_utf8(pair[..colon].to_vec()).ok()?, pair[colon + 1..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// SAP with the password `hunter2`, and how often it was compared.
    fn access() -> (Access, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let is_password = Arc::new(move |password: &[u8]| {
            counter.fetch_add(1, Ordering::SeqCst);
            password == b"hunter2"
        });
        (Access::everybody().with_users(vec![User { name: "SAP".into(), is_password }]).unwrap(), asked)
    }

    fn shows(pair: &str) -> HeaderMap {
        let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
        [(AUTHORIZATION, HeaderValue::from_str(&value).unwrap())].into_iter().collect()
    }

    async fn status(access: &Access, headers: &HeaderMap) -> u16 {
        access.judge(HERE, false, headers).await.map_or_else(|refused| refused.status.as_u16(), |()| 200)
    }

    #[tokio::test]
    async fn a_password_is_compared_once_and_then_known_right_or_wrong() {
        let (access, asked) = access();
        for _ in 0..3 {
            assert_eq!(status(&access, &shows("SAP:hunter2")).await, 200);
            assert_eq!(status(&access, &shows("SAP:hunter3")).await, 401);
            assert_eq!(status(&access, &shows("sap:hunter2")).await, 401, "names are exact");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn many_requests_at_once_compare_the_same_password_once() {
        let (access, asked) = access();
        let requests: Vec<_> = (0..50)
            .map(|_| {
                let access = access.clone();
                tokio::spawn(async move { status(&access, &shows("SAP:hunter2")).await })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.unwrap(), 200);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(access.users.unwrap().turnstiles().is_empty(), "nothing is left of the queue");
    }

    #[tokio::test]
    async fn who_guesses_is_forgotten_in_bounds() {
        let (access, _) = access();
        for guess in 0..WRONG + 10 {
            assert_eq!(status(&access, &shows(&format!("SAP:{guess}"))).await, 401);
        }
        assert_eq!(access.users.unwrap().seen().wrong.len(), WRONG);
    }

    #[tokio::test]
    async fn a_certificate_stands_for_a_password_and_nothing_for_an_address() {
        let (access, _) = access();
        assert!(access.judge(HERE, true, &HeaderMap::new()).await.is_ok());
        let nobody = Access { networks: Arc::new(|_| false), ..access };
        assert_eq!(nobody.judge(HERE, true, &shows("SAP:hunter2")).await.unwrap_err().status, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn what_is_no_basic_authentication_is_asked_for_it() {
        let (access, asked) = access();
        let raw = |value: &'static str| [(AUTHORIZATION, HeaderValue::from_static(value))].into_iter().collect::<HeaderMap>();
        for headers in [HeaderMap::new(), raw("Bearer x"), raw("Basic %%%"), raw("Basic"), raw("Basic eA==")] {
            assert_eq!(status(&access, &headers).await, 401, "{headers:?}");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 0);
        assert_eq!(basic(&HeaderValue::from_static("bAsIc U0FQOmE6Yg==")), Some(("SAP".into(), b"a:b".to_vec())));
    }
}
