//! Who may translate how much: API keys, and limits of texts per minute.

use crate::error::ApiError;
use crate::listener::Peer;
use crate::settings::Settings;
use axum::http::{Extensions, HeaderMap, header};
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{DefaultDirectRateLimiter, InsufficientCapacity, NotUntil, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The number of clients above which those are forgotten that have been silent for long enough.
const MANY_CLIENTS: usize = 10_000;

/// The time between two such cleanings.
const CLEANING: Duration = Duration::from_secs(1);

type ClientLimiter = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>;

/// The gate that every translation passes.
pub struct Admission {
    settings: Settings,
    clients: Option<ClientLimiter>,
    /// One for each key.
    keys: Vec<Option<DefaultDirectRateLimiter>>,
    cleaned: Mutex<Instant>,
    clock: DefaultClock,
}

impl Admission {
    /// The gate for some settings.
    pub fn new(settings: &Settings) -> Self {
        let limit = settings.texts_per_minute.and_then(NonZeroU32::new);
        let clients = limit.map(|limit| RateLimiter::hashmap(Quota::per_minute(limit)));
        let of_key = |limit: Option<NonZeroU32>| limit.map(|limit| RateLimiter::direct(Quota::per_minute(limit)));
        let keys = settings.keys.limits().map(of_key).collect();
        let (cleaned, clock) = (Mutex::new(Instant::now()), DefaultClock::default());
        Self { settings: settings.clone(), clients, keys, cleaned, clock }
    }

    /// Lets a request of `texts` texts pass, or says why not. `key` is the one among its parameters.
    ///
    /// # Errors
    /// 403 for a wrong key, 400 for a missing one, 429 for too many texts.
    pub fn admit(&self, client: &Client, key: Option<&str>, texts: usize) -> Result<(), ApiError> {
        let key = key.or(client.key.as_deref()).filter(|key| !key.is_empty());
        let texts = u32::try_from(texts).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        // Keys that nobody asks for are no fault: clients send them by habit.
        match key.filter(|_| !self.settings.keys.is_empty()) {
            Some(key) => {
                let number = self.settings.keys.find(key).ok_or(ApiError::WrongKey)?;
                self.keys[number].as_ref().map_or(Ok(()), |limiter| self.checked(limiter.check_n(texts), texts))
            }
            None if self.settings.requires_key => Err(ApiError::NoKey),
            None => self.clients.as_ref().map_or(Ok(()), |limiter| {
                self.clean(limiter);
                self.checked(limiter.check_key_n(&client.address, texts), texts)
            }),
        }
    }

    /// Forgets clients that have been silent for long enough, now and then.
    fn clean(&self, limiter: &ClientLimiter) {
        let mut cleaned = self.cleaned.lock().unwrap_or_else(PoisonError::into_inner);
        if limiter.len() > MANY_CLIENTS && cleaned.elapsed() > CLEANING {
            limiter.retain_recent();
            *cleaned = Instant::now();
        }
    }

    fn checked(
        &self,
        result: Result<Result<(), NotUntil<<DefaultClock as Clock>::Instant>>, InsufficientCapacity>,
        texts: NonZeroU32,
    ) -> Result<(), ApiError> {
        match result {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => {
                Err(ApiError::TooManyTexts { retry_after: whole_seconds(not_until.wait_time_from(self.clock.now())) })
            }
            Err(_) => Err(ApiError::MoreTextsThanPerMinute { texts: texts.get() as usize }),
        }
    }
}

/// Rounds up to whole seconds, at least one.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs((time.as_secs_f64().ceil() as u64).max(1))
}

/// Who sends a request.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its address; of IPv6 the network, because a client has a whole one.
    address: IpAddr,
    /// The key in its headers.
    key: Option<String>,
}

impl Client {
    /// The client of a request: the peer, or behind a proxy the last address that the proxy added.
    pub fn new(headers: &HeaderMap, extensions: &Extensions, is_behind_proxy: bool) -> Self {
        let peer = extensions.get::<Peer>().map_or(IpAddr::V6(Ipv6Addr::LOCALHOST), |peer| peer.0);
        let forwarded = || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next();
        let forwarded = is_behind_proxy.then(forwarded).flatten().and_then(|address| address.trim().parse().ok());
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = authorization.and_then(|value| value.strip_prefix("Bearer ")).map(|key| key.trim().to_owned());
        Self { address: network(forwarded.unwrap_or(peer)), key }
    }
}

/// The first 64 bits of an IPv6 address; an IPv4 address as it is.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::ApiKeys;

    fn admission(requires_key: bool) -> Admission {
        let keys = ApiKeys::parse("0123456789abcdef\nfedcba9876543210 3").expect("keys");
        Admission::new(&Settings { keys, requires_key, texts_per_minute: Some(10), ..Settings::default() })
    }

    fn client(address: &str) -> Client {
        Client { address: network(address.parse().expect("an address")), key: None }
    }

    #[test]
    fn a_batch_costs_as_much_as_it_has_texts_and_clients_do_not_share_a_limit() {
        let admission = admission(false);
        let (one, other) = (client("192.0.2.1"), client("2001:db8::1"));
        assert!(admission.admit(&one, None, 8).is_ok());
        let Err(ApiError::TooManyTexts { retry_after }) = admission.admit(&one, None, 8) else { panic!("refused") };
        assert_eq!(retry_after, Duration::from_secs(36), "six of the eight texts have to come back, six seconds each");
        assert!(admission.admit(&one, None, 2).is_ok(), "what is left may be used");
        assert!(admission.admit(&other, None, 10).is_ok());
        let same_network = client("2001:db8::2");
        assert!(matches!(admission.admit(&same_network, None, 1), Err(ApiError::TooManyTexts { .. })));
        assert!(matches!(admission.admit(&other, None, 11), Err(ApiError::MoreTextsThanPerMinute { .. })));
    }

    #[test]
    fn a_key_has_its_own_limit_or_none_and_a_wrong_one_is_refused() {
        let admission = admission(true);
        let client = client("192.0.2.1");
        assert!(admission.admit(&client, Some("0123456789abcdef"), 1000).is_ok());
        assert!(admission.admit(&client, Some("fedcba9876543210"), 3).is_ok());
        assert!(matches!(admission.admit(&client, Some("fedcba9876543210"), 1), Err(ApiError::TooManyTexts { .. })));
        assert!(matches!(admission.admit(&client, Some("wrong"), 1), Err(ApiError::WrongKey)));
        assert!(matches!(admission.admit(&client, Some(""), 1), Err(ApiError::NoKey)));
        let by_header = Client { key: Some("0123456789abcdef".to_owned()), ..client };
        assert!(admission.admit(&by_header, None, 1).is_ok());
    }

    #[test]
    fn only_a_trusted_proxy_names_the_client() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().expect("a header"));
        let mut extensions = Extensions::new();
        extensions.insert(Peer("192.0.2.1".parse().expect("an address")));
        let address = |is_behind_proxy| Client::new(&headers, &extensions, is_behind_proxy).address.to_string();
        assert_eq!(address(true), "198.51.100.7");
        assert_eq!(address(false), "192.0.2.1");
    }
}
