//! The digest chain: each entry's SHA-256 over the digest before it and all that the entry says (LED-4).

use sha2::{Digest as _, Sha256};

use crate::ledger::entry::{Digest, Entry};

/// Version of the canonical bytes below; the first byte of what is hashed after the previous digest.
const VERSION: u8 = 1;

/// The digest that `entry` must carry: SHA-256 over its `previous` digest, then its canonical bytes. Those are a
/// version byte, then every field in the order of declaration: numbers as 8 bytes big-endian, texts and lists with
/// their length before them as 8 bytes big-endian, an optional text with a byte 0 or 1 before it.
pub fn digest_of(entry: &Entry) -> Digest {
    let mut hash = Sha256::new();
    hash.update(entry.previous.0);
    hash.update([VERSION]);
    hash.update(entry.seq.0.to_be_bytes());
    text(&mut hash, entry.key.as_str());
    text(&mut hash, entry.kind.as_str());
    hash.update(entry.at.0.to_be_bytes());
    text(&mut hash, &entry.reference);
    text(&mut hash, &entry.remark);
    hash.update([u8::from(entry.by.is_some())]);
    if let Some(by) = &entry.by {
        text(&mut hash, by);
    }
    length(&mut hash, entry.postings.len());
    for posting in &entry.postings {
        hash.update(posting.account.0.to_be_bytes());
        for amount in [posting.amount, posting.before, posting.after] {
            hash.update(amount.units().to_be_bytes());
        }
    }
    Digest(hash.finalize().into())
}

/// The entry with the digest that it must carry.
pub fn sealed(mut entry: Entry) -> Entry {
    entry.digest = digest_of(&entry);
    entry
}

fn text(hash: &mut Sha256, text: &str) {
    length(hash, text.len());
    hash.update(text.as_bytes());
}

fn length(hash: &mut Sha256, length: usize) {
    // usize is at most 64 bits wide on every platform that Rust supports.
    hash.update((length as u64).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::Amount;
    use crate::id::LedgerAccountId;
    use crate::ledger::{EntryKey, EntryKind, EntrySeq, Posting};
    use crate::time::Timestamp;

    fn entry() -> Entry {
        let amount: Amount = "1.5".parse().unwrap();
        let posting = |account, amount: Amount| Posting {
            account: LedgerAccountId(account),
            amount,
            before: Amount::ZERO,
            after: amount,
        };
        Entry {
            seq: EntrySeq(1),
            key: EntryKey::recharge("r-1").unwrap(),
            kind: EntryKind::Recharge,
            at: Timestamp(1_700_000_000_000),
            reference: "user:7".to_owned(),
            remark: "first".to_owned(),
            by: Some("ops".to_owned()),
            postings: vec![posting(1, amount), posting(2, amount.negated())],
            previous: Digest([0; 32]),
            digest: Digest([0; 32]),
        }
    }

    #[test]
    fn digest_is_sha_256_of_the_documented_bytes() {
        let mut bytes = vec![0_u8; 32];
        bytes.push(1);
        let number = |bytes: &mut Vec<u8>, number: i64| bytes.extend(number.to_be_bytes());
        let text = |bytes: &mut Vec<u8>, text: &str| {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        };
        number(&mut bytes, 1);
        text(&mut bytes, "recharge:r-1");
        text(&mut bytes, "recharge");
        number(&mut bytes, 1_700_000_000_000);
        text(&mut bytes, "user:7");
        text(&mut bytes, "first");
        bytes.push(1);
        text(&mut bytes, "ops");
        for value in [2, 1, 150_000_000, 0, 150_000_000, 2, -150_000_000, 0, -150_000_000] {
            number(&mut bytes, value);
        }
        let expected: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(digest_of(&entry()), Digest(expected));
    }

    #[test]
    fn every_field_counts_and_neighbouring_texts_do_not_run_together() {
        let base = digest_of(&entry());
        let changed = |change: fn(&mut Entry)| {
            let mut entry = entry();
            change(&mut entry);
            digest_of(&entry)
        };
        let others = [
            changed(|entry| entry.seq = EntrySeq(2)),
            changed(|entry| entry.key = EntryKey::recharge("r-2").unwrap()),
            changed(|entry| entry.kind = EntryKind::Withdraw),
            changed(|entry| entry.at = Timestamp(1)),
            changed(|entry| entry.reference = "user:7f".to_owned()),
            changed(|entry| entry.remark = "irst".to_owned()),
            changed(|entry| {
                entry.reference = "user:7f".to_owned();
                entry.remark = "irst".to_owned();
            }),
            changed(|entry| entry.by = None),
            changed(|entry| entry.postings[0].account = LedgerAccountId(3)),
            changed(|entry| entry.postings[0].amount = Amount::ONE),
            changed(|entry| entry.postings[0].before = Amount::ONE),
            changed(|entry| entry.postings[0].after = Amount::ONE),
            changed(|entry| entry.previous = Digest([1; 32])),
        ];
        let distinct: std::collections::HashSet<_> = others.iter().copied().chain([base]).collect();
        assert_eq!(distinct.len(), others.len() + 1);
        assert_eq!(sealed(entry()).digest, base);
    }
}
